mock_provider "google" {}

variables {
  project_id       = "rostrum-test"
  region           = "europe-west1"
  network_id       = "projects/rostrum-test/global/networks/rostrum"
  private_services = "connection"
  iam_users = {
    auth    = "svc-auth@rostrum-test.iam.gserviceaccount.com"
    course  = "svc-course@rostrum-test.iam.gserviceaccount.com"
    migrate = "job-migrate@rostrum-test.iam.gserviceaccount.com"
  }
  settings = { tier = "db-custom-1-3840" }
}

run "reached_by_connectors_alone" {
  command = plan

  assert {
    condition     = google_sql_database_instance.main.settings[0].ip_configuration[0].ipv4_enabled == false && google_sql_database_instance.main.settings[0].ip_configuration[0].private_network == var.network_id
    error_message = "The instance has a private address only."
  }
  assert {
    condition     = google_sql_database_instance.main.settings[0].connector_enforcement == "REQUIRED" && google_sql_database_instance.main.settings[0].ip_configuration[0].ssl_mode == "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    error_message = "Connections without a client certificate are refused."
  }
  assert {
    condition     = local._flags["cloudsql.iam_authentication"] == "on" && local._flags["max_connections"] == "100" && local._flags["log_error_verbosity"] == "terse"
    error_message = "Flags: IAM logins, explicit connections, no rows in logs."
  }
  assert {
    condition     = toset([for flag in google_sql_database_instance.main.settings[0].database_flags : flag.name]) == toset(keys(local._flags))
    error_message = "Every flag is set on the instance."
  }
}

run "only_the_migrator_makes_schemas" {
  command = plan

  assert {
    condition     = google_sql_user.iam["migrate"].database_roles == tolist(["cloudsqlsuperuser"])
    error_message = "The migrator must be able to make schemas."
  }
  assert {
    condition     = google_sql_user.iam["auth"].database_roles == null && google_sql_user.iam["course"].database_roles == null
    error_message = "Services get what migrations grant them, and nothing else."
  }
  assert {
    condition     = output.users["auth"] == "svc-auth@rostrum-test.iam"
    error_message = "A database user is the e-mail without .gserviceaccount.com."
  }
  assert {
    condition     = alltrue([for user in google_sql_user.iam : user.type == "CLOUD_IAM_SERVICE_ACCOUNT"])
    error_message = "Nobody has a password."
  }
  assert {
    condition = alltrue([
      for grant in concat(values(google_project_iam_member.client), values(google_project_iam_member.instance_user)) :
      strcontains(grant.condition[0].expression, "projects/rostrum-test/instances/main")
    ])
    error_message = "Roles hold for this instance."
  }
}

run "as_in_production" {
  command = plan

  variables {
    settings = {
      tier            = "db-custom-2-7680"
      availability    = "REGIONAL"
      backup_days     = 30
      max_connections = 200
      pitr_days       = 7
      maintenance     = { day = 7, hour = 1 }
    }
  }

  assert {
    condition     = google_sql_database_instance.main.deletion_protection && google_sql_database_instance.main.settings[0].deletion_protection_enabled
    error_message = "Protected against deletion, here and in the console."
  }
  assert {
    condition     = google_sql_database_instance.main.settings[0].backup_configuration[0].point_in_time_recovery_enabled && google_sql_database_instance.main.settings[0].backup_configuration[0].transaction_log_retention_days == 7
    error_message = "Recovered to any second of a week."
  }
  assert {
    condition     = google_sql_database_instance.main.settings[0].backup_configuration[0].start_time == "23:00"
    error_message = "Backups begin two hours before maintenance."
  }
  assert {
    condition     = output.max_connections == 200
    error_message = "The budget of connections is told."
  }
}

run "regional_without_recovery_is_refused" {
  command = plan

  variables {
    settings = { tier = "db-custom-1-3840", availability = "REGIONAL" }
  }

  expect_failures = [var.settings]
}

run "logs_older_than_backups_are_refused" {
  command = plan

  variables {
    settings = { tier = "db-custom-1-3840", pitr_days = 7, backup_days = 3 }
  }

  expect_failures = [var.settings]
}

run "a_migrator_that_is_no_user_is_refused" {
  command = plan

  variables {
    migrator = "nobody"
  }

  expect_failures = [var.migrator]
}
