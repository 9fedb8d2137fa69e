output "accounts" {
  description = "E-mails of the service accounts, by deployable."
  value       = local.emails
}

output "buckets" {
  description = "Names of the buckets, by what they are for."
  value       = module.objects.buckets
}

output "connections" {
  description = "Connections the deployables may take at most, and what the database gives."
  value       = { budget = local.connections, max = module.database.max_connections, reserved = local.reserved_connections }
}

output "database" {
  description = "Cloud SQL instance, PROJECT:REGION:NAME."
  value       = module.database.connection_name
}

output "gateway" {
  description = "Host name the API answers at."
  value       = module.gateway.host
}

output "images" {
  description = "What an image's name begins with."
  value       = module.registry.url
}

output "jobs" {
  description = "Names of the jobs: migrations first, then the operators'."
  value       = { migrations = [for job in module.migration : job.name], operations = [for job in module.operation : job.name] }
}

output "posture" {
  description = "What the tests of an environment look at: who calls each service, tries before a dead letter, what is protected, who has documents and tables."
  value = {
    callers = local._invokers
    protected = {
      database  = var.database.deletion_protection
      documents = var.documents.delete_protection
      services  = var.deletion_protection
    }
    regional = var.database.availability == "REGIONAL"
    restorable = {
      database_days = var.database.pitr_days
      documents     = var.documents.pitr
    }
    tries = { for key, function in module.function : key => function.tries }
  }
}

output "services" {
  description = "Addresses of the services."
  value       = { ai_gateway = module.ai_gateway.url, auth = module.auth.url, course = module.course.url, practice = module.practice.url }
}

output "subscriptions" {
  description = "Names of the functions' subscriptions."
  value       = { for key, function in module.function : key => function.subscription }
}
