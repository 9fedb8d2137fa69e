mock_provider "google" {}

variables {
  project_id = "rostrum-test"
  region     = "europe-west1"
}

run "nothing_but_the_database_and_google_is_reached" {
  command = plan

  assert {
    condition     = one(google_compute_firewall.deny_egress.deny).protocol == "all" && google_compute_firewall.deny_egress.priority > google_compute_firewall.to_database.priority
    error_message = "What is not allowed by name must be denied."
  }
  assert {
    condition     = google_compute_firewall.to_database.destination_ranges == toset(["10.9.0.0/20"]) && one(google_compute_firewall.to_database.allow).ports == tolist(["3307"])
    error_message = "Only the connectors' port of the database's range is open."
  }
  assert {
    condition     = one(google_compute_firewall.to_google.allow).ports == tolist(["443"])
    error_message = "Google's APIs are reached by HTTPS alone."
  }
  assert {
    condition = toset([for record in google_dns_record_set.google : record.name]) == toset(["*.googleapis.com.", "*.run.app."]) && alltrue([
      for record in google_dns_record_set.google : alltrue([
        for address in record.rrdatas : contains(google_compute_firewall.to_google.destination_ranges, "${cidrhost("${address}/30", 0)}/30")
      ])
    ])
    error_message = "Names of Google's stand for addresses that the firewall lets through."
  }
}

run "the_private_range_is_as_given" {
  command = plan

  variables {
    private_services_cidr = "172.20.16.0/21"
  }

  assert {
    condition     = google_compute_global_address.private_services.address == "172.20.16.0" && google_compute_global_address.private_services.prefix_length == 21
    error_message = "The range lent to Google is not the one asked for."
  }
  assert {
    condition     = google_compute_network.rostrum.auto_create_subnetworks == false && google_compute_subnetwork.serverless.private_ip_google_access
    error_message = "One subnet, with Private Google Access."
  }
}

run "a_subnet_too_small_for_direct_egress_is_refused" {
  command = plan

  variables {
    cidr = "10.8.0.0/27"
  }

  expect_failures = [var.cidr]
}
