"""The workers: real deployables, over real adapters, with unsteady ports between the two."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.faults.kill_points import Journal, KillPoints
from bench.faults.unsteady_ports import (
    UnsteadyClient,
    UnsteadyDocuments,
    UnsteadyEvents,
    UnsteadyModel,
    UnsteadyObjects,
)
from local.deployables import FUNCTIONS, ROOT
from shared import wiring, wiring_stores
from shared.adapters.embedded.clock import SystemClock
from shared.domain.errors import Unavailable
from shared.domain.transcription import AcousticFrames, HeardWord, Transcriber, Transcription
from shared.repositories.features import FeatureStore
from tests.fakes.gemini import LOCATION, PROJECT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
TEXT = "He was not an ill disposed young man."
SERVICE = "ai_gateway"
_DEAF_SHARE = 20


@dataclass(frozen=True)
class Conditions:
    """What one life of a worker is given. `model_credentials` are for the stand-in of Gemini.

    `began_at` is when the run began, in seconds of the Unix epoch; since then the clock of the
    AI gateway's leases runs `haste` times as fast.
    """

    kills: KillPoints
    journal: Journal
    away: Path
    began_at: float
    haste: float


class HastyClock(SystemClock):
    """Runs fast, so that a lease of two minutes ends within seconds."""

    def __init__(self, began_at: float, haste: float) -> None:
        self._began_at = datetime.fromtimestamp(began_at, UTC)
        self._haste = haste

    def now(self) -> datetime:
        return self._began_at + (super().now() - self._began_at) * self._haste


class ScriptedTranscriber:
    """Hears the words of `TEXT`, evenly spread over the speech; sometimes it does not answer."""

    prompted = False

    def __init__(self, calls: int = 0) -> None:
        self._calls = calls

    def warm(self) -> None:
        pass

    def transcribe(
        self,
        samples: "NDArray[np.float32]",  # noqa: ARG002
        chunks: Sequence[tuple[float, float]],
        *,
        language: str,
        keep_fillers: bool,
        frames_of: Sequence[tuple[float, float]] = (),  # noqa: ARG002
    ) -> Transcription:
        self._calls += 1
        if self._calls % _DEAF_SHARE == 1:
            raise Unavailable("The recogniser is away.", code="recognizer_unavailable")
        texts = TEXT.rstrip(".").split()
        start_s, end_s = chunks[0][0], chunks[-1][1]
        step_s = (end_s - start_s) / len(texts)
        words = [
            HeardWord(text, round(start_s + i * step_s, 3), round(start_s + (i + 1) * step_s, 3))
            for i, text in enumerate(texts)
        ]
        heard_by = Transcriber("scripted", "1")
        return Transcription(tuple(words), heard_by, language, 0.99, keep_fillers)

    def encode(
        self,
        samples: "NDArray[np.float32]",  # noqa: ARG002
        stretches: Sequence[tuple[float, float]],  # noqa: ARG002
    ) -> tuple[AcousticFrames, ...]:
        return ()


def app(worker: str, conditions: Conditions) -> WsgiApp:
    """The WSGI application of that deployable, as the cloud would start it."""
    _rewire(conditions)
    if worker == SERVICE:
        return _ai_gateway(conditions)
    import functions_framework

    target = next(spec.target for spec in FUNCTIONS if spec.name == worker)
    source = ROOT / "functions" / worker / "main.py"
    create_app: Callable[[str, str, str], WsgiApp] = functions_framework.create_app
    function = create_app(target, str(source), "cloudevent")
    sys.modules["main"]._pipeline()  # ports are built now, not with the first event
    return function


def _rewire(conditions: Conditions) -> None:
    """Put the unsteady ports where the deployables ask for theirs."""
    kills = conditions.kills
    documents, events, recordings = wiring.documents, wiring.events, wiring.recordings
    client = wiring.service_client

    def unsteady_client(settings: Any, service: str, url: str, **rest: Any) -> UnsteadyClient:  # noqa: ANN401
        return UnsteadyClient(client(settings, service, url, **rest), service, kills)

    wiring.documents = lambda settings: UnsteadyDocuments(
        documents(settings), kills, conditions.journal
    )
    wiring.events = lambda settings: UnsteadyEvents(events(settings), kills)
    wiring.recordings = lambda settings: UnsteadyObjects(recordings(settings), kills)
    wiring.features = lambda settings: FeatureStore(
        UnsteadyObjects(wiring_stores.objects(settings, settings.features_bucket), kills)
    )
    wiring.transcriber = lambda settings: ScriptedTranscriber()  # noqa: ARG005
    wiring.service_client = unsteady_client


def _ai_gateway(conditions: Conditions) -> WsgiApp:
    from google.oauth2.credentials import Credentials

    from run_services.ai_gateway.main import create_app
    from shared.adapters.embedded.language_model import RubricWriter
    from shared.adapters.gcp.gemini import Gemini, build_client

    def models(settings: Any) -> list[Any]:  # noqa: ANN401
        token = Credentials(token="stand-in")  # type: ignore[no-untyped-call]  # noqa: S106
        client = build_client(
            PROJECT,
            LOCATION,
            base_url=settings.gemini_url,
            credentials=token,
        )
        paid = UnsteadyModel(Gemini(client, settings.gemini_model), conditions.kills)
        return [paid, RubricWriter()]

    wiring.language_models = models
    wiring.clock = lambda: HastyClock(conditions.began_at, conditions.haste)
    gateway = create_app()

    def sometimes_away(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:  # noqa: ANN401
        if conditions.away.exists():
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        return gateway(environ, start_response)

    return sometimes_away
