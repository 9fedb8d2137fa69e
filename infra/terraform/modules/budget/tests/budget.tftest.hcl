mock_provider "google" {}

variables {
  amount          = { currency = "EUR", units = 250 }
  billing_account = "000000-AAAAAA-BBBBBB"
  channels        = ["projects/rostrum-test/notificationChannels/1"]
  project_number  = "123456789"
}

run "one_project_is_watched" {
  command = plan

  assert {
    condition     = google_billing_budget.month.budget_filter[0].projects == toset(["projects/123456789"]) && google_billing_budget.month.amount[0].specified_amount[0].units == "250"
    error_message = "Another project, or another amount."
  }
  assert {
    condition     = tolist([for rule in google_billing_budget.month.threshold_rules : rule.threshold_percent if rule.spend_basis == "CURRENT_SPEND"]) == tolist([0.5, 0.8, 1])
    error_message = "The thresholds are not those given."
  }
  assert {
    condition     = length([for rule in google_billing_budget.month.threshold_rules : rule if rule.spend_basis == "FORECASTED_SPEND"]) == 1
    error_message = "A month that will cost too much is told before it has."
  }
  assert {
    condition     = google_billing_budget.month.all_updates_rule[0].monitoring_notification_channels == tolist(var.channels)
    error_message = "Nobody would hear of it."
  }
}

run "without_a_currency_it_is_the_accounts" {
  command = plan

  variables {
    amount = { units = 250 }
  }

  assert {
    condition     = google_billing_budget.month.amount[0].specified_amount[0].units == "250"
    error_message = "A budget has an amount, whatever the account's currency."
  }
}

run "parts_of_a_unit_are_refused" {
  command = plan

  variables {
    amount = { currency = "EUR", units = 0.5 }
  }

  expect_failures = [var.amount]
}

run "nobody_told_is_refused" {
  command = plan

  variables {
    channels = []
  }

  expect_failures = [var.channels]
}
