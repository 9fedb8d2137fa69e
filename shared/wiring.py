"""The one place that knows which adapter stands behind a port: one function a port.

Adapters, and with them every SDK, are imported inside the functions, so that a deployable loads
only what it uses.
"""

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from shared import wiring_identity
from shared.repositories.attempts import Attempts
from shared.repositories.idempotency import IdempotencyKeys
from shared.repositories.rate_limits import RateLimits
from shared.runtime.service_client import ServiceClient

if TYPE_CHECKING:
    import sqlalchemy as sa

    from shared.adapters.embedded.documents import PostgresDocuments
    from shared.adapters.embedded.events import PostgresEvents
    from shared.adapters.embedded.objects import FolderObjects
    from shared.ports.database import Database
    from shared.ports.documents import Documents
    from shared.ports.events import Events
    from shared.ports.language_model import LanguageModel
    from shared.ports.mail import Mail
    from shared.ports.objects import WritableObjects
    from shared.ports.social_identity import SocialIdentities
    from shared.ports.transcriber import Transcribes
    from shared.runtime.settings import (
        DatabaseSettings,
        ExportsSettings,
        FirebaseSettings,
        IdentitySettings,
        LanguageModelSettings,
        LedgerSettings,
        MailSettings,
        MaterialsSettings,
        ObjectsSettings,
        RecordingsSettings,
        SqlSettings,
        TranscriberSettings,
    )


clock = wiring_identity.clock
token_verifier = wiring_identity.token_verifier
service_verifier = wiring_identity.service_verifier
token_issuer = wiring_identity.token_issuer
public_keys = wiring_identity.public_keys


def documents(settings: "DatabaseSettings") -> "Documents":
    return embedded_documents(settings)


def attempts(settings: "DatabaseSettings") -> Attempts:
    return Attempts(documents(settings))


def idempotency_keys(settings: "DatabaseSettings") -> IdempotencyKeys:
    return IdempotencyKeys(documents(settings), clock())


def rate_limits(settings: "DatabaseSettings") -> RateLimits:
    return RateLimits(documents(settings), clock())


def events(settings: "DatabaseSettings") -> "Events":
    return embedded_events(settings)


def sql_database(settings: "SqlSettings") -> "Database":
    from shared.adapters.embedded.sql import SqlDatabase

    return SqlDatabase(_database(settings.database_url.get_secret_value()))


def migrate(settings: "SqlSettings", scripts: Path, schema: str) -> None:
    """Bring `schema` to the newest revision in the folder `scripts`."""
    from shared.adapters.embedded.migrations import upgrade

    upgrade(_database(settings.database_url.get_secret_value()), scripts, schema)


def mail(settings: "MailSettings") -> "Mail":
    if settings.smtp_host is None:
        from shared.adapters.embedded.mail import Outbox

        # The settings' own validator has seen to it that there is a folder.
        return Outbox(settings.mail_outbox or Path(), settings.mail_from, clock())
    from shared.adapters.smtp import SmtpMail, SmtpServer

    server = SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
    )
    return SmtpMail(server, settings.mail_from, clock())


def recordings(settings: "RecordingsSettings") -> "WritableObjects":
    return embedded_objects(settings, settings.uploads_bucket)


def materials(settings: "MaterialsSettings") -> "WritableObjects":
    return embedded_objects(settings, settings.materials_bucket)


def exports(settings: "ExportsSettings") -> "WritableObjects":
    return embedded_objects(settings, settings.exports_bucket)


def ledger(settings: "LedgerSettings") -> "WritableObjects":
    return embedded_objects(settings, settings.ledger_bucket)


def transcriber(settings: "TranscriberSettings") -> "Transcribes":
    from shared.adapters.embedded.transcriber import WhisperTranscriber
    from shared.adapters.embedded.whisper_weights import assemble

    return WhisperTranscriber(partial(assemble, settings.models_dir))


def language_models(settings: "LanguageModelSettings") -> "list[LanguageModel]":
    """In the order they are asked; the last one needs nothing and always answers."""
    from shared.adapters.embedded.language_model import RubricWriter

    if settings.language_model == "rubric":
        return [RubricWriter()]
    from shared.adapters.gcp.gemini import Gemini, build_client

    client = build_client(settings.project, settings.gemini_location, base_url=settings.gemini_url)
    return [Gemini(client, settings.gemini_model), RubricWriter()]


def social_identity(settings: "FirebaseSettings") -> "SocialIdentities | None":
    """None where no Firebase project is named."""
    if settings.firebase_project is None:
        return None
    from shared.adapters.gcp.firebase import FirebaseIdentities, build_client

    client = build_client(settings.firebase_project, signer=settings.own_account)
    return FirebaseIdentities(client)


def service_client(
    settings: "IdentitySettings", service: str, url: str, *, caller: str, timeout_s: float
) -> ServiceClient:
    """To call `service`'s internal routes as the deployable `caller`."""
    tokens = token_issuer(settings)
    return ServiceClient(service, url, tokens, caller=caller, timeout_s=timeout_s)


def embedded_documents(settings: "DatabaseSettings") -> "PostgresDocuments":
    """The embedded documents themselves, for what clears away the expired ones."""
    from shared.adapters.embedded.documents import PostgresDocuments

    return PostgresDocuments(_database(settings.database_url.get_secret_value()), clock())


def embedded_events(settings: "DatabaseSettings") -> "PostgresEvents":
    """The embedded queue itself, for the pump that delivers from it."""
    from shared.adapters.embedded.events import PostgresEvents

    return PostgresEvents(_database(settings.database_url.get_secret_value()), clock())


def embedded_objects(settings: "ObjectsSettings", bucket: str) -> "FolderObjects":
    """The folder of one bucket itself, for the server behind the signed URLs."""
    from shared.adapters.embedded.object_notifications import announcer
    from shared.adapters.embedded.objects import FolderObjects
    from shared.adapters.embedded.signed_urls import UrlSigner

    secret = settings.objects_secret.get_secret_value().encode()
    signer = UrlSigner(settings.objects_url, bucket, secret)
    announce = announcer(embedded_events(settings), bucket)
    return FolderObjects(settings.objects_dir / bucket, signer, clock(), announce)


@cache
def _database(url: str) -> "sa.Engine":
    from shared.adapters.embedded.database import connect

    return connect(url)
