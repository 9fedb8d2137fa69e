"""Stored analyses judged again: from what was measured then, by the engine of today."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from traceback import walk_tb
from typing import Final, Literal

from shared.domain.analysis import Analysis
from shared.domain.attempt import FINAL, Attempt, StaleTransition, rescore
from shared.domain.errors import AppError, NotFound, Unavailable
from shared.ports.clock import Clock
from shared.repositories.attempts import Attempts
from shared.repositories.features import FeatureStore
from shared.speech.features import Features, Task
from shared.speech.stored_features import unpack

Outcome = Literal[
    "to_rescore",
    "rescored",
    "unfinished",
    "no_features",
    "features_outdated",
    "features_unreadable",
    "other_words",
    "changed_meanwhile",
    "failed",
]
_ROOT: Final = Path(__file__).parents[2]
Judge = Callable[[Features, Task], Analysis]


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one attempt; `scorer_version` is the one its analysis had.

    `error` says of a failed one what was raised and where, without a word of the learner's.
    """

    attempt_id: str
    scorer_version: str
    outcome: Outcome
    error: str | None = None


class _Unjudged(Exception):
    """Its message is the kind and the place of what was raised: the message may quote words."""

    def __init__(self, error: Exception) -> None:
        frames = [
            f"{path.relative_to(_ROOT)}:{line}"
            for frame, line in walk_tb(error.__traceback__)
            if (path := Path(frame.f_code.co_filename)).is_relative_to(_ROOT / "shared")
        ]
        super().__init__(" at ".join([type(error).__name__, *frames[-1:]]))


class Rescoring:
    """`judge` is the engine's, `version` the one it gives. May be repeated, and broken off."""

    def __init__(
        self, attempts: Attempts, features: FeatureStore, clock: Clock, judge: Judge, version: str
    ) -> None:
        self._attempts = attempts
        self._features = features
        self._clock = clock
        self._judge = judge
        self._version = version

    def survey(self, after: str | None = None) -> Iterator[Step]:
        """Every attempt, of ids behind `after`, whose analysis has another version."""
        for attempt, analysis in self._outdated(after):
            outcome: Outcome = "to_rescore"
            if attempt.status not in FINAL:
                outcome = "unfinished"
            elif not self._features.has(attempt.user_id, attempt.id):
                outcome = "no_features"
            yield Step(attempt.id, analysis.scorer_version, outcome)

    def apply(self, after: str | None = None) -> Iterator[Step]:
        """The same attempts, each judged and written before its step is told.

        An attempt that cannot be judged is told as failed, left as it is, and found again by the
        next run. Raises `Unavailable` when a store or the scorer is away; what was told is written.
        """
        for attempt, analysis in self._outdated(after):
            error = None
            try:
                outcome = self._rescore(attempt, analysis)
            except _Unjudged as raised:
                outcome, error = "failed", str(raised)
            yield Step(attempt.id, analysis.scorer_version, outcome, error)

    def _outdated(self, after: str | None) -> Iterator[tuple[Attempt, Analysis]]:
        for attempt in self._attempts.every(after):
            if attempt.analysis and attempt.analysis.scorer_version != self._version:
                yield attempt, attempt.analysis

    def _rescore(self, attempt: Attempt, analysis: Analysis) -> Outcome:
        judged = self._judged(attempt)
        if not isinstance(judged, Analysis):
            return judged
        if attempt.feedback is not None and _words(judged) != _words(analysis):
            # It speaks of words by their place.
            return "other_words"
        step = partial(rescore, before=attempt, analysis=judged, now=self._clock.now())
        try:
            self._attempts.update(attempt.id, step)
        except (NotFound, StaleTransition):
            return "changed_meanwhile"
        return "rescored"

    def _judged(self, attempt: Attempt) -> Analysis | Outcome:
        if attempt.status not in FINAL:
            # Its feedback is being written, about the analysis it has.
            return "unfinished"
        stored = self._features.read(attempt.user_id, attempt.id)
        if stored is None:
            return "no_features"
        try:
            return self._from(stored, _task(attempt))
        except Unavailable:
            raise
        except Exception as error:
            raise _Unjudged(error) from error

    def _from(self, stored: bytes, task: Task) -> Analysis | Outcome:
        try:
            features = unpack(stored)
        except AppError as error:
            return (
                "features_outdated" if error.code == "features_outdated" else "features_unreadable"
            )
        return self._judge(features, task) if _fit(features, task) else "features_outdated"


def _task(attempt: Attempt) -> Task:
    prompt = attempt.prompt
    return Task(attempt.kind, prompt.language, prompt.text, attempt.strictness or "standard")


def _fit(features: Features, task: Task) -> bool:
    """Whether what was aligned are still the words of the text and those heard.

    Another version may divide either into words otherwise; the places would be those of others.
    """
    aligned = features.aligned
    read = max((each.reference.stop for each in aligned), default=0)
    heard = max((each.heard.stop for each in aligned), default=0)
    of_text = len(task.text)
    return read == of_text and (not of_text or heard == len(features.hearing(task.primary).texts))


def _words(analysis: Analysis) -> list[tuple[str, int | None]]:
    return [(word.text, word.reference_index) for word in analysis.words]
