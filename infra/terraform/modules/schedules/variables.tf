variable "project_id" {
  description = "Project of the schedule."
  type        = string
}

variable "region" {
  description = "Region of the schedule."
  type        = string
}

variable "schedule" {
  description = "When a sweep is due, as cron has it, in UTC."
  type        = string
  default     = "* * * * *"
}

variable "topic" {
  description = "Id of the topic that says so."
  type        = string
}
