output "buckets" {
  description = "Names of the buckets: exports, features, functions, ledger, materials, uploads."
  value       = { for key, bucket in google_storage_bucket.rostrum : key => bucket.name }
}
