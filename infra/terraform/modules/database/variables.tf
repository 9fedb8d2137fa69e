variable "iam_users" {
  description = "Accounts that log in, by a static key: e-mails of service accounts."
  type        = map(string)
}

variable "migrator" {
  description = "Key in iam_users of the account that makes the schemas and owns them."
  type        = string
  default     = "migrate"

  validation {
    condition     = contains(keys(var.iam_users), var.migrator)
    error_message = "Without a user that makes schemas there are none."
  }
}

variable "network_id" {
  description = "Network the instance has its address in."
  type        = string
}

variable "private_services" {
  description = "Id of that network's connection to Google's services: the instance waits for it."
  type        = string
}

variable "project_id" {
  description = "Project of the instance."
  type        = string
}

variable "region" {
  description = "Region of the instance and of its backups."
  type        = string
}

variable "settings" {
  description = "Name, size, availability and keeping of the instance; maintenance in UTC, days 1 (Monday) to 7. pitr_days 0: no point-in-time recovery."
  type = object({
    tier                = string
    availability        = optional(string, "ZONAL")
    backup_days         = optional(number, 7)
    deletion_protection = optional(bool, true)
    disk_limit_gb       = optional(number, 100)
    disk_size_gb        = optional(number, 10)
    edition             = optional(string, "ENTERPRISE")
    maintenance = optional(object({
      day   = optional(number, 7)
      hour  = optional(number, 3)
      track = optional(string, "stable")
    }), {})
    max_connections = optional(number, 100)
    name            = optional(string, "main")
    pitr_days       = optional(number, 0)
    version         = optional(string, "POSTGRES_17")
  })

  validation {
    condition     = contains(["ZONAL", "REGIONAL"], var.settings.availability)
    error_message = "Availability is ZONAL or REGIONAL."
  }

  validation {
    # https://cloud.google.com/sql/docs/postgres/high-availability
    condition     = var.settings.availability == "ZONAL" || var.settings.pitr_days > 0
    error_message = "A regional instance needs point-in-time recovery."
  }

  validation {
    # https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr
    condition     = var.settings.pitr_days >= 0 && var.settings.pitr_days <= (var.settings.edition == "ENTERPRISE" ? 7 : 35)
    error_message = "Logs are kept for at most 7 days (Enterprise) or 35 days (Enterprise Plus)."
  }

  validation {
    condition     = var.settings.pitr_days <= var.settings.backup_days
    error_message = "Recovery to a point in time starts from a backup, so backups are kept as long as logs."
  }

  validation {
    # https://cloud.google.com/sql/docs/postgres/flags: 14 is the least an instance takes.
    condition     = var.settings.max_connections >= 14
    error_message = "An instance takes 14 connections at least."
  }
}
