variable "functions" {
  description = "Event functions, by their names in functions/: each has its dead letters."
  type        = set(string)
}

variable "operators" {
  description = "Members that look at dead letters and replay them, by a static key."
  type        = map(string)
  default     = {}
}

variable "project_id" {
  description = "Project of the topics."
  type        = string
}

variable "publishers" {
  description = "Members that publish, by topic and a static key; every topic is named, also without publishers."
  type        = map(map(string))
}

variable "pubsub_agent" {
  description = "Member of Pub/Sub's service agent, which moves messages to the dead-letter topics."
  type        = string
}

variable "retention_days" {
  description = "How long dead letters are kept, 7 to 31 days."
  type        = number
  default     = 31
  validation {
    condition     = var.retention_days >= 7 && var.retention_days <= 31
    error_message = "Pub/Sub keeps messages for at most 31 days; an operator needs a week."
  }
}

variable "storage_regions" {
  description = "Regions in which messages may be stored."
  type        = list(string)
}
