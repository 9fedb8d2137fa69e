"""Settings of the function feedback_writer."""

from pydantic import Field

from shared.runtime.settings import IdentitySettings
from shared.runtime.store_settings import DatabaseSettings


class Settings(DatabaseSettings, IdentitySettings):
    """Analyses in, feedback out, written by the AI gateway."""

    ai_gateway_url: str = Field(description="Address of the AI gateway service.")
    ai_gateway_timeout_s: float = Field(45.0, description="How long one answer may take.")
