"""Errors that end in logs quote neither learners' words nor secrets."""

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from run_services.practice.settings import Settings
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.documents import PostgresDocuments
from shared.domain.errors import AppError
from shared.repositories.attempts import Attempts

WORDS = "my secret words"


def told(error: BaseException) -> str:
    """The message with those of all its causes, as a traceback shows them."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return repr(error) + str(error) + (told(cause) if cause else "")


def test_a_stored_document_that_does_not_fit(database: sa.Engine) -> None:
    documents = PostgresDocuments(database, SystemClock())
    documents.create("attempts", "a", {"id": "a", "analysis": {"transcript": [WORDS]}})
    with pytest.raises(AppError) as caught:
        Attempts(documents).get("a")
    assert caught.value.code == "document_invalid"
    assert "analysis" in caught.value.detail
    assert WORDS not in told(caught.value)


def test_a_statement_that_fails(database: sa.Engine) -> None:
    documents = PostgresDocuments(database, SystemClock())
    with pytest.raises(sa.exc.DBAPIError) as caught:
        documents.create("x", "a\0", {"transcript": WORDS})
    assert WORDS not in str(caught.value)


def test_a_setting_that_is_missing() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(objects_secret=WORDS, database_url=WORDS)
    assert WORDS not in told(caught.value)
