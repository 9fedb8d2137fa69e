"""The platform's metrics, by name: docs/observability.md says what is read from them.

Where a collector is configured they go there, through an OpenTelemetry meter. Where none is,
each measurement is a log line with the same name, unit and attributes, for log-based metrics.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter

_log = logging.getLogger(__name__)
Record = Callable[[float, Mapping[str, str]], None]
_STAGES_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80)
_WAITS_S: Final = (1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300, 600, 1800, 3600)
_TOKENS: Final = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536)


class Instrument:
    """One metric. `logged` is false where the platform's own request log says the same."""

    def __init__(
        self,
        kind: Literal["counter", "histogram", "gauge"],
        name: str,
        unit: str,
        description: str,
        *,
        buckets: Sequence[float] | None = None,
        logged: bool = True,
    ) -> None:
        self.kind = kind
        self.name = name
        self.unit = unit
        self.description = description
        self._buckets = buckets
        self._logged = logged
        self._exported: Record | None = None
        _instruments.append(self)

    def record(self, value: float, attributes: Mapping[str, str] | None = None) -> None:
        """Count `value` in, observe it, or set it, by kind. Attributes have few values each."""
        if self._exported is not None:
            self._exported(value, attributes or {})
        elif self._logged:
            fields = {"metric": self.name, "value": value, "unit": self.unit}
            _log.info("metric", extra=fields | {"attributes": dict(attributes or {})})

    def use(self, meter: "Meter | None") -> None:
        about = (self.name, self.unit, self.description)
        if meter is None:
            self._exported = None
        elif self.kind == "counter":
            self._exported = meter.create_counter(*about).add
        elif self.kind == "gauge":
            self._exported = meter.create_gauge(*about).set
        else:
            self._exported = meter.create_histogram(
                *about, explicit_bucket_boundaries_advisory=self._buckets
            ).record


_instruments: list[Instrument] = []


def use(meter: "Meter | None") -> None:
    """Have every measurement go to this meter from here on; None: to the log."""
    for instrument in _instruments:
        instrument.use(meter)


ATTEMPTS_UNFINISHED = Instrument(
    "gauge", "rostrum.attempts.unfinished", "{attempt}", "Attempts in each unfinished state."
)
ATTEMPTS_OLDEST = Instrument(
    "gauge", "rostrum.attempts.oldest", "s", "Time the longest untouched of them has waited."
)
ATTEMPTS_FINISHED = Instrument(
    "counter", "rostrum.attempts.finished", "{attempt}", "Attempts completed, or failed by code."
)
UPLOAD_TO_ANALYZED = Instrument(
    "histogram",
    "rostrum.attempts.time_to_analyzed",
    "s",
    "From the end of the upload to the analysis.",
    buckets=_WAITS_S,
)
UPLOAD_TO_COMPLETED = Instrument(
    "histogram",
    "rostrum.attempts.time_to_completed",
    "s",
    "From the end of the upload to the feedback.",
    buckets=_WAITS_S,
)
STAGE_DURATION = Instrument(
    "histogram",
    "rostrum.stage.duration",
    "s",
    "Time of one stage of the work on a recording, with its error.",
    buckets=_STAGES_S,
)
AUDIO_RECOGNISED = Instrument(
    "counter", "rostrum.recogniser.audio", "s", "Audio given to the recogniser."
)
MODEL_DURATION = Instrument(
    "histogram",
    "gen_ai.client.operation.duration",
    "s",
    "Time of one call of a language model, with its error.",
    buckets=_STAGES_S,
)
MODEL_TOKENS = Instrument(
    "histogram",
    "gen_ai.client.token.usage",
    "{token}",
    "Tokens of one answer of a language model.",
    buckets=_TOKENS,
)
MODEL_COST = Instrument(
    "counter", "rostrum.model.cost", "USD", "Cost of language models' answers at list prices."
)
REQUEST_DURATION = Instrument(
    "histogram",
    "http.server.request.duration",
    "s",
    "Time of one request, by route.",
    buckets=_STAGES_S,
    logged=False,
)
