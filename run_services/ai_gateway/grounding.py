"""What an answer may refer to: words, phones, measures and figures the analysis really holds."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Final, Protocol

from pydantic import BaseModel

from shared.domain.analysis import Analysis, Measures, Score, Scores
from shared.domain.feedback import PointEvidence

_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?")
_DECIMALS: Final = (0, 1, 2)
_SHARES: Final = ("phonation_time_ratio", "mid_clause_pause_share", "recogniser_confidence")


class Cited(BaseModel):
    """An item of evidence as a model gave it."""

    words: list[int] | None = None
    phone: str | None = None
    measure: str | None = None
    turns: list[int] | None = None


class Facts(Protocol):
    """What an answer is held against."""

    def evidence(self, cited: Cited) -> PointEvidence | None:
        """The part of an evidence item that exists; None when nothing of it does."""

    def invents(self, text: str) -> bool:
        """Whether `text` holds a figure that the facts do not."""


class Grounding:
    """The facts of one analysis; `texts` are further texts whose figures may be repeated."""

    def __init__(self, analysis: Analysis, texts: Iterable[str] = ()) -> None:
        self._words = analysis.words
        self._measures = _known(analysis.measures)
        self._scores = {
            field.name: score.value
            for field in fields(Scores)
            if isinstance(score := getattr(analysis.scores, field.name), Score)
        }
        spoken = [analysis.transcript, *texts, *_word_texts(analysis)]
        self._figures = rounded(self._values(analysis)) | figures_in(" ".join(spoken))

    def evidence(self, cited: Cited) -> PointEvidence | None:
        indices = existing(cited.words, len(self._words))
        phones = {p.phone for i in indices for p in self._words[i].phones or ()}
        known = cited.measure in self._measures or cited.measure in self._scores
        if not indices and not known:
            return None
        return PointEvidence(
            words=indices or None,
            phone=cited.phone if cited.phone in phones else None,
            measure=cited.measure if known else None,
        )

    def invents(self, text: str) -> bool:
        """Whether `text` holds a figure that is neither measured, nor said, nor a count of words.

        Figures count as the same when they agree after rounding to two, one or no decimals.
        """
        return any(not self._is_known(figure) for figure in figures_in(text))

    def _is_known(self, figure: float) -> bool:
        is_count = figure.is_integer() and figure <= len(self._words)
        return is_count or figure in self._figures

    def _values(self, analysis: Analysis) -> Iterator[float]:
        yield 100.0
        yield from self._measures.values()
        yield from self._scores.values()
        yield from (100 * self._measures[name] for name in _SHARES if name in self._measures)
        yield from (pause.duration_s for pause in analysis.pauses)
        yield from (word.score for word in analysis.words if word.score is not None)


def existing(indices: Iterable[int] | None, count: int) -> tuple[int, ...]:
    """Those from 0 to `count`, exclusive, each once."""
    return tuple(dict.fromkeys(i for i in indices or () if 0 <= i < count))


def figures_in(text: str) -> set[float]:
    return {float(figure) for figure in _FIGURE.findall(text)}


def rounded(values: Iterable[float]) -> set[float]:
    """Each as it may be quoted: with two, one or no decimals."""
    return {round(abs(value), digits) for value in values for digits in _DECIMALS}


def _known(measures: Measures) -> dict[str, float]:
    values = {field.name: getattr(measures, field.name) for field in fields(Measures)}
    return {name: value for name, value in values.items() if value is not None}


def _word_texts(analysis: Analysis) -> Iterator[str]:
    for word in analysis.words:
        yield word.text
        yield word.heard or ""
