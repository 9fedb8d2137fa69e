"""What the engine shall reach, and the figure of a run beside each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Pearson of GOPT (Y. Gong et al., ICASSP 2022) on the test split of speechocean762.
PUBLISHED: Mapping[str, float] = {
    "phone": 0.616,
    "word accuracy": 0.536,
    "sentence accuracy": 0.718,
    "sentence fluency": 0.756,
    "sentence prosodic": 0.764,
    "sentence total": 0.743,
}
_MISCUES = ("omission", "insertion", "repetition")


@dataclass(frozen=True, slots=True)
class Goal:
    """`figure` None: not measured in this run."""

    name: str
    bound: float
    figure: float | None
    at_most: bool = False
    percent: bool = False

    @property
    def met(self) -> bool | None:
        if self.figure is None:
            return None
        return self.figure <= self.bound if self.at_most else self.figure >= self.bound


def goals(measured: Mapping[str, Any]) -> Sequence[Goal]:
    planted, flags = measured["planted"]["all"], measured["flags"].get("native speakers", {})
    pauses = measured["pauses"].get("10 dB", {})
    fillers = measured["fillers"]["all"]
    held_out = (measured["scorer"] or {}).get("held_out", {})
    return [
        Goal("pauses found, noise at 10 dB", 0.90, _share(pauses), percent=True),
        Goal(
            "edges of the found pauses within 50 ms, noise at 10 dB",
            0.90,
            pauses.get("edges_within_50_ms"),
            percent=True,
        ),
        Goal("fillers found", 0.75, fillers["recall"], percent=True),
        Goal("false fillers a minute", 1.0, fillers["false_per_minute"], at_most=True),
        *(
            Goal(f"F1 of {kind}s", 0.95, measured["miscues"].get(kind, {}).get("f1"))
            for kind in _MISCUES
        ),
        Goal("AUC of mispronounced words, planted", 0.92, planted["auc"]),
        Goal(
            "planted errors found at 5 % false flags on native speech",
            0.5,
            planted["found_at_5"],
            percent=True,
        ),
        Goal(
            "words of native speakers flagged", 0.05, flags.get("share"), at_most=True, percent=True
        ),
        Goal("phone named rightly where one is told", 0.85, planted["named_of_told"], percent=True),
        Goal(
            "AUC of learners' bad words, speakers held out", 0.85, held_out.get("AUC of bad words")
        ),
        *(
            Goal(f"Pearson with experts, speakers held out: {name}", bound, held_out.get(name))
            for name, bound in PUBLISHED.items()
        ),
    ]


def _share(pauses: Mapping[str, Any]) -> float | None:
    return pauses["found"] / pauses["there"] if pauses.get("there") else None
