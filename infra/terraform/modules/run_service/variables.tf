variable "account" {
  description = "E-mail of the service account the service runs as."
  type        = string
}

variable "args" {
  description = "Arguments of the image's entrypoint."
  type        = list(string)
}

variable "capacity" {
  description = "Size of an instance, how many there are, and requests at once in each: as many as the server has threads. With cpu_always the processor also works between requests."
  type = object({
    concurrency   = optional(number, 8)
    cpu           = optional(string, "1")
    cpu_always    = optional(bool, false)
    max_instances = number
    memory        = optional(string, "512Mi")
    min_instances = optional(number, 0)
  })
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the service."
  type        = bool
  default     = true
}

variable "image" {
  description = "Image of the first revision, by digest; later ones are deliveries' business."
  type        = string
}

variable "ingress" {
  description = "Networks the service is reached from, before IAM is asked."
  type        = string
  default     = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  validation {
    condition     = contains(["INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_ONLY"], var.ingress)
    error_message = "INGRESS_TRAFFIC_ALL or INGRESS_TRAFFIC_INTERNAL_ONLY."
  }
}

variable "invokers" {
  description = "Members that may call the service, by a static key."
  type        = map(string)
  validation {
    condition     = alltrue([for member in values(var.invokers) : startswith(member, "serviceAccount:")])
    error_message = "Only service accounts call a service; the public comes through the gateway."
  }
}

variable "name" {
  description = "Name of the service."
  type        = string
}

variable "network" {
  description = "Network and subnet of Direct VPC egress, and what goes that way (PRIVATE_RANGES_ONLY or ALL_TRAFFIC); null: nothing."
  type        = object({ egress = string, network_id = string, subnet_id = string })
  default     = null
}

variable "optional_settings" {
  description = "Further groups of settings; those that are null are left out."
  type        = list(map(string))
  default     = []
}

variable "project_id" {
  description = "Project of the service."
  type        = string
}

variable "region" {
  description = "Region of the service."
  type        = string
}

variable "secrets" {
  description = "Settings whose values are versions of secrets: environment variable -> secret and version."
  type        = map(object({ secret = string, version = string }))
  default     = {}
}

variable "settings" {
  description = "Settings as environment variables, in groups; of two with one name the later counts."
  type        = list(map(string))
}

variable "timeout_s" {
  description = "Time a request may take, longer than the gateway's deadline."
  type        = number
  default     = 60
}
