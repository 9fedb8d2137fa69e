variable "burn_rates" {
  description = "Windows of every SLO's alerts: how many times too fast the error budget burns, over both windows. Defaults are those of the SRE Workbook, https://sre.google/workbook/alerting-on-slos/, the last one shortened to the day Cloud Monitoring looks back at most."
  type = map(object({
    factor   = number
    long     = string
    severity = string
    short    = string
  }))
  default = {
    fast   = { factor = 14.4, long = "3600s", short = "300s", severity = "CRITICAL" }
    medium = { factor = 6, long = "21600s", short = "1800s", severity = "CRITICAL" }
    slow   = { factor = 3, long = "86400s", short = "7200s", severity = "WARNING" }
  }
}

variable "channels" {
  description = "Further notification channels (resource names): chat, pager; they hold secrets and are made outside Terraform."
  type        = set(string)
  default     = []
}

variable "database" {
  description = "Cloud SQL instance to watch and its max_connections; null: none."
  type = object({
    instance        = string
    max_connections = number
  })
  default = null
}

variable "emails" {
  description = "Whom alerts reach by e-mail: name -> address."
  type        = map(string)
  default     = {}
}

variable "hosts" {
  description = "Host names that uptime checks ask from outside: name -> host without scheme. `gateway` carries the availability SLO."
  type        = map(string)

  validation {
    condition     = contains(keys(var.hosts), "gateway")
    error_message = "The gateway's host is checked always: hosts.gateway."
  }
}

variable "jobs" {
  description = "Cloud Run jobs whose failure is an alert: name -> job."
  type        = map(string)
  default     = {}
}

variable "project_id" {
  description = "Project that holds everything here, and the watched resources."
  type        = string
}

variable "services" {
  description = "Cloud Run services under SLOs: key -> service name and the time within which `slos.latency` of requests are answered. The AI gateway waits for a language model and is given its time."
  type = map(object({
    latency_ms = optional(number, 1000)
    name       = string
  }))
}

variable "slos" {
  description = "Goals over 28 days, as shares. Availability 99.5 % is 3 h 20 min of the month, within what one region's Cloud Run, Firestore and Cloud SQL promise together; feedback_s is what a learner waits from the upload's end to the feedback."
  type = object({
    availability = optional(number, 0.995)
    feedback     = optional(number, 0.95)
    feedback_s   = optional(number, 30)
    latency      = optional(number, 0.99)
  })
  default = {}
}

variable "thresholds" {
  description = <<-EOT
    When an alert opens:
    - connections_ratio: of max_connections; the rest is for administrators and a rollout's second set of instances.
    - cpu_ratio, disk_ratio: of the database; the disk grows by itself, so a full one means a runaway.
    - errors_in_10_min: log entries of severity ERROR; one alone is a bug to read, not a page.
    - failed_ratio: attempts that failed, of those finished within the hour, when there were 20 or more.
    - model_usd_a_day: list price; 25 USD is ten times 1,000 attempts a day at the default model.
    - stale_attempt_s: an attempt untouched in one state; work takes seconds, so 300 s is stuck.
    - sweep_missing_s: without the sweeper's measurements; it runs every few minutes.
    - unacked_s: oldest unacknowledged event; six deliveries with backoff fit into 600 s.
  EOT
  type = object({
    connections_ratio = optional(number, 0.8)
    cpu_ratio         = optional(number, 0.9)
    disk_ratio        = optional(number, 0.85)
    errors_in_10_min  = optional(number, 10)
    failed_ratio      = optional(number, 0.2)
    model_usd_a_day   = optional(number, 25)
    stale_attempt_s   = optional(number, 300)
    sweep_missing_s   = optional(number, 3600)
    unacked_s         = optional(number, 600)
  })
  default = {}
}

variable "uptime_path" {
  description = "Public route that answers 200 without a token."
  type        = string
  default     = "/v1/health"
}
