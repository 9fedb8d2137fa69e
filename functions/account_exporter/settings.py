"""Settings of the function account_exporter."""

from pydantic import Field

from shared.runtime.settings import IdentitySettings
from shared.runtime.store_settings import ExportsSettings


class Settings(ExportsSettings, IdentitySettings):
    """The services that hold data of users, and the bucket of exports."""

    auth_url: str = Field(description="Address of the auth service.")
    course_url: str = Field(description="Address of the course service.")
    practice_url: str = Field(description="Address of the practice service.")
    ai_gateway_url: str = Field(description="Address of the AI gateway service.")
    service_timeout_s: float = Field(60.0, description="How long one answer may take.")
