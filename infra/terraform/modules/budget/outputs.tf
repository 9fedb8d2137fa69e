output "budget_id" {
  description = "billingAccounts/ACCOUNT/budgets/ID."
  value       = google_billing_budget.month.id
}
