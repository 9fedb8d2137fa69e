"""Settings of the practice service."""

from shared.runtime.settings import IdentitySettings, RecordingsSettings


class Settings(RecordingsSettings, IdentitySettings):
    """Attempts, recordings, and the tokens of learners."""
