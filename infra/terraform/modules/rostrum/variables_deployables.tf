variable "secret_versions" {
  description = "Versions of auth's secrets; a new one takes effect with a new revision."
  type = object({
    refresh = optional(string, "1")
    smtp    = optional(string, "1")
    totp    = optional(string, "1")
  })
  default = {}
}

variable "services" {
  description = "Capacity of each service, as modules/run_service takes it; the pool is of connections to the database."
  type = object({
    ai_gateway = object({
      concurrency   = optional(number, 8)
      cpu           = optional(string, "1")
      max_instances = number
      memory        = optional(string, "512Mi")
      min_instances = optional(number, 0)
    })
    auth = object({
      concurrency   = optional(number, 8)
      cpu           = optional(string, "1")
      max_instances = number
      memory        = optional(string, "1Gi")
      min_instances = optional(number, 0)
      pool          = optional(number, 8)
    })
    course = object({
      concurrency   = optional(number, 8)
      cpu           = optional(string, "1")
      max_instances = number
      memory        = optional(string, "512Mi")
      min_instances = optional(number, 0)
      pool          = optional(number, 8)
    })
    practice = object({
      concurrency   = optional(number, 8)
      cpu           = optional(string, "1")
      max_instances = number
      memory        = optional(string, "512Mi")
      min_instances = optional(number, 0)
    })
  })
}

variable "settings" {
  description = "Settings other than their defaults: deployable -> environment variable -> value."
  type        = map(map(string))
  default     = {}
  validation {
    condition = alltrue([for deployable, settings in var.settings :
      length(setsubtract(keys(settings), lookup(local.tunable_settings, deployable, []))) == 0
    ])
    error_message = "Not a tunable setting of that deployable: see modules/rostrum/settings.tf."
  }
}

variable "soft_delete_days" {
  description = "How long deleted objects can be restored, by bucket; 0, or 7 to 90."
  type        = map(number)
  default     = {}
}

variable "source_repository" {
  description = "Repository whose pushes are built and released, as modules/delivery takes it; null: by hand."
  type = object({
    id       = string
    approval = optional(bool, false)
    branch   = optional(string)
    reviews  = optional(string)
    tag      = optional(string)
  })
  default = null
}

variable "speech" {
  description = "Speech-to-Text, where it is the transcriber: languages (ISO 639-1 -> its code), model, region."
  type = object({
    languages = optional(map(string), { en = "en-US" })
    model     = optional(string, "long")
    region    = optional(string, "europe-west4")
  })
  default = {}
}

variable "state_bucket" {
  description = "Bucket of Terraform's state."
  type        = string
}

variable "sweep_schedule" {
  description = "When stale attempts, kept recordings, exports and erasures are looked at, as cron has it."
  type        = string
  default     = "* * * * *"
}

variable "transcriber" {
  description = "Who recognises speech: local (a model inside the function) or google (Speech-to-Text)."
  type        = string
  default     = "local"
  validation {
    condition     = contains(["google", "local"], var.transcriber)
    error_message = "google or local."
  }
}

variable "when_quiet" {
  description = "What becomes of a release too few requests reached to be judged: promote or rollback."
  type        = string
  default     = "rollback"
}
