variable "location" {
  description = "Location of the database, a region or a multi-region; it cannot change."
  type        = string
}

variable "project_id" {
  description = "Project of the database."
  type        = string
}

variable "readers" {
  description = "Members that only read documents, by a static key."
  type        = map(string)
  default     = {}
}

variable "settings" {
  description = "Name and keeping of the database; retentions in days."
  type = object({
    name              = optional(string, "(default)")
    backup_days       = optional(number, 7)
    concurrency       = optional(string, "PESSIMISTIC")
    delete_protection = optional(bool, true)
    pitr              = optional(bool, false)
  })
  default = {}

  validation {
    # https://cloud.google.com/firestore/docs/backups: 14 weeks at most.
    condition     = var.settings.backup_days >= 1 && var.settings.backup_days <= 98
    error_message = "Backups are kept for 1 to 98 days."
  }
}

variable "writers" {
  description = "Members that read and write documents, by a static key."
  type        = map(string)
}
