"""Settings of the function package_importer."""

from pydantic import Field

from shared.runtime.settings import IdentitySettings
from shared.runtime.store_settings import MaterialsSettings


class Settings(MaterialsSettings, IdentitySettings):
    """Uploaded course packages in, an import by the course service each."""

    course_url: str = Field(description="Address of the course service.")
    course_timeout_s: float = Field(120.0, description="How long one import may take.")
