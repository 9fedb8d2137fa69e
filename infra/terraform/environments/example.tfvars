# What an installation gives each environment; copy it beside that environment's main.tf as
# terraform.tfvars, which git leaves out.
alert_emails    = { operators = "operators@example.com" }
billing_account = "000000-000000-000000"
edge            = { domains = ["api.example.com"] }
federation      = { repository = "example/rostrum", repository_id = "123456789" }
image           = "europe-west1-docker.pkg.dev/rostrum-example/images/rostrum@sha256:0000000000000000000000000000000000000000000000000000000000000000"
mail            = { from = "Rostrum <rostrum@example.com>", host = "smtp.example.com", user = "rostrum" }
operators       = { operators = "group:operators@example.com" }
project_id      = "rostrum-example"
state_bucket    = "rostrum-example-state"
web_app         = "https://app.example.com"
