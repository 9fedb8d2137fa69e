variable "access" {
  description = "Who does what in which bucket: members by a static key. Creators add, editors do all, removers read and delete."
  type = map(object({
    creators = optional(map(string), {})
    editors  = optional(map(string), {})
    readers  = optional(map(string), {})
    removers = optional(map(string), {})
  }))

  validation {
    condition     = length(setsubtract(keys(var.access), ["exports", "features", "functions", "ledger", "materials", "uploads"])) == 0
    error_message = "Buckets are exports, features, functions, ledger, materials and uploads."
  }
}

variable "cors_origins" {
  description = "Origins of the web apps that upload recordings and materials, https://HOST."
  type        = list(string)

  validation {
    condition     = !contains(var.cors_origins, "*")
    error_message = "Name the origins: any page could otherwise use a URL that leaked."
  }
}

variable "force_destroy" {
  description = "Whether a destroy also deletes what lies in the buckets; never in prod."
  type        = bool
  default     = false
}

variable "location" {
  description = "Location of the buckets."
  type        = string
}

variable "project_id" {
  description = "Project of the buckets; their names begin with it."
  type        = string
}

variable "soft_delete_days" {
  description = "Days in which deleted objects can be restored, by bucket: 0, or 7 to 90."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for days in values(var.soft_delete_days) : days == 0 || (days >= 7 && days <= 90)])
    error_message = "Cloud Storage takes 0 or 7 to 90 days."
  }

  validation {
    condition     = length(setsubtract(keys(var.soft_delete_days), ["exports", "features", "functions", "ledger", "materials", "uploads"])) == 0
    error_message = "Buckets are exports, features, functions, ledger, materials and uploads."
  }

  # docs/decisions/0080: it would still be there when it is said to be erased.
  validation {
    condition     = alltrue([for bucket in ["exports", "features", "uploads"] : lookup(var.soft_delete_days, bucket, 0) == 0])
    error_message = "What learners own, exports, features and uploads, is not soft-deleted."
  }
}
