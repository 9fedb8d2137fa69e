"""Settings of the function audio_processing."""

from pydantic import Field

from shared.runtime.settings import RecordingsSettings, TranscriberSettings


class Settings(RecordingsSettings, TranscriberSettings):
    """Recordings in, analyses out."""

    processing_lease_s: float = Field(
        120.0, description="How long one worker may hold a recording before another takes it."
    )
