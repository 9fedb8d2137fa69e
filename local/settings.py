"""Settings of the one-machine stack, read by `make up` and `make demo`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from local.stack import EngineName, Stack
from shared.runtime.cors import ORIGIN


class StackSettings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    port: int = Field(8080, description="Port of the API on 127.0.0.1.")
    data: Path = Field(Path(".rostrum"), description="Folder of everything the stack keeps.")
    engine: EngineName = Field(
        "embedded", description="The embedded engine, or Google's adapters on the emulators."
    )
    models: Path | None = Field(None, description="Folder of the weights, if not DATA/models.")
    origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Other origins whose web pages may call the API, with spaces between."
    )

    @field_validator("origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is not like https://app.example or http://host:3000")
        return value

    @property
    def models_folder(self) -> Path:
        return self.models.resolve() if self.models else self.data.resolve() / "models"

    def stack(self, port: int | None = None, subfolder: str = ".") -> Stack:
        """The stack these settings describe; `subfolder` keeps its data apart."""
        data = self.data.resolve()
        return Stack(
            # The emulators' data, which is gone with them, stays apart.
            data=data / ("." if self.engine == "embedded" else self.engine) / subfolder,
            models=self.models_folder,
            port=port or self.port,
            origins=self.origins,
            engine=self.engine,
        )
