"""Settings of the function account_sweeper."""

from pydantic import Field

from shared.runtime.settings import IdentitySettings


class Settings(IdentitySettings):
    """The service that knows of unfinished erasures."""

    auth_url: str = Field(description="Address of the auth service.")
    service_timeout_s: float = Field(60.0, description="How long one answer may take.")
