"""Settings of the course service."""

from shared.runtime.settings import IdentitySettings, MaterialsSettings, SqlSettings


class Settings(SqlSettings, MaterialsSettings, IdentitySettings):
    """Courses, their media and packages, and the tokens of users."""
