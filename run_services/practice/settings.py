"""Settings of the practice service."""

from shared.runtime.settings import IdentitySettings, ObjectsSettings


class Settings(ObjectsSettings, IdentitySettings):
    """Attempts, recordings, and the tokens of learners."""
