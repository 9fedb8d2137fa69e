variable "accounts" {
  description = "Service accounts the deployer may deploy as: key -> resource name."
  type        = map(string)
}

variable "admission" {
  description = "Binary Authorization for images with provenance by this project's Cloud Build: DRYRUN_AUDIT_LOG_ONLY logs others, ENFORCED_BLOCK_AND_AUDIT_LOG refuses them, null: no policy. Provenance comes when a build ends, so enforce only where an image was built by an earlier build than the one that deploys it."
  type        = string
  default     = null

  validation {
    condition     = var.admission == null ? true : contains(["DRYRUN_AUDIT_LOG_ONLY", "ENFORCED_BLOCK_AND_AUDIT_LOG"], var.admission)
    error_message = "One of Binary Authorization's two enforcement modes, or null."
  }
}

variable "environment" {
  description = "Folder below infra/terraform/environments that is planned and applied here."
  type        = string
}

variable "federation" {
  description = "CI outside Google that may plan, by workload identity federation; null: none. The repository's number is what cannot be taken over when its name becomes free."
  type = object({
    issuer        = optional(string, "https://token.actions.githubusercontent.com")
    repository    = string
    repository_id = string
  })
  default = null
}

variable "grantable_roles" {
  description = "Project roles the deployer may grant and take: exactly those that Terraform gives the deployables."
  type        = set(string)

  validation {
    condition     = length(setintersection(var.grantable_roles, ["roles/owner", "roles/editor", "roles/resourcemanager.projectIamAdmin", "roles/iam.securityAdmin"])) == 0
    error_message = "With one of these the deployer could give itself everything."
  }
}

variable "log_retention_days" {
  description = "Days that build logs are kept; a year answers what was deployed when."
  type        = number
  default     = 365
}

variable "project_id" {
  description = "Project of this environment."
  type        = string
}

variable "region" {
  description = "Region of builds, as of everything else."
  type        = string
}

variable "registry" {
  description = "Artifact Registry: id and location of the repository that builds of functions write to, and path the image is pushed to (HOST/PROJECT/REPOSITORY)."
  type = object({
    id       = string
    location = string
    path     = string
  })
}

variable "source_bucket" {
  description = "Bucket of the functions' archives, which the builder reads."
  type        = string
}

variable "source_repository" {
  description = <<-EOT
    Repository whose pushes are built; null: no triggers, builds are submitted by hand.
    - id: Cloud Build repository (projects/…/connections/…/repositories/…), connected once in the console.
    - branch, tag: what is released; one of them.
    - approval: a release waits for somebody with roles/cloudbuild.builds.approver.
    - reviews: branch whose pull requests are checked and planned here; null: none.
  EOT
  type = object({
    id       = string
    approval = optional(bool, false)
    branch   = optional(string)
    reviews  = optional(string)
    tag      = optional(string)
  })
  default = null

  validation {
    condition     = var.source_repository == null ? true : (var.source_repository.branch == null) != (var.source_repository.tag == null)
    error_message = "A release is a branch or a tag: exactly one."
  }

  validation {
    condition     = var.source_repository == null || var.environment != "prod" ? true : var.source_repository.approval
    error_message = "Production is released with approval."
  }
}

variable "state_bucket" {
  description = "Bucket of Terraform's state, made before the first apply."
  type        = string
}

variable "when_quiet" {
  description = "What becomes of a new revision that too few requests reached to be judged: `promote`, or `rollback`."
  type        = string
  default     = "rollback"

  validation {
    condition     = contains(["promote", "rollback"], var.when_quiet)
    error_message = "promote or rollback."
  }
}
