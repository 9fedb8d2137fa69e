output "agents" {
  description = "Members of Google's own service agents: pubsub, storage."
  value = merge(
    { for key, agent in google_project_service_identity.agent : key => agent.member },
    { storage = data.google_storage_project_service_account.agent.member },
  )
}

output "number" {
  description = "Number of the project, as text."
  value       = data.google_project.this.number
}

output "project_id" {
  description = "The project, once its APIs are enabled."
  value       = var.project_id
  depends_on  = [google_project_service.enabled]
}
