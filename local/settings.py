"""Settings of the one-machine stack, read by `make up` and `make demo`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from local.stack import Stack


class StackSettings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    port: int = Field(8080, description="Port of the API on 127.0.0.1.")
    data: Path = Field(Path(".rostrum"), description="Folder of everything the stack keeps.")
    models: Path | None = Field(None, description="Folder of the weights, if not DATA/models.")

    def stack(self, port: int | None = None, subfolder: str = ".") -> Stack:
        """The stack these settings describe; `subfolder` keeps its data apart."""
        data = self.data.resolve()
        models = self.models.resolve() if self.models else data / "models"
        return Stack(data=data / subfolder, models=models, port=port or self.port)
