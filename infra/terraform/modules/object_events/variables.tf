variable "bucket" {
  description = "Name of the bucket whose new objects are announced."
  type        = string
}

variable "name" {
  description = "What the bucket is for; the topic is named after it."
  type        = string
}

variable "operators" {
  description = "Members that replay dead letters, by a static key."
  type        = map(string)
  default     = {}
}

variable "project_id" {
  description = "Project of the topic."
  type        = string
}

variable "storage_agent" {
  description = "Member of Cloud Storage's service agent, which publishes."
  type        = string
}

variable "storage_regions" {
  description = "Regions in which messages may be stored."
  type        = list(string)
}
