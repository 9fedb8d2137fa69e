"""Settings every deployable has; each deployable subclasses this with its own, and no others."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Environment = Literal["local", "dev", "staging", "prod"]
Engine = Literal["embedded"]


class RuntimeSettings(BaseSettings):
    """Read once from the environment, frozen. Every name is documented in docs/configuration.md."""

    model_config = SettingsConfigDict(
        env_prefix="ROSTRUM_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    environment: Environment = Field("local", description="Where this runs.")
    engine: Engine = Field("embedded", description="Which adapters stand behind the ports.")
    allow_embedded: bool = Field(
        default=False, description="Let staging or prod run on the embedded engine, knowingly."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least severity that is logged."
    )
    project: str = Field("local", description="Google Cloud project id, for log and trace names.")

    @model_validator(mode="after")
    def _refuse_embedded_in_production(self) -> Self:
        production = self.environment in ("staging", "prod")
        if production and self.engine == "embedded" and not self.allow_embedded:
            raise ValueError(
                "the embedded engine needs ROSTRUM_ALLOW_EMBEDDED=true outside local and dev"
            )
        return self


class DatabaseSettings(RuntimeSettings):
    """For deployables that keep documents or publish events on the embedded engine."""

    database_url: SecretStr = Field(description="SQLAlchemy URL of the embedded PostgreSQL.")


class SqlSettings(DatabaseSettings):
    """For deployables that own relational tables: in the same PostgreSQL on one machine."""


class ObjectsSettings(DatabaseSettings):
    """For deployables that touch stored objects on the embedded engine."""

    objects_dir: Path = Field(description="Folder that holds the stored objects.")
    objects_url: str = Field(description="Public address of the objects, as learners reach it.")
    objects_secret: SecretStr = Field(description="Secret that signs object URLs (32 bytes up).")


class RecordingsSettings(ObjectsSettings):
    """For deployables that touch recordings."""

    uploads_bucket: str = Field("uploads", description="Bucket the recordings are uploaded to.")


class MaterialsSettings(ObjectsSettings):
    """For deployables that touch course media and packages."""

    materials_bucket: str = Field("materials", description="Bucket of course media and packages.")


class ExportsSettings(ObjectsSettings):
    """For deployables that write or hand out exports of an account."""

    exports_bucket: str = Field("exports", description="Bucket of account exports.")


class LedgerSettings(ObjectsSettings):
    """For deployables that keep the erasure ledger."""

    ledger_bucket: str = Field("ledger", description="Bucket of the erasure ledger.")


class AddressSettings(RuntimeSettings):
    """For deployables that limit requests by address."""

    forwarded_hops: int = Field(
        1, ge=0, description="How many of our proxies append to X-Forwarded-For."
    )


class IdentitySettings(RuntimeSettings):
    """For deployables that verify access tokens."""

    token_keys: Path = Field(description="Folder with jwks.json, and token.pem to issue tokens.")
    token_issuer: str = Field("rostrum-local", description="Expected `iss` of access tokens.")
    token_audience: str = Field("rostrum", description="Expected `aud` of access tokens.")


class TranscriberSettings(RuntimeSettings):
    """For deployables that recognise speech."""

    models_dir: Path = Field(description="Folder the recogniser's weights are put together in.")


class LanguageModelSettings(RuntimeSettings):
    """For the deployable that calls language models."""

    language_model: Literal["rubric", "gemini"] = Field(
        "rubric", description="Who writes feedback; the rubric stands in for a model that fails."
    )
    gemini_model: str = Field("gemini-3.5-flash-lite", description="Model id on Google Cloud.")
    gemini_location: str = Field("global", description="Location of the model's endpoint.")
    gemini_url: str | None = Field(None, description="Another address of the Gemini API.")
    model_timeout_s: float = Field(
        20.0, gt=0, le=60, description="Time a model has for one answer, its retries included."
    )
