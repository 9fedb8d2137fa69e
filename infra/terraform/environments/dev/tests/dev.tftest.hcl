mock_provider "google" {}
mock_provider "google-beta" {}

run "dev" {
  command = plan

  assert {
    condition     = length(setsubtract(flatten([for callers in module.rostrum.posture.callers : keys(callers)]), concat(keys(module.rostrum.accounts), ["deployer"]))) == 0
    error_message = "Services are called by accounts of this project only."
  }

  assert {
    condition     = [for service, callers in module.rostrum.posture.callers : service if contains(keys(callers), "gateway")] == ["auth", "course", "practice"]
    error_message = "The gateway calls its backends."
  }

  assert {
    condition     = length(module.rostrum.posture.tries) == 8 && alltrue([for tries in values(module.rostrum.posture.tries) : tries >= 5 && tries <= 100])
    error_message = "Every subscription gives up, and keeps what it gave up."
  }

  assert {
    condition     = module.rostrum.connections.budget + module.rostrum.connections.reserved <= module.rostrum.connections.max
    error_message = "Pools × instances go beyond max_connections."
  }

  assert {
    condition     = !anytrue(values(module.rostrum.posture.protected))
    error_message = "Nothing keeps a destroy from what dev has."
  }
}
