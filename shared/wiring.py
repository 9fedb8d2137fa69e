"""The one place that knows which adapter stands behind a port: one function a port.

Adapters, and with them every SDK, and repositories are imported inside the functions, so that a
deployable loads only what it uses.
"""

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from shared import wiring_identity, wiring_stores
from shared.adapters.deferred import deferred
from shared.domain.errors import Unavailable
from shared.runtime import logs

if TYPE_CHECKING:
    from shared.adapters.embedded.transcriber import WhisperTranscriber
    from shared.ports.language_model import LanguageModel
    from shared.ports.mail import Mail
    from shared.ports.objects import WritableObjects
    from shared.ports.social_identity import SocialIdentities
    from shared.ports.transcriber import Transcribes
    from shared.ports.voice import Voice
    from shared.repositories.attempts import Attempts
    from shared.repositories.features import FeatureStore
    from shared.repositories.idempotency import IdempotencyKeys
    from shared.repositories.rate_limits import RateLimits
    from shared.repositories.recording_choices import RecordingChoices
    from shared.runtime.service_client import ServiceClient
    from shared.runtime.settings import (
        FirebaseSettings,
        IdentitySettings,
        LanguageModelSettings,
        MailSettings,
        RuntimeSettings,
    )
    from shared.runtime.speech_settings import TranscriberSettings, VoiceSettings
    from shared.runtime.store_settings import (
        DatabaseSettings,
        ExportsSettings,
        FeaturesSettings,
        LedgerSettings,
        MaterialsSettings,
        RecordingsSettings,
    )

_log = logging.getLogger(__name__)
clock = wiring_identity.clock
token_verifier = wiring_identity.token_verifier
service_verifier = wiring_identity.service_verifier
token_issuer = wiring_identity.token_issuer
public_keys = wiring_identity.public_keys
documents = wiring_stores.documents
events = wiring_stores.events
sql_database = wiring_stores.sql_database
migrate = wiring_stores.migrate
embedded_documents = wiring_stores.embedded_documents
embedded_events = wiring_stores.embedded_events
embedded_objects = wiring_stores.embedded_objects


def telemetry(service: str, settings: "RuntimeSettings") -> None:
    """The logs of this process, and its traces and metrics where a collector is named.

    Without credentials for the collector it works all the same, and says so.
    """
    logs.configure(service, level=settings.log_level, project=settings.project)
    if settings.otlp_endpoint is None:
        return
    from shared.runtime.telemetry_export import Collector, start

    session = None
    if settings.otlp_auth == "google":
        from shared.adapters.gcp.otlp import build_session

        try:
            session = build_session(settings.project)
        except Unavailable:
            _log.exception("no traces and metrics are sent: the collector wants credentials")
            return
    collector = Collector(settings.otlp_endpoint, session)
    start(service, settings.project, settings.trace_ratio, collector)


def attempts(settings: "DatabaseSettings") -> "Attempts":
    from shared.repositories.attempts import Attempts

    return Attempts(documents(settings))


def idempotency_keys(settings: "DatabaseSettings") -> "IdempotencyKeys":
    from shared.repositories.idempotency import IdempotencyKeys

    return IdempotencyKeys(documents(settings), clock())


def recording_choices(settings: "DatabaseSettings") -> "RecordingChoices":
    from shared.repositories.recording_choices import RecordingChoices

    return RecordingChoices(documents(settings))


def rate_limits(settings: "DatabaseSettings") -> "RateLimits":
    from shared.repositories.rate_limits import RateLimits

    return RateLimits(documents(settings), clock())


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
    return wiring_stores.objects(settings, settings.uploads_bucket)


def features(settings: "FeaturesSettings") -> "FeatureStore":
    from shared.repositories.features import FeatureStore

    return FeatureStore(wiring_stores.objects(settings, settings.features_bucket))


def materials(settings: "MaterialsSettings") -> "WritableObjects":
    return wiring_stores.objects(settings, settings.materials_bucket)


def exports(settings: "ExportsSettings") -> "WritableObjects":
    return wiring_stores.objects(settings, settings.exports_bucket)


def ledger(settings: "LedgerSettings") -> "WritableObjects":
    return wiring_stores.objects(settings, settings.ledger_bucket)


def transcriber(settings: "TranscriberSettings") -> "Transcribes":
    def local(models: Path) -> "WhisperTranscriber":
        from shared.adapters.embedded.transcriber import WhisperTranscriber
        from shared.adapters.embedded.whisper_weights import assemble

        return WhisperTranscriber(partial(assemble, models))

    if settings.transcriber == "local":
        # The settings' own validator has seen to it that there is a folder.
        return local(settings.models_dir or Path())
    from shared.adapters.gcp.speech import SpeechModel, SpeechToText, build_client

    model = SpeechModel(
        settings.project, settings.speech_region, settings.speech_model, settings.speech_languages
    )
    words = SpeechToText(
        build_client(settings.speech_region, url=settings.speech_url),
        model,
        recordings(settings),
        settings.uploads_bucket,
        timeout_s=settings.speech_timeout_s,
    )
    if settings.models_dir is None:
        return words
    from shared.speech.accompanied import Accompanied

    here = local(settings.models_dir)
    return Accompanied(words, here, here if settings.local_fillers else None)


def voice(settings: "VoiceSettings") -> "Voice | None":
    """None where nobody reads aloud."""
    if settings.voice == "none":
        return None
    from shared.adapters.gcp.texttospeech import TextToSpeech, build_client

    client = build_client(settings.voice_region, url=settings.voice_url)
    return TextToSpeech(client, settings.voice_names, timeout_s=settings.voice_timeout_s)


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
) -> "ServiceClient":
    """To call `service`'s internal routes as the deployable `caller`."""

    def build() -> "ServiceClient":
        from shared.runtime.service_client import ServiceClient

        return ServiceClient(
            service,
            url,
            token_issuer(settings),
            caller=caller,
            timeout_s=timeout_s,
            admission=wiring_identity.admission(settings, url),
        )

    return deferred(build)
