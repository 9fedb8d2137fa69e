variable "accessors" {
  description = "Members that read each secret, by the secret's name and a static key."
  type        = map(map(string))
}

variable "location" {
  description = "Region that keeps the secrets."
  type        = string
}

variable "project_id" {
  description = "Project of the secrets."
  type        = string
}
