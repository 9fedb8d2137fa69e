variable "cidr" {
  description = "Addresses of the subnet that services and functions take theirs from; /26 at least."
  type        = string
  default     = "10.8.0.0/22"

  validation {
    # https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#ip-allocation
    condition     = can(cidrnetmask(var.cidr)) && tonumber(split("/", var.cidr)[1]) <= 26
    error_message = "Direct VPC egress takes addresses from a /26 at least."
  }
}

variable "private_services_cidr" {
  description = "Addresses lent to Google for the database instances, of RFC 1918; /24 at least."
  type        = string
  default     = "10.9.0.0/20"

  validation {
    # https://cloud.google.com/vpc/docs/configure-private-services-access#procedure
    condition     = can(cidrnetmask(var.private_services_cidr)) && tonumber(split("/", var.private_services_cidr)[1]) <= 24
    error_message = "Google takes a /24 at least."
  }
}

variable "project_id" {
  description = "Project of the network."
  type        = string
}

variable "region" {
  description = "Region of the subnet."
  type        = string
}
