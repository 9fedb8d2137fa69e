"""Settings of the course service."""

from pydantic import Field

from shared.runtime.settings import AddressSettings, IdentitySettings, WebSettings
from shared.runtime.store_settings import MaterialsSettings, SqlSettings


class Settings(SqlSettings, MaterialsSettings, IdentitySettings, AddressSettings, WebSettings):
    """Courses, their media and packages, and the tokens of users."""

    uploads_per_user: int = Field(
        60, ge=1, description="Media and packages one user may bring in a minute."
    )
    uploads_per_address: int = Field(
        240, ge=1, description="Media and packages in a minute from one address."
    )
