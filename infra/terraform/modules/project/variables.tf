variable "grants" {
  description = "Who may use the project's own services, members by a static key: firebase (looks up sign-ins), models (Gemini), recognisers (Speech-to-Text), telemetry (traces, metrics)."
  type = object({
    firebase    = optional(map(string), {})
    models      = optional(map(string), {})
    recognisers = optional(map(string), {})
    telemetry   = optional(map(string), {})
  })
  default = {}
}

variable "project_id" {
  description = "Project of one environment; it exists, with billing."
  type        = string
}

variable "services" {
  description = "APIs to enable besides those every environment needs."
  type        = set(string)
  default     = []
}
