"""Settings of the storage door."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from shared.runtime.settings import RuntimeSettings


class Settings(RuntimeSettings):
    """Where the objects are, and whose signatures open them."""

    own_account: str = Field(
        description="Service account this runs as; it signs tokens and URLs, with Google."
    )
    objects_url: str = Field(description="Public address of the objects, as learners reach it.")
    storage_emulator_host: str = Field(
        validation_alias="STORAGE_EMULATOR_HOST",
        description="URL of a stand-in for Cloud Storage; not in staging or prod.",
    )
    signer_key: Path = Field(
        description="RSA key (PEM) the storage door signs and verifies URLs with; made if absent."
    )

    @model_validator(mode="after")
    def _only_on_one_machine(self) -> Self:
        if self.environment in ("staging", "prod"):
            raise ValueError("emulators are not for staging or prod")
        return self
