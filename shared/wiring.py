"""The one place that knows which adapter stands behind a port: one function a port.

Adapters, and with them every SDK, are imported inside the functions, so that a deployable loads
only what it uses.
"""

from functools import cache, partial
from typing import TYPE_CHECKING

from shared.repositories.attempts import Attempts
from shared.repositories.idempotency import IdempotencyKeys

if TYPE_CHECKING:
    import sqlalchemy as sa

    from shared.adapters.embedded.documents import PostgresDocuments
    from shared.adapters.embedded.events import PostgresEvents
    from shared.adapters.embedded.identity import LocalTokens
    from shared.adapters.embedded.objects import FolderObjects
    from shared.adapters.embedded.signed_urls import UrlSigner
    from shared.ports.clock import Clock
    from shared.ports.documents import Documents
    from shared.ports.events import Events
    from shared.ports.identity import TokenIssuer, TokenVerifier
    from shared.ports.language_model import LanguageModel
    from shared.ports.objects import Objects
    from shared.ports.transcriber import Transcribes
    from shared.runtime.settings import (
        DatabaseSettings,
        IdentitySettings,
        LanguageModelSettings,
        ObjectsSettings,
        TranscriberSettings,
    )


def clock() -> "Clock":
    from shared.adapters.embedded.clock import SystemClock

    return SystemClock()


def documents(settings: "DatabaseSettings") -> "Documents":
    return embedded_documents(settings)


def attempts(settings: "DatabaseSettings") -> Attempts:
    return Attempts(documents(settings))


def idempotency_keys(settings: "DatabaseSettings") -> IdempotencyKeys:
    return IdempotencyKeys(documents(settings), clock())


def events(settings: "DatabaseSettings") -> "Events":
    return embedded_events(settings)


def objects(settings: "ObjectsSettings") -> "Objects":
    return embedded_objects(settings)


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


def token_verifier(settings: "IdentitySettings") -> "TokenVerifier":
    return _local_tokens(settings)


def token_issuer(settings: "IdentitySettings") -> "TokenIssuer":
    return _local_tokens(settings)


def embedded_documents(settings: "DatabaseSettings") -> "PostgresDocuments":
    """The embedded documents themselves, for what clears away the expired ones."""
    from shared.adapters.embedded.documents import PostgresDocuments

    return PostgresDocuments(_database(settings.database_url.get_secret_value()), clock())


def embedded_events(settings: "DatabaseSettings") -> "PostgresEvents":
    """The embedded queue itself, for the pump that delivers from it."""
    from shared.adapters.embedded.events import PostgresEvents

    return PostgresEvents(_database(settings.database_url.get_secret_value()), clock())


def embedded_objects(settings: "ObjectsSettings") -> "FolderObjects":
    """The embedded folder itself, for the server that takes the uploads."""
    from shared.adapters.embedded.object_notifications import announcer
    from shared.adapters.embedded.objects import FolderObjects

    announce = announcer(embedded_events(settings), settings.uploads_bucket)
    return FolderObjects(settings.objects_dir, _url_signer(settings), clock(), announce)


def _local_tokens(settings: "IdentitySettings") -> "LocalTokens":
    from shared.adapters.embedded.identity import LocalTokens

    return LocalTokens(settings.token_keys, settings.token_issuer, settings.token_audience, clock())


def _url_signer(settings: "ObjectsSettings") -> "UrlSigner":
    from shared.adapters.embedded.signed_urls import UrlSigner

    return UrlSigner(settings.objects_url, settings.objects_secret.get_secret_value().encode())


@cache
def _database(url: str) -> "sa.Engine":
    from shared.adapters.embedded.database import connect

    return connect(url)
