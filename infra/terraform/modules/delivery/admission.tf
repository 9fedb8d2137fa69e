# The attestor is made by Cloud Build with the first image it has provenance for.
# https://cloud.google.com/binary-authorization/docs/deploy-cloud-build
resource "google_binary_authorization_policy" "provenance" {
  count = var.admission == null ? 0 : 1

  project                       = var.project_id
  global_policy_evaluation_mode = "ENABLE"

  default_admission_rule {
    enforcement_mode        = var.admission
    evaluation_mode         = "REQUIRE_ATTESTATION"
    require_attestations_by = ["projects/${var.project_id}/attestors/built-by-cloud-build"]
  }
}
