resource "google_billing_budget" "month" {
  billing_account = var.billing_account
  display_name    = "rostrum ${var.project_number}"

  amount {
    specified_amount {
      # None is the billing account's own, and another is refused.
      currency_code = var.amount.currency
      units         = tostring(var.amount.units)
    }
  }

  budget_filter {
    calendar_period        = "MONTH"
    credit_types_treatment = "EXCLUDE_ALL_CREDITS"
    projects               = ["projects/${var.project_number}"]
  }

  dynamic "threshold_rules" {
    for_each = var.thresholds
    content {
      spend_basis       = "CURRENT_SPEND"
      threshold_percent = threshold_rules.value
    }
  }

  threshold_rules {
    spend_basis       = "FORECASTED_SPEND"
    threshold_percent = 1.0
  }

  all_updates_rule {
    monitoring_notification_channels = var.channels
    # Also to the billing account's administrators, where no channel works.
    disable_default_iam_recipients = false
  }
}
