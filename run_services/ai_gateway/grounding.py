"""What an answer may refer to: words, phones, measures and figures the analysis really holds."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Final

from shared.domain.analysis import Analysis, Measures, Score, Scores
from shared.domain.feedback import PointEvidence

_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?")
_DECIMALS: Final = (0, 1, 2)
_SHARES: Final = ("phonation_time_ratio", "mid_clause_pause_share", "recogniser_confidence")


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
        known = {round(abs(v), digits) for v in self._values(analysis) for digits in _DECIMALS}
        spoken = " ".join([analysis.transcript, *texts, *_word_texts(analysis)])
        self._figures = known | {float(figure) for figure in _FIGURE.findall(spoken)}

    def evidence(
        self, words: Sequence[int] | None, phone: str | None, measure: str | None
    ) -> PointEvidence | None:
        """The part of an evidence item that exists; None when nothing of it does."""
        indices = tuple(dict.fromkeys(i for i in words or () if 0 <= i < len(self._words)))
        phones = {p.phone for i in indices for p in self._words[i].phones or ()}
        known = measure in self._measures or measure in self._scores
        if not indices and not known:
            return None
        return PointEvidence(
            words=indices or None,
            phone=phone if phone in phones else None,
            measure=measure if known else None,
        )

    def invents(self, text: str) -> bool:
        """Whether `text` holds a figure that is neither measured, nor said, nor a count of words.

        Figures count as the same when they agree after rounding to two, one or no decimals.
        """
        return any(not self._is_known(float(figure)) for figure in _FIGURE.findall(text))

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


def _known(measures: Measures) -> dict[str, float]:
    values = {field.name: getattr(measures, field.name) for field in fields(Measures)}
    return {name: value for name, value in values.items() if value is not None}


def _word_texts(analysis: Analysis) -> Iterator[str]:
    for word in analysis.words:
        yield word.text
        yield word.heard or ""
