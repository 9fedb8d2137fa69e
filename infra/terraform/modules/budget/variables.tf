variable "amount" {
  description = "Money a month, in whole units of the billing account's currency; if it is named (ISO 4217), it has to be that."
  type        = object({ currency = optional(string), units = number })

  validation {
    condition     = var.amount.units >= 1 && floor(var.amount.units) == var.amount.units
    error_message = "Whole units, 1 at least."
  }
}

variable "billing_account" {
  description = "Billing account the project is on, XXXXXX-XXXXXX-XXXXXX."
  type        = string
}

variable "channels" {
  description = "Ids of the notification channels that are told; at most 5."
  type        = list(string)

  validation {
    # https://cloud.google.com/billing/docs/how-to/budgets-notification-recipients
    condition     = length(var.channels) >= 1 && length(var.channels) <= 5
    error_message = "A budget tells 1 to 5 channels."
  }
}

variable "project_number" {
  description = "Number of the project whose costs count."
  type        = string
}

variable "thresholds" {
  description = "Shares of the amount at which the channels are told of the costs so far; of the forecast, at the whole amount."
  type        = list(number)
  default     = [0.5, 0.8, 1.0]
}
