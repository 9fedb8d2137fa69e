# The bucket of the state is made before everything else and named when initialising:
# terraform init -backend-config=bucket=NAME.
terraform {
  backend "gcs" {
    prefix = "rostrum"
  }
}

# Budgets and Firebase's rules want to know whose quota a person's call counts on:
# google_billing_budget in the documentation of the provider
provider "google" {
  project               = var.project_id
  billing_project       = var.project_id
  user_project_override = true
}

provider "google-beta" {
  project               = var.project_id
  billing_project       = var.project_id
  user_project_override = true
}
