"""A bare script: imports the libraries named, makes one call with the SDK itself, and ends.

`python bare.py CALL ARGUMENT… -- MODULE…`. Nothing of Rostrum is imported. The calls are written
as the SDKs' own guides write them.
"""

import importlib
import os
import sys
from collections.abc import Callable
from typing import Any


def firestore_get(collection: str, id: str) -> None:
    from google.cloud import firestore

    found = firestore.Client(project=_project()).collection(collection).document(id).get()
    if not found.exists:
        raise LookupError(id)


def firestore_set(collection: str, id: str) -> None:
    from google.cloud import firestore

    document = firestore.Client(project=_project()).collection(collection).document(id)
    document.set({"status": "bare"})


def cloud_sql_select(instance: str, user: str, admin_url: str, statement: str) -> None:
    import sqlalchemy
    from google.cloud.sql.connector import Connector, IPTypes

    connector = Connector(
        ip_type=IPTypes.PRIVATE,
        enable_iam_auth=True,
        refresh_strategy="lazy",
        sqladmin_api_endpoint=admin_url,
    )

    def connect() -> Any:  # noqa: ANN401
        return connector.connect(instance, "pg8000", user=user, db="postgres")

    engine = sqlalchemy.create_engine("postgresql+pg8000://", creator=connect)
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(statement)).all()


def storage_write(bucket: str, name: str) -> None:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import storage

    client = storage.Client(
        project=_project(),
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
    )
    client.bucket(bucket).blob(name).upload_from_string(b"bare")


def post(url: str) -> None:
    import httpx

    httpx.post(url, json={}).raise_for_status()


def nothing() -> None:
    """The libraries alone."""


CALLS: dict[str, Callable[..., None]] = {
    call.__name__: call
    for call in (firestore_get, firestore_set, cloud_sql_select, storage_write, post, nothing)
}


def _project() -> str:
    return os.environ["ROSTRUM_PROJECT"]


def main() -> None:
    call, *rest = sys.argv[1:]
    at = rest.index("--")
    for module in rest[at + 1 :]:
        importlib.import_module(module)
    CALLS[call](*rest[:at])
    print("done", flush=True)
    # What an SDK does on its way out is no part of the call.
    os._exit(0)


if __name__ == "__main__":
    main()
