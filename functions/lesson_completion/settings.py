"""Settings of the function lesson_completion."""

from pydantic import Field

from shared.runtime.settings import IdentitySettings
from shared.runtime.store_settings import DatabaseSettings


class Settings(DatabaseSettings, IdentitySettings):
    """Completed attempts in, completions out."""

    course_url: str = Field(description="Address of the course service.")
    course_timeout_s: float = Field(20.0, description="How long its answer may take.")
