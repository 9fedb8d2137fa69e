variable "edge" {
  description = <<-EOT
    Load balancer in front of the gateway; null: none, the gateway's own host is the address.
    - domains: host names it answers for; one certificate each.
    - adaptive_protection: Cloud Armor learns usual traffic and alerts on attacks; of use from Enterprise on.
    - cached_paths: what Cloud CDN may keep, as the answers' own Cache-Control says. Everything else passes uncached.
    - enforce_waf: false logs what the rule sets would have refused. Learners write freely, so look at a week of logs first.
    - rate_limit: requests of one address in `interval_s`; a class behind one address has 30 clients at 2 a second.
    - waf_rules: rule sets with their version, https://cloud.google.com/armor/docs/waf-rules, and the sensitivity (1: fewest false alarms).
  EOT
  type = object({
    domains             = set(string)
    adaptive_protection = optional(bool, false)
    cached_paths        = optional(set(string), ["/v1/auth/jwks"])
    enforce_waf         = optional(bool, false)
    rate_limit = optional(object({
      interval_s = optional(number, 60)
      requests   = optional(number, 3600)
    }), {})
    waf_rules = optional(map(number), {
      "cve-canary"                   = 1
      "lfi-v422-stable"              = 1
      "protocolattack-v422-stable"   = 1
      "rce-v422-stable"              = 1
      "rfi-v422-stable"              = 1
      "scannerdetection-v422-stable" = 1
      "sqli-v422-stable"             = 1
      "xss-v422-stable"              = 1
    })
  })
  default = null

  validation {
    condition     = var.edge == null ? true : length(var.edge.domains) > 0
    error_message = "An edge answers for one domain at least."
  }
}

variable "gateway" {
  description = "Id of the API Gateway behind the load balancer."
  type        = string
}

variable "project_id" {
  description = "Project of the gateway."
  type        = string
}

variable "region" {
  description = "Region of the gateway; a network endpoint group only reaches its own."
  type        = string
}
