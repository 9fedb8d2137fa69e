variable "account" {
  description = "E-mail of the service account the job runs as."
  type        = string
}

variable "command" {
  description = "Program and arguments, started in the image."
  type        = list(string)
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the job."
  type        = bool
  default     = true
}

variable "image" {
  description = "Image the job is made with, by digest; later ones are deliveries' business."
  type        = string
}

variable "name" {
  description = "Name of the job."
  type        = string
}

variable "network" {
  description = "Network and subnet of Direct VPC egress."
  type        = object({ network_id = string, subnet_id = string })
}

variable "optional_settings" {
  description = "Further groups of settings; those that are null are left out."
  type        = list(map(string))
  default     = []
}

variable "project_id" {
  description = "Project of the job."
  type        = string
}

variable "region" {
  description = "Region of the job."
  type        = string
}

variable "settings" {
  description = "Settings as environment variables, in groups; of two with one name the later counts."
  type        = list(map(string))
}

variable "timeout_s" {
  description = "Time one execution may take."
  type        = number
  default     = 3600
}
