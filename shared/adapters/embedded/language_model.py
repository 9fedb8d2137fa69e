"""The rubric writer: feedback from the measurements alone, without a model.

The same analysis always gets the same text. Every figure in it is the analysis' own, rounded to
one decimal at most.
"""

import json
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from shared.adapters.embedded.rubric import consultation, delivery, language, reading, recording
from shared.adapters.embedded.rubric.strengths import as_written, strengths
from shared.adapters.embedded.rubric.subject import (
    Subject,
    WeightedImprovement,
    number,
    plural,
)
from shared.domain.documents import to_document
from shared.domain.errors import Invalid
from shared.domain.feedback import Improvement, PointEvidence
from shared.ports.language_model import ModelAnswer, ModelRequest


@cache
def _conversation() -> TypeAdapter[consultation.Conversation]:
    return TypeAdapter(consultation.Conversation)


@cache
def _subject() -> TypeAdapter[Subject]:
    return TypeAdapter(Subject)


_MOST: Final = 3
_SCORES: Final = {
    "accuracy": "accuracy",
    "completeness": "completeness",
    "fluency": "fluency",
    "prosody": "prosody (melody and rhythm)",
}


class RubricWriter:
    """`LanguageModel` for two tasks.

    `feedback` takes `kind`, `language` and `analysis`, `consultation_feedback` `figures` and
    `moves`.
    """

    @property
    def name(self) -> str:
        return "rubric"

    @property
    def paid(self) -> bool:
        return False

    def generate(self, request: ModelRequest) -> ModelAnswer:
        """Raises `Invalid` for another task, or inputs that are not its own."""
        inputs = dict(request.inputs)
        try:
            match request.task:
                case "feedback":
                    answer = _feedback(_subject().validate_python(inputs))
                case "consultation_feedback":
                    answer = consultation.answer(_conversation().validate_python(inputs))
                case other:
                    raise Invalid(f"The rubric does not know the task {other}.")
        except ValidationError:
            raise Invalid(f"The inputs are not those of {request.task}.") from None
        return ModelAnswer(json.dumps(answer, ensure_ascii=False), self.name)


def _feedback(subject: Subject) -> dict[str, Any]:
    improvements = _ranked(subject)
    best = sorted(strengths(subject), key=lambda item: -item.weight)[:_MOST]
    return {
        "summary": " ".join(_summary(subject, improvements)),
        "strengths": [to_document(item.strength) for item in best],
        "improvements": [to_document(item.improvement) for item in improvements],
    }


def _ranked(subject: Subject) -> list[WeightedImprovement]:
    found = list(recording.improvements(subject))
    if subject.reference or subject.analysis.not_scorable_reason is None:
        found += reading.improvements(subject)
    if subject.analysis.not_scorable_reason is None:
        found += delivery.improvements(subject)
        found += language.improvements(subject)
        found = found or _next_step(subject)
    return sorted(found, key=lambda item: -item.weight)[:_MOST]


def _next_step(subject: Subject) -> list[WeightedImprovement]:
    scores = subject.analysis.scores
    named = [
        (score.value, name) for name in _SCORES if (score := getattr(scores, name)) is not None
    ]
    point = "Nothing in the measurements stands out as a fault"
    if named:
        value, measure = min(named)
        point += f"; your lowest score is {_SCORES[measure]}, {value} out of 100"
    elif subject.measures.speech_rate_wpm is not None:
        measure = "speech_rate_wpm"
    else:
        return []
    more = "a longer text" if subject.kind == "read_aloud" else "a harder question"
    improvement = Improvement(
        f"{point}.",
        (PointEvidence(measure=measure),),
        f"Record it once more as if you told it to a friend, then try {more}.",
    )
    return [WeightedImprovement(0.1, more, improvement)]


def _summary(subject: Subject, improvements: list[WeightedImprovement]) -> list[str]:
    sentences = [recording.not_scorable(subject) or _what_was_said(subject)]
    if subject.analysis.not_scorable_reason is None:
        sentences += _overall(subject)
    else:
        sentences.append("That says nothing about your speaking.")
    if improvements:
        sentences.append(f"For the next recording, start with {improvements[0].topic}.")
    return sentences


def _what_was_said(subject: Subject) -> str:
    wpm = subject.measures.speech_rate_wpm
    pace = f" at {number(wpm)} words a minute" if wpm is not None else ""
    if subject.reference:
        read, expected = len(as_written(subject)), len(subject.reference)
        share = f"all {expected}" if read == expected else f"{read} of the {expected}"
        return f"You read {share} words as written{pace}."
    return f"You spoke {plural(len(subject.spoken), 'word')}{pace}."


def _overall(subject: Subject) -> list[str]:
    overall, why = subject.analysis.scores.overall, recording.reason(subject)
    if overall is None:
        return [f"Take the figures with care: {why}."] if why else []
    if why:
        return [f"The overall score, {overall.value} out of 100, is rough, because {why}."]
    return [f"The overall score is {overall.value} out of 100."]
