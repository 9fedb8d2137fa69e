variables {
  gateway    = "projects/rostrum-test/locations/europe-west1/gateways/rostrum"
  project_id = "rostrum-test"
  region     = "europe-west1"
}

run "nothing_unless_asked_for" {
  command = plan

  assert {
    condition = length(concat(
      google_compute_backend_service.cached,
      google_compute_backend_service.gateway,
      google_compute_global_address.edge,
      google_compute_global_forwarding_rule.http,
      google_compute_global_forwarding_rule.https,
      google_compute_security_policy.edge,
    )) == 0
    error_message = "Without an edge there is none."
  }

  assert {
    condition     = output.address == null && length(output.hosts) == 0
    error_message = "Outputs say so."
  }
}

run "an_edge" {
  command = apply

  variables {
    edge = { domains = ["api.example.org"] }
  }

  assert {
    condition     = google_compute_region_network_endpoint_group.gateway[0].serverless_deployment[0].platform == "apigateway.googleapis.com"
    error_message = "The gateway is behind it."
  }

  assert {
    condition     = google_compute_url_map.http[0].default_url_redirect[0].https_redirect
    error_message = "Nothing is answered without TLS."
  }

  assert {
    condition     = google_compute_ssl_policy.edge[0].min_tls_version == "TLS_1_2"
    error_message = "TLS 1.2 or later."
  }

  assert {
    condition     = google_compute_backend_service.gateway[0].enable_cdn != true && google_compute_backend_service.cached[0].cdn_policy[0].cache_mode == "USE_ORIGIN_HEADERS"
    error_message = "Only what the origin calls public is kept."
  }

  assert {
    condition     = one(google_compute_url_map.https[0].path_matcher).path_rule[0].paths == toset(["/v1/auth/jwks"])
    error_message = "Only public keys go through the CDN."
  }

  assert {
    condition = alltrue([
      for rule in google_compute_security_policy.edge[0].rule : rule.preview == true
      if rule.action == "deny(403)"
    ])
    error_message = "The rule sets only log at first."
  }

  assert {
    condition     = length([for rule in google_compute_security_policy.edge[0].rule : rule if rule.action == "deny(403)"]) == 8
    error_message = "Eight rule sets."
  }

  assert {
    condition     = one([for rule in google_compute_security_policy.edge[0].rule : rule.rate_limit_options[0] if rule.action == "throttle"]).enforce_on_key == "IP"
    error_message = "Floods are counted by address."
  }

  assert {
    condition     = length(distinct([for rule in google_compute_security_policy.edge[0].rule : rule.priority])) == length(google_compute_security_policy.edge[0].rule)
    error_message = "Two rules of one priority."
  }
}

run "rule_sets_enforced" {
  command = plan

  variables {
    edge = { domains = ["api.example.org"], cached_paths = [], enforce_waf = true }
  }

  assert {
    condition     = !anytrue([for rule in google_compute_security_policy.edge[0].rule : coalesce(rule.preview, false)])
    error_message = "Enforced is enforced."
  }

  assert {
    condition     = length(google_compute_backend_service.cached) == 0
    error_message = "Without cached paths there is no CDN."
  }
}

run "no_domains_is_a_mistake" {
  command = plan

  variables {
    edge = { domains = [] }
  }

  expect_failures = [var.edge]
}
