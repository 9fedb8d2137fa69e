"""Settings of the function attempt_sweeper."""

from pydantic import Field

from shared.runtime.store_settings import FeaturesSettings


class Settings(FeaturesSettings):
    """Attempts, their recordings and features, and when they count as stale."""

    upload_grace_s: float = Field(
        300.0, description="How long after its upload window an attempt waits for the event."
    )
    queued_for_s: float = Field(
        43200.0, description="How long an uploaded recording may wait for its turn."
    )
    stale_after_s: float = Field(
        900.0, description="How long an attempt may stay unfinished without progress."
    )
