output "rostrum" {
  description = "What deliveries, smoke tests and operators need to know: see modules/rostrum/outputs.tf."
  value       = module.rostrum
}
