"""A migration on Cloud SQL knows whom it grants the rows to."""

import pytest
from pydantic import ValidationError

from shared.runtime.migration_settings import Settings

SQL = {"engine": "google", "sql_instance": "p:r:i", "sql_user": "job-migrate@demo.iam"}


@pytest.mark.parametrize("service", [None, "", "job-migrate@demo.iam"])
def test_without_a_service_of_its_own_it_is_refused(service: str | None) -> None:
    with pytest.raises(ValidationError, match="ROSTRUM_SQL_SERVICE_USER"):
        Settings.model_validate({**SQL, "sql_service_user": service})


def test_the_service_is_another_user() -> None:
    settings = Settings.model_validate({**SQL, "sql_service_user": "svc-auth@demo.iam"})
    assert settings.sql_service_user == "svc-auth@demo.iam"


def test_on_one_machine_there_is_none() -> None:
    settings = Settings.model_validate({"database_url": "postgresql+pg8000://u:p@h/d"})
    assert settings.sql_service_user is None
