variable "account" {
  description = "E-mail of the service account the function runs as."
  type        = string
}

variable "archive" {
  description = "Staged archive (ZIP) on this machine, and the bucket it is brought to."
  type        = object({ bucket = string, path = string })
}

variable "build" {
  description = "Resource name of the service account that builds, and id of the repository the image goes to."
  type        = object({ repository = string, service_account = string })
}

variable "capacity" {
  description = "Size of an instance, how many there are, events at once in each, and the time one may take."
  type = object({
    concurrency   = optional(number, 1)
    cpu           = optional(string, "1")
    max_instances = optional(number, 10)
    memory        = optional(string, "512Mi")
    min_instances = optional(number, 0)
    timeout_s     = optional(number, 540)
  })
  validation {
    condition     = var.capacity.timeout_s <= 540
    error_message = "Pub/Sub waits 600 s for an answer, part of which an event may wait for an instance."
  }
}

variable "dead_letter_topic" {
  description = "Id of the topic that gets what the function could not take."
  type        = string
}

variable "entry_point" {
  description = "Name of the function in main.py."
  type        = string
}

variable "events_account" {
  description = "E-mail of the service account as which Pub/Sub calls the function."
  type        = string
}

variable "name" {
  description = "Name of the function in functions/, and of its subscription."
  type        = string
}

variable "network" {
  description = "Network and subnet of Direct VPC egress, and what goes that way; null: nothing."
  type        = object({ egress = string, network_id = string, subnet_id = string })
  default     = null
}

variable "optional_settings" {
  description = "Further groups of settings; those that are null are left out."
  type        = list(map(string))
  default     = []
}

variable "project_id" {
  description = "Project of the function."
  type        = string
}

variable "pubsub_agent" {
  description = "Member of Pub/Sub's service agent."
  type        = string
}

variable "region" {
  description = "Region of the function."
  type        = string
}

variable "retries" {
  description = "Deliveries (5 to 100) before an event is a dead letter, and the seconds between them, which double."
  type = object({
    attempts      = optional(number, 30)
    max_backoff_s = optional(number, 600)
    min_backoff_s = optional(number, 10)
  })
  default = {}
  validation {
    condition     = var.retries.attempts >= 5 && var.retries.attempts <= 100
    error_message = "Pub/Sub takes 5 to 100 tries."
  }
}

variable "runtime" {
  description = "Runtime of Cloud Functions."
  type        = string
  default     = "python312"
}

variable "settings" {
  description = "Settings as environment variables, in groups; of two with one name the later counts."
  type        = list(map(string))
}

variable "topic" {
  description = "Id of the topic the events come by, projects/PROJECT/topics/NAME."
  type        = string
}
