output "accounts" {
  description = "E-mail addresses of builder (functions' builds), deployer (releases) and planner (reviews)."
  value       = { for key, account in google_service_account.delivery : key => account.email }
}

output "federation_provider" {
  description = "Workload identity provider that CI outside Google names; null without federation."
  value       = one(google_iam_workload_identity_pool_provider.outside[*].name)
}

output "logs_bucket" {
  description = "Bucket of build logs."
  value       = google_storage_bucket.logs.name
}

output "members" {
  description = "The same accounts as IAM members. The deployer calls each service's health by its tag's URL: give it to the services as invoker."
  value       = { for key, account in google_service_account.delivery : key => account.member }
}
