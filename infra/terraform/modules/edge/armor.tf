locals {
  # Rules are evaluated by priority; a stable number for each set, by its name's place.
  _waf = var.edge == null ? {} : {
    for index, name in sort(keys(var.edge.waf_rules)) :
    name => { priority = 1000 + index * 10, sensitivity = var.edge.waf_rules[name] }
  }
}

resource "google_compute_security_policy" "edge" {
  # checkov:skip=CKV_GCP_73: the set cve-canary has the signatures of Log4j; a dynamic rule is not seen, and there is no Java here
  count = local._edges

  project     = var.project_id
  name        = "edge"
  description = "Known attacks, and floods by one address."
  type        = "CLOUD_ARMOR"

  advanced_options_config {
    # Bodies are JSON: the rule sets see its values, not its punctuation.
    json_parsing = "STANDARD"
    log_level    = "NORMAL"
  }

  adaptive_protection_config {
    layer_7_ddos_defense_config {
      enable = var.edge.adaptive_protection
    }
  }

  dynamic "rule" {
    for_each = local._waf

    content {
      action      = "deny(403)"
      description = rule.key
      preview     = !var.edge.enforce_waf
      priority    = rule.value.priority

      match {
        expr {
          expression = "evaluatePreconfiguredWaf('${rule.key}', {'sensitivity': ${rule.value.sensitivity}})"
        }
      }
    }
  }

  rule {
    action      = "throttle"
    description = "Requests of one address"
    priority    = 2000

    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = var.edge.rate_limit.requests
        interval_sec = var.edge.rate_limit.interval_s
      }
    }
  }

  rule {
    action      = "allow"
    description = "Everything else; the gateway and the services decide."
    priority    = 2147483647

    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}
