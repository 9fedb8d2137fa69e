variable "admission" {
  description = "Binary Authorization of images, as modules/delivery takes it; null: none."
  type        = string
  default     = null
}

variable "alerts" {
  description = "Whom alerts reach (e-mail addresses by name, further channels), and goals and thresholds as modules/monitoring takes them."
  type = object({
    channels   = optional(set(string), [])
    emails     = optional(map(string), {})
    slos       = optional(map(number), {})
    thresholds = optional(map(number), {})
  })
  default = {}
}

variable "archives" {
  description = "Folder of the functions' staged archives, NAME.zip each (`make archives`)."
  type        = string
}

variable "billing_account" {
  description = "Billing account of the project, which carries the budget."
  type        = string
}

variable "budget" {
  description = "Money a month of whose share the channels of alerts are told."
  type        = object({ currency = optional(string), units = number })
}

variable "collector" {
  description = "OTLP collector of traces and metrics, and the share of traces; null: log lines alone (docs/decisions/0060)."
  type = object({
    endpoint    = optional(string, "https://telemetry.googleapis.com")
    trace_ratio = optional(number, 0.1)
  })
  default = null
}

variable "database" {
  description = "Cloud SQL: as modules/database takes it."
  type = object({
    tier                = string
    name                = optional(string, "main")
    availability        = optional(string, "ZONAL")
    backup_days         = optional(number, 7)
    deletion_protection = optional(bool, true)
    disk_limit_gb       = optional(number, 100)
    disk_size_gb        = optional(number, 10)
    edition             = optional(string, "ENTERPRISE")
    maintenance         = optional(object({ day = optional(number, 7), hour = optional(number, 3) }), {})
    max_connections     = optional(number, 100)
    pitr_days           = optional(number, 0)
    version             = optional(string, "POSTGRES_17")
  })
  validation {
    condition     = local.connections + local.reserved_connections <= var.database.max_connections
    error_message = "Too few connections: pools × (instances + 1) and the jobs take ${local.connections}, ${local.reserved_connections} are kept, max_connections is ${var.database.max_connections}."
  }
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete services and jobs, and leaves what lies in buckets."
  type        = bool
  default     = true
}

variable "documents" {
  description = "Firestore: as modules/documents takes it."
  type = object({
    name              = optional(string, "(default)")
    backup_days       = optional(number, 7)
    concurrency       = optional(string, "PESSIMISTIC")
    delete_protection = optional(bool, true)
    pitr              = optional(bool, false)
  })
  default = {}
}

variable "documents_location" {
  description = "Location of Firestore: a region, or a multi-region such as eur3; it cannot change."
  type        = string
}

variable "edge" {
  description = "Load balancer with CDN and Cloud Armor in front of the gateway, as modules/edge takes it; null: none."
  type = object({
    domains             = set(string)
    adaptive_protection = optional(bool, false)
    enforce_waf         = optional(bool, false)
  })
  default = null
}

variable "environment" {
  description = "Which environment this is: dev, staging or prod."
  type        = string
  validation {
    condition     = contains(["dev", "prod", "staging"], var.environment)
    error_message = "dev, staging or prod."
  }
}

variable "federation" {
  description = "CI outside Google that may plan, as modules/delivery takes it; null: none."
  type = object({
    issuer        = optional(string, "https://token.actions.githubusercontent.com")
    repository    = string
    repository_id = string
  })
  default = null
}

variable "firebase_project" {
  description = "Firebase project whose sign-ins are taken; null: none."
  type        = string
  default     = null
}

variable "forwarded_hops" {
  description = "How many of our proxies append to X-Forwarded-For. API Gateway's front end appends the client, the services' own front end the gateway; an edge counts one more by itself."
  type        = number
  default     = 2
}

variable "functions" {
  description = "Capacity of functions where it is other than modules/rostrum/functions.tf has it."
  type = map(object({
    concurrency   = optional(number)
    cpu           = optional(string)
    max_instances = optional(number)
    memory        = optional(string)
    min_instances = optional(number)
    timeout_s     = optional(number)
  }))
  default = {}
  validation {
    condition     = length(setsubtract(keys(var.functions), keys(local.function_settings))) == 0
    error_message = "There is no such function."
  }
}

variable "gateway_region" {
  description = "Region of API Gateway, where it is not offered in the services' own."
  type        = string
  default     = null
}

variable "image" {
  description = "The image of all services and jobs, by digest; it counts when they are made, later ones are delivered."
  type        = string
}

variable "language_model" {
  description = "Who writes feedback (gemini or rubric), with which model, and where."
  type = object({
    location = optional(string, "global")
    model    = optional(string, "gemini-3.5-flash-lite")
    writer   = optional(string, "gemini")
  })
  default = {}
}

variable "log_level" {
  description = "Least severity that is logged."
  type        = string
  default     = "INFO"
}

variable "mail" {
  description = "SMTP server that takes the mails, and their sender; its password is a secret."
  type = object({
    from     = string
    host     = string
    port     = optional(number, 587)
    security = optional(string, "starttls")
    user     = string
  })
}

variable "network" {
  description = "Addresses of the subnet and those lent to Google for the database."
  type = object({
    cidr                  = optional(string, "10.8.0.0/22")
    private_services_cidr = optional(string, "10.9.0.0/20")
  })
  default = {}
}

variable "objects_location" {
  description = "Location of the buckets."
  type        = string
}

variable "operators" {
  description = "Members that look at dead letters and replay them, by a static key."
  type        = map(string)
  default     = {}
}

variable "origins" {
  description = "Origins of the web apps, https://HOST."
  type        = list(string)
  # As the services' ROSTRUM_WEB_ORIGINS takes them: one that is not ends their start.
  validation {
    condition     = alltrue([for origin in var.origins : can(regex("^https?://[a-z0-9.-]+(:[0-9]{1,5})?$", origin)) && (var.environment == "dev" || startswith(origin, "https://"))])
    error_message = "https://HOST[:PORT], in small letters and without a path; http:// in dev alone."
  }
}

variable "project_id" {
  description = "Project of this environment; it exists, with billing."
  type        = string
}

variable "public_url" {
  description = "Address of the web app, the base of links in mails."
  type        = string
}

variable "region" {
  description = "Region of everything that has one."
  type        = string
  default     = "europe-west1"
}
