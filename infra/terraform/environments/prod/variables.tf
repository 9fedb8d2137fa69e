variable "alert_emails" {
  description = "Whom alerts and the budget reach: name -> e-mail address."
  type        = map(string)
}

variable "archives" {
  description = "Folder of the functions' staged archives (`make archives`)."
  type        = string
  default     = "../../../../build/functions"
}

variable "billing_account" {
  description = "Billing account of the project."
  type        = string
}

variable "edge" {
  description = "Load balancer in front of the gateway, as modules/edge takes it; null: none."
  type        = object({ domains = set(string), adaptive_protection = optional(bool), enforce_waf = optional(bool) })
  default     = null
}

variable "federation" {
  description = "CI outside Google that may plan, as modules/delivery takes it; null: none."
  type        = object({ issuer = optional(string), repository = string, repository_id = string })
  default     = null
}

variable "image" {
  description = "The image of services and jobs, by digest."
  type        = string
}

variable "mail" {
  description = "SMTP server that takes the mails, and their sender."
  type        = object({ from = string, host = string, user = string })
}

variable "operators" {
  description = "Members that look at dead letters and replay them: name -> user:ADDRESS or group:ADDRESS."
  type        = map(string)
  default     = {}
}

variable "project_id" {
  description = "Project of this environment."
  type        = string
}

variable "source_repository" {
  description = "Repository whose pushes are built and released, as modules/delivery takes it; null: by hand."
  type = object({
    id       = string
    approval = optional(bool)
    branch   = optional(string)
    reviews  = optional(string)
    tag      = optional(string)
  })
  default = null
}

variable "state_bucket" {
  description = "Bucket of Terraform's state."
  type        = string
}

variable "web_app" {
  description = "Address of the web app, https://HOST."
  type        = string
}
