"""Which stores stand behind documents, events, objects and tables: that part of wiring.

As in wiring, adapters are imported inside the functions; those of Google, whose SDKs take longest,
only when they are first used.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shared.adapters.deferred import deferred
from shared.wiring_identity import clock

if TYPE_CHECKING:
    import sqlalchemy as sa
    from pydantic import SecretStr

    from shared.adapters.embedded.documents import PostgresDocuments
    from shared.adapters.embedded.events import PostgresEvents
    from shared.adapters.embedded.objects import FolderObjects
    from shared.adapters.gcp.firestore import FirestoreDocuments
    from shared.adapters.gcp.pubsub import PubSubEvents
    from shared.adapters.gcp.storage import StorageObjects
    from shared.adapters.postgresql.sql import SqlDatabase
    from shared.ports.database import Database
    from shared.ports.documents import Documents
    from shared.ports.events import Events
    from shared.ports.objects import WritableObjects
    from shared.runtime.migration_settings import Settings as MigrationSettings
    from shared.runtime.store_settings import DatabaseSettings, ObjectsSettings, SqlSettings


def documents(settings: "DatabaseSettings") -> "Documents":
    if settings.engine == "embedded":
        return embedded_documents(settings)
    return deferred(lambda: _firestore(settings))


def events(settings: "DatabaseSettings") -> "Events":
    from shared.runtime.observed import ObservedEvents

    embedded = settings.engine == "embedded"
    return ObservedEvents(embedded_events(settings) if embedded else google_events(settings))


def objects(settings: "ObjectsSettings", bucket: str) -> "WritableObjects":
    if settings.engine == "embedded":
        return embedded_objects(settings, bucket)
    return deferred(lambda: _cloud_storage(settings, bucket))


def sql_database(settings: "SqlSettings") -> "Database":
    if settings.sql_instance is None:
        return _sql(settings)
    return deferred(lambda: _sql(settings))


def migrate(settings: "MigrationSettings", scripts: Path, schema: str) -> None:
    """Bring `schema` to the newest revision in the folder `scripts`."""
    from shared.adapters.postgresql.migrations import upgrade

    upgrade(_tables(settings), scripts, schema, settings.sql_service_user)


def embedded_documents(settings: "DatabaseSettings") -> "PostgresDocuments":
    """The embedded documents themselves, for what clears away the expired ones."""
    from shared.adapters.embedded.documents import PostgresDocuments

    return PostgresDocuments(_database(_given(settings.database_url)), clock())


def embedded_events(settings: "DatabaseSettings") -> "PostgresEvents":
    """The embedded queue itself, for the pump that delivers from it."""
    from shared.adapters.embedded.events import PostgresEvents

    return PostgresEvents(_database(_given(settings.database_url)), clock())


def embedded_objects(settings: "ObjectsSettings", bucket: str) -> "FolderObjects":
    """The folder of one bucket itself, for the server behind the signed URLs."""
    from shared.adapters.embedded.object_notifications import announcer
    from shared.adapters.embedded.objects import FolderObjects
    from shared.adapters.embedded.signed_urls import UrlSigner

    signer = UrlSigner(settings.objects_url, bucket, _given(settings.objects_secret).encode())
    announce = announcer(embedded_events(settings), bucket)
    return FolderObjects((settings.objects_dir or Path()) / bucket, signer, clock(), announce)


def google_events(settings: "DatabaseSettings") -> "PubSubEvents":
    """Pub/Sub itself, for what replays its dead letters."""
    from shared.adapters.gcp.pubsub import PubSubEvents

    return PubSubEvents(settings.project, emulator_host=settings.pubsub_emulator_host)


def _firestore(settings: "DatabaseSettings") -> "FirestoreDocuments":
    from shared.adapters.gcp.firestore import FirestoreDocuments, build_client
    from shared.adapters.gcp.firestore_indexes import Indexes

    client = build_client(
        settings.project,
        settings.firestore_database,
        emulator_host=settings.firestore_emulator_host,
    )
    indexes = Indexes.load(settings.firestore_indexes) if settings.firestore_indexes else None
    return FirestoreDocuments(client, clock(), indexes)


def _cloud_storage(settings: "ObjectsSettings", bucket: str) -> "StorageObjects":
    from shared.adapters.gcp.iam_blobs import IamBlobs
    from shared.adapters.gcp.iam_session import build_session
    from shared.adapters.gcp.storage import StorageObjects, build_client

    account = settings.own_account or ""  # the settings' own validator has seen to it
    emulated = settings.storage_emulator_host
    signer = IamBlobs(account, build_session(emulated=emulated is not None), settings.iam_url)
    client = build_client(settings.project, emulator_host=emulated)
    return StorageObjects(client, bucket, signer, public_url=settings.objects_url)


def _sql(settings: "SqlSettings") -> "SqlDatabase":
    from shared.adapters.postgresql.sql import SqlDatabase

    return SqlDatabase(_tables(settings))


def _tables(settings: "SqlSettings") -> "sa.Engine":
    if settings.sql_instance is None:
        return _database(_given(settings.database_url))
    from shared.adapters.gcp.cloudsql import CloudSql, connect

    return connect(
        CloudSql(
            instance=settings.sql_instance,
            database=settings.sql_database,
            user=settings.sql_user or "",
            ip_type=settings.sql_ip_type,
            admin_url=settings.sql_admin_url,
        ),
        pool_size=settings.sql_pool,
    )


def _given(secret: "SecretStr | None") -> str:
    if secret is None:
        raise ValueError("a setting of the embedded engine is missing")
    return secret.get_secret_value()


@cache
def _database(url: str) -> "sa.Engine":
    from shared.adapters.postgresql.engine import connect

    return connect(url)
