"""Settings of the function audio_processing."""

from typing import Self

from pydantic import Field, model_validator

from shared.runtime.speech_settings import TranscriberSettings
from shared.runtime.store_settings import FeaturesSettings


class Settings(TranscriberSettings, FeaturesSettings):
    """Recordings in, analyses and features out."""

    recordings_kept_days: int = Field(
        90,
        ge=1,
        le=90,
        description="How long a recording is kept for a learner who chose so; the lifecycle of "
        "the bucket (infra/storage-lifecycle.json) removes it two days after the longest.",
    )
    processing_lease_s: float = Field(
        120.0, description="How long one worker may hold a recording before another takes it."
    )

    @model_validator(mode="after")
    def _lease_outlasts_recognition(self) -> Self:
        if self.transcriber == "google" and self.speech_timeout_s >= self.processing_lease_s:
            raise ValueError("ROSTRUM_SPEECH_TIMEOUT_S must be under ROSTRUM_PROCESSING_LEASE_S")
        return self
