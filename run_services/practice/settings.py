"""Settings of the practice service."""

from pydantic import Field

from shared.runtime.settings import AddressSettings, IdentitySettings, WebSettings
from shared.runtime.store_settings import FeaturesSettings


class Settings(FeaturesSettings, IdentitySettings, AddressSettings, WebSettings):
    """Attempts, recordings, the tokens of learners, and the courses whose prompts they practise."""

    course_url: str = Field(description="Address of the course service.")
    course_timeout_s: float = Field(5.0, description="How long its answer may take.")
    attempts_per_user: int = Field(
        30, ge=1, description="New attempts and retries one learner may make in a minute."
    )
    attempts_per_address: int = Field(
        120, ge=1, description="New attempts and retries in a minute from one address."
    )
