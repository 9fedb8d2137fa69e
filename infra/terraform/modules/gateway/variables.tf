variable "account" {
  description = "E-mail of the service account as which the gateway calls the services."
  type        = string
}

variable "backends" {
  description = "Addresses of the services, which are also the audiences of the gateway's ID tokens."
  type        = object({ auth = string, course = string, practice = string })
}

variable "document" {
  description = "OpenAPI document with the templates of docs/decisions/0010; by default the repository's own."
  type        = string
  default     = null
}

variable "name" {
  description = "Name of the API and of the gateway."
  type        = string
  default     = "rostrum"
}

variable "project_id" {
  description = "Project of the gateway."
  type        = string
}

variable "region" {
  description = "Region of the gateway."
  type        = string
}

variable "token_account" {
  description = "E-mail of the service account that signs users' tokens."
  type        = string
}
