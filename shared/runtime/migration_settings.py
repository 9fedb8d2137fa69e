"""Settings of the commands that bring a service's schema to its newest revision."""

from typing import Self

from pydantic import Field, model_validator

from shared.runtime.store_settings import SqlSettings


class Settings(SqlSettings):
    """On Cloud SQL, who migrates owns the tables, and the service is somebody else."""

    sql_service_user: str | None = Field(
        None,
        description="Database user of the service, who is granted the rows of its schema; "
        "with ROSTRUM_SQL_INSTANCE it must be given, and be another than ROSTRUM_SQL_USER.",
    )

    @model_validator(mode="after")
    def _the_service_is_somebody_else(self) -> Self:
        if self.sql_instance is not None and self.sql_service_user in (None, "", self.sql_user):
            raise ValueError("ROSTRUM_SQL_SERVICE_USER names the service's own database user")
        return self
