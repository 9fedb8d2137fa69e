# The bucket of the state is made before everything else and named when initialising:
# terraform init -backend-config=bucket=NAME.
terraform {
  backend "gcs" {
    prefix = "rostrum"
  }
}

provider "google" {
  project = var.project_id
}

provider "google-beta" {
  project = var.project_id
}
