"""Practice estimates of a level, as an interval with the measures behind it.

Delivery goes with level, and says nothing of grammar, content or interaction, so an estimate is
never one level or band. `estimate_anchors.json` holds every anchor with its sources and how far
they were read.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np

from shared.domain.analysis import (
    CefrEstimate,
    CefrLevel,
    Estimates,
    IeltsEstimate,
    Measures,
    NoEstimates,
)

MIN_SPEECH_S: Final = 30.0
MIN_MEASURES: Final = 5
# What a recogniser leaves out is no doubt about the rest: no measure here counts fillers.
_NO_DOUBT: Final = frozenset({"fillers_unknown"})
_MIDDLE_HALF: Final = (25, 75)
_BAND_STEP: Final = 0.5
_LEVELS: Final[tuple[CefrLevel, ...]] = get_args(CefrLevel)
_ANCHORS: Final = Path(__file__).with_name("estimate_anchors.json")

Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Anchors:
    """`measures`: name to its curve of positions on the CEFR and the half width around them."""

    measures: Mapping[str, tuple[Curve, float]]
    bands: Curve


def why_no_estimates(
    *,
    spontaneous: bool,
    scorable: bool,
    language: str,
    speech_s: float,
    warnings: Sequence[str],
    measures: Measures,
) -> NoEstimates | None:
    """The first thing that forbids an estimate; `warnings` are codes, `speech_s` is voice found."""
    reasons: dict[NoEstimates, bool] = {
        "not_spontaneous": not spontaneous,
        "other_language": language != "en",
        "not_scorable": not scorable,
        "too_little_speech": speech_s < MIN_SPEECH_S,
        "doubtful_recording": not _NO_DOUBT.issuperset(warnings),
        "too_few_measures": len(_basis(measures)) < MIN_MEASURES,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def estimate(measures: Measures) -> Estimates:
    """Each known measure gives an interval of levels; the answer spans the middle half of them.

    From the 25th percentile of their lower ends to the 75th of their upper ends: wider than one
    measure's where they disagree, unmoved by one that stands alone, and never lower for a better
    value. At least two neighbouring levels, and bands half a band apart. Needs one measure.
    """
    basis = _basis(measures)
    ends = [_interval(name, getattr(measures, name)) for name in basis]
    low = float(np.percentile([end[0] for end in ends], _MIDDLE_HALF[0]))
    high = float(np.percentile([end[1] for end in ends], _MIDDLE_HALF[1]))
    return Estimates(_cefr(low, high, basis), _ielts(low, high, basis))


def _basis(measures: Measures) -> tuple[str, ...]:
    return tuple(name for name in anchors().measures if getattr(measures, name) is not None)


def _interval(name: str, value: float) -> tuple[float, float]:
    curve, half_width = anchors().measures[name]
    position = _on(curve, value)
    return position - half_width, position + half_width


def _cefr(low: float, high: float, basis: tuple[str, ...]) -> CefrEstimate:
    first, last = _level(low), _level(high)
    if first == last:
        below = (low + high) / 2 - first < 0.5  # noqa: PLR2004  (the level's middle)
        first = min(max(first - below, 0), len(_LEVELS) - 2)
        last = first + 1
    return CefrEstimate(_LEVELS[first], _LEVELS[last], basis)


def _level(position: float) -> int:
    return min(max(math.floor(position), 0), len(_LEVELS) - 1)


def _ielts(low: float, high: float, basis: tuple[str, ...]) -> IeltsEstimate:
    bands = anchors().bands
    first, last = (round(_on(bands, end) / _BAND_STEP) * _BAND_STEP for end in (low, high))
    return IeltsEstimate(first, last, basis)


def _on(curve: Curve, value: float) -> float:
    values, positions = zip(*curve, strict=True)
    return float(np.interp(value, values, positions))


@cache
def anchors() -> Anchors:
    """The anchors of `estimate_anchors.json`."""
    data: dict[str, Any] = json.loads(_ANCHORS.read_text(encoding="utf-8"))
    widths = data["half_widths"]
    return Anchors(
        measures={
            name: (_curve(measure["anchors"]), widths[measure["confidence"]])
            for name, measure in data["measures"].items()
        },
        bands=_curve(data["ielts"]["bands"]),
    )


def _curve(points: Sequence[Sequence[float]]) -> Curve:
    return tuple((float(value), float(position)) for value, position in points)
