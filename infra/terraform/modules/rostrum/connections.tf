# What the database is asked for at most: every instance's pool, and one more instance of each service
# for the revision that a delivery tries out; the jobs at once.
locals {
  job_pool = 2

  connections = sum(concat(
    [for service in [var.services.auth, var.services.course] : service.pool * (service.max_instances + 1)],
    [4 * local.job_pool],
  ))

  # Kept for superusers and for what Cloud SQL itself looks at:
  # https://cloud.google.com/sql/docs/postgres/flags#postgres-m (max_connections).
  reserved_connections = 15
}
