"""Ports whose calls are spans and measurements."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import SpanKind

from shared.domain.transcription import AcousticFrames, Transcription
from shared.ports.events import DeadLetter, Events
from shared.ports.transcriber import Transcribes
from shared.runtime import event_origin, metrics, tracing
from shared.runtime.stages import stage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SAMPLE_RATE = 16_000


class ObservedEvents:
    """Events that carry the trace, and the time its chain of events began."""

    def __init__(self, events: Events) -> None:
        self._events = events

    def publish(
        self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str] | None = None
    ) -> str:
        about = {"messaging.operation.type": "send", "messaging.destination.name": topic}
        with tracing.span(f"send {topic}", about, kind=SpanKind.PRODUCER) as span:
            carried = {**event_origin.attributes(), **tracing.headers(), **(attributes or {})}
            event_id = self._events.publish(topic, data, carried)
            span.set_attribute("messaging.message.id", event_id)
            return event_id

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        return self._events.dead_letters(limit)

    def replay(self, id: str) -> None:
        self._events.replay(id)

    def replay_all(self) -> int:
        return self._events.replay_all()


class ObservedTranscriber:
    """The stage `recognise`; its errors are the recogniser's."""

    def __init__(self, transcriber: Transcribes) -> None:
        self._transcriber = transcriber

    @property
    def prompted(self) -> bool:
        return self._transcriber.prompted

    def warm(self) -> None:
        self._transcriber.warm()

    def transcribe(
        self,
        samples: "NDArray[np.float32]",
        chunks: Sequence[tuple[float, float]],
        *,
        language: str,
        keep_fillers: bool,
        frames_of: Sequence[tuple[float, float]] = (),
    ) -> Transcription:
        seconds = len(samples) / _SAMPLE_RATE
        with stage("recognise", {"rostrum.recording.duration": seconds}):
            metrics.AUDIO_RECOGNISED.record(seconds)
            return self._transcriber.transcribe(
                samples,
                chunks,
                language=language,
                keep_fillers=keep_fillers,
                frames_of=frames_of,
            )

    def encode(
        self, samples: "NDArray[np.float32]", stretches: Sequence[tuple[float, float]]
    ) -> tuple[AcousticFrames, ...]:
        return self._transcriber.encode(samples, stretches)
