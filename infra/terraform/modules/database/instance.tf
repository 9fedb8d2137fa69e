locals {
  _flags = {
    # Accounts log in by IAM: https://cloud.google.com/sql/docs/postgres/create-edit-iam-instances
    "cloudsql.iam_authentication" = "on"
    # A client that died within a transaction lets go of its locks.
    idle_in_transaction_session_timeout = "60000"
    log_checkpoints                     = "on"
    log_connections                     = "on"
    log_disconnections                  = "on"
    # DETAIL of an error quotes the row: mail addresses, learners' words.
    log_error_verbosity = "terse"
    log_lock_waits      = "on"
    # Values are parameters, and not in the statement's text.
    log_min_error_statement = "error"
    # Statements that change tables, and no others: those have learners' words in their parameters.
    log_statement   = "ddl"
    log_temp_files  = "10240"
    max_connections = tostring(var.settings.max_connections)
  }
}

resource "google_sql_database_instance" "main" {
  project             = var.project_id
  name                = var.settings.name
  region              = var.region
  database_version    = var.settings.version
  deletion_protection = var.settings.deletion_protection

  settings {
    tier              = var.settings.tier
    edition           = var.settings.edition
    availability_type = var.settings.availability
    disk_type         = "PD_SSD"
    disk_size         = var.settings.disk_size_gb
    disk_autoresize   = true
    # A runaway table stops at a size that somebody chose.
    disk_autoresize_limit = var.settings.disk_limit_gb
    # Holds for the console and gcloud as well:
    # https://cloud.google.com/sql/docs/postgres/deletion-protection
    deletion_protection_enabled = var.settings.deletion_protection
    retain_backups_on_delete    = true
    # Only the connectors' mutual TLS gets in: https://cloud.google.com/sql/docs/postgres/connect-connectors#enforce
    connector_enforcement = "REQUIRED"

    backup_configuration {
      enabled                        = true
      location                       = var.region
      point_in_time_recovery_enabled = var.settings.pitr_days > 0
      start_time                     = format("%02d:00", (var.settings.maintenance.hour + 22) % 24)
      transaction_log_retention_days = var.settings.pitr_days > 0 ? var.settings.pitr_days : null

      backup_retention_settings {
        retained_backups = var.settings.backup_days
        retention_unit   = "COUNT"
      }
    }

    dynamic "database_flags" {
      for_each = local._flags
      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }

    final_backup_config {
      enabled        = true
      retention_days = 30
    }

    insights_config {
      query_insights_enabled = true
      query_string_length    = 1024
      # Neither says anything of a query, and addresses are personal data.
      record_application_tags = false
      record_client_address   = false
    }

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network_id
      # What enters by the connectors has a client certificate.
      ssl_mode = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    maintenance_window {
      day          = var.settings.maintenance.day
      hour         = var.settings.maintenance.hour
      update_track = var.settings.maintenance.track
    }
  }

  lifecycle {
    # It grows by itself.
    ignore_changes = [settings[0].disk_size]

    precondition {
      condition     = var.private_services != ""
      error_message = "The private address needs the network's connection to Google's services."
    }
  }
}

resource "google_sql_database" "rostrum" {
  project   = var.project_id
  name      = "rostrum"
  instance  = google_sql_database_instance.main.name
  charset   = "UTF8"
  collation = "en_US.UTF8"

  # It cannot be dropped while anybody is connected; it goes with its instance.
  deletion_policy = "ABANDON"
}
