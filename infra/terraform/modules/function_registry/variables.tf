variable "location" {
  description = "Region of the repository; that of the functions."
  type        = string
}

variable "project_id" {
  description = "Project of the repository."
  type        = string
}
