variable "keep_count" {
  description = "Newest images that always stay, for rollbacks."
  type        = number
  default     = 20

  validation {
    condition     = var.keep_count >= 5
    error_message = "Five at least, or there is nothing to roll back to."
  }
}

variable "location" {
  description = "Region of the repository; that of the services, so that pulls cost nothing."
  type        = string
}

variable "project_id" {
  description = "Project of the repository."
  type        = string
}

variable "readers" {
  description = "Members that pull images, by a static key."
  type        = map(string)
  default     = {}
}

variable "writers" {
  description = "Members that push images, by a static key."
  type        = map(string)
  default     = {}
}
