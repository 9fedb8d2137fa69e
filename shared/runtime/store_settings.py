"""Settings of the stores: documents and events, tables, objects, on either engine."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from shared.runtime.settings import AccountSettings, RuntimeSettings, is_googles


class DatabaseSettings(RuntimeSettings):
    """For deployables that keep documents or publish events."""

    database_url: SecretStr | None = Field(
        None, description="SQLAlchemy URL of PostgreSQL: the embedded engine's stores."
    )
    firestore_database: str = Field("(default)", description="Firestore database, with Google.")
    firestore_emulator_host: str | None = Field(
        None,
        validation_alias="FIRESTORE_EMULATOR_HOST",
        description="Host and port of the Firestore emulator; not in staging or prod.",
    )
    firestore_indexes: Path | None = Field(
        None, description="Index file that queries are held against; the emulator itself does not."
    )
    pubsub_emulator_host: str | None = Field(
        None,
        validation_alias="PUBSUB_EMULATOR_HOST",
        description="Host and port of the Pub/Sub emulator; not in staging or prod.",
    )

    @model_validator(mode="after")
    def _stores_are_named(self) -> Self:
        if self.engine == "embedded" and self.database_url is None:
            raise ValueError("the embedded engine needs ROSTRUM_DATABASE_URL")
        emulators = self.firestore_emulator_host, self.pubsub_emulator_host
        if self.environment in ("staging", "prod") and emulators != (None, None):
            raise ValueError("emulators are not for staging or prod")
        return self


class SqlSettings(DatabaseSettings):
    """For deployables that own relational tables: on the embedded engine beside the documents."""

    sql_instance: str | None = Field(
        None, description="Cloud SQL instance, PROJECT:REGION:NAME; else ROSTRUM_DATABASE_URL."
    )
    sql_database: str = Field("rostrum", description="Database in the Cloud SQL instance.")
    sql_user: str | None = Field(
        None, description="IAM database user: the service account without .gserviceaccount.com."
    )
    sql_ip_type: Literal["private", "psc", "public"] = Field(
        "private", description="Which address of the Cloud SQL instance is used."
    )
    sql_pool: int = Field(
        8, ge=1, le=100, description="Most connections of one process to Cloud SQL."
    )
    sql_admin_url: str | None = Field(None, description="Another address of the SQL Admin API.")

    @model_validator(mode="after")
    def _tables_are_somewhere(self) -> Self:
        if self.sql_instance is None and self.database_url is None:
            raise ValueError("give ROSTRUM_SQL_INSTANCE or ROSTRUM_DATABASE_URL")
        if self.sql_instance is not None and self.sql_user is None:
            raise ValueError("ROSTRUM_SQL_INSTANCE needs ROSTRUM_SQL_USER")
        production = self.environment in ("staging", "prod")
        if production and self.sql_admin_url is not None and not is_googles(self.sql_admin_url):
            raise ValueError("ROSTRUM_SQL_ADMIN_URL is an address of Google's in staging and prod")
        return self


class ObjectsSettings(DatabaseSettings, AccountSettings):
    """For deployables that touch stored objects."""

    objects_dir: Path | None = Field(
        None, description="Folder of the stored objects, on the embedded engine."
    )
    objects_url: str = Field(
        "https://storage.googleapis.com",
        description="Public address of the objects, as learners reach it.",
    )
    objects_secret: SecretStr | None = Field(
        None, description="Secret that signs URLs (32 bytes up), on the embedded engine."
    )
    storage_emulator_host: str | None = Field(
        None,
        validation_alias="STORAGE_EMULATOR_HOST",
        description="URL of a stand-in for Cloud Storage; not in staging or prod.",
    )

    @model_validator(mode="after")
    def _urls_can_be_signed(self) -> Self:
        if self.engine == "embedded" and (self.objects_dir is None or self.objects_secret is None):
            raise ValueError("the embedded engine needs ROSTRUM_OBJECTS_DIR and _SECRET")
        if self.engine == "google" and self.own_account is None:
            raise ValueError("URLs are signed by ROSTRUM_OWN_ACCOUNT")
        if self.environment in ("staging", "prod") and self.storage_emulator_host is not None:
            raise ValueError("emulators are not for staging or prod")
        return self


class RecordingsSettings(ObjectsSettings):
    """For deployables that touch recordings."""

    uploads_bucket: str = Field("uploads", description="Bucket the recordings are uploaded to.")


class FeaturesSettings(RecordingsSettings):
    """For deployables that touch recordings and what was measured of them."""

    features_bucket: str = Field(
        "features", description="Bucket of what was measured of recordings, to judge them again."
    )


class MaterialsSettings(ObjectsSettings):
    """For deployables that touch course media and packages."""

    materials_bucket: str = Field("materials", description="Bucket of course media and packages.")


class ExportsSettings(ObjectsSettings):
    """For deployables that write or hand out exports of an account."""

    exports_bucket: str = Field("exports", description="Bucket of account exports.")


class LedgerSettings(ObjectsSettings):
    """For deployables that keep the erasure ledger."""

    ledger_bucket: str = Field("ledger", description="Bucket of the erasure ledger.")
