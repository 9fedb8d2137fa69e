"""A model's answer, read as the work of an adversary: parsed, checked, cleaned or refused."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from run_services.ai_gateway.grounding import Cited, Facts
from run_services.ai_gateway.plain_text import has_link, plain, sentences
from shared.domain.errors import Invalid
from shared.domain.feedback import Improvement, PointEvidence, Strength

MAX_SUMMARY: Final = 600
MAX_POINT: Final = 400
MAX_EXERCISE: Final = 400
MAX_POINTS: Final = 3
_MAX_ANSWER: Final = 50_000
_MAX_EVIDENCE: Final = 5
_FENCED: Final = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)


_TEXT: Final = {"type": "string"}


def answer_schema(**evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON Schema of an answer whose evidence has these properties.

    Only keywords Gemini takes in `responseJsonSchema`; lengths are for `parse` to enforce.
    """
    cited = {"type": "array", "minItems": 1, "items": {"type": "object", "properties": evidence}}
    return {
        "type": "object",
        "properties": {
            "summary": _TEXT,
            "strengths": _points(evidence=cited),
            "improvements": _points(evidence=cited, exercise=_TEXT),
        },
        "required": ["summary", "strengths", "improvements"],
    }


def indices(description: str) -> dict[str, Any]:
    """A property of evidence: a list of indices."""
    return {"type": "array", "items": {"type": "integer"}, "description": description}


def _points(**more: Mapping[str, Any]) -> dict[str, Any]:
    properties = {"point": _TEXT, **more}
    item = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "array", "maxItems": MAX_POINTS, "items": item}


SCHEMA: Final = answer_schema(
    words=indices("Indices into analysis.words."),
    phone={"type": "string", "description": "ARPAbet name of a phone of that word."},
    measure={"type": "string", "description": "A name in measures or scores."},
)


class _Strength(BaseModel):
    point: str
    evidence: list[Cited]


class _Improvement(_Strength):
    exercise: str


class _Document(BaseModel):
    summary: str
    strengths: list[_Strength]
    improvements: list[_Improvement]


@dataclass(frozen=True, slots=True)
class Answer:
    """What remains of an answer: plain text, every point on evidence that exists."""

    summary: str
    strengths: tuple[Strength, ...]
    improvements: tuple[Improvement, ...]


def parse(text: str, grounding: Facts, *, needs_points: bool = True) -> Answer:
    """The usable part of a model's answer.

    Sentences of the summary and points that hold a link, or a figure the facts do not hold, are
    dropped, and so are points without valid evidence. Raises `Invalid` (code
    `model_answer_invalid`) when no summary remains, or no point where one is needed.
    """
    document = _document(text)
    kept = (_usable(s, grounding) for s in sentences(plain(document.summary, MAX_SUMMARY)))
    summary = " ".join(filter(None, kept))
    strengths = tuple(
        Strength(point, evidence)
        for item in document.strengths
        if (point := _usable(plain(item.point, MAX_POINT), grounding))
        and (evidence := _evidence(item, grounding))
    )
    improvements = tuple(
        Improvement(point, evidence, exercise)
        for item in document.improvements
        if (point := _usable(plain(item.point, MAX_POINT), grounding))
        and (evidence := _evidence(item, grounding))
        and (exercise := plain(item.exercise, MAX_EXERCISE))
        and not has_link(exercise)
    )
    if not summary or (needs_points and not strengths and not improvements):
        raise _invalid("nothing in it can be used")
    return Answer(summary, strengths[:MAX_POINTS], improvements[:MAX_POINTS])


def _usable(text: str, grounding: Facts) -> str:
    return "" if has_link(text) or grounding.invents(text) else text


def _evidence(item: _Strength, grounding: Facts) -> tuple[PointEvidence, ...]:
    checked = (grounding.evidence(cited) for cited in item.evidence)
    return tuple(evidence for evidence in checked if evidence)[:_MAX_EVIDENCE]


def _document(text: str) -> _Document:
    if len(text) > _MAX_ANSWER:
        raise _invalid("it is too long")
    try:
        return _Document.model_validate(_json_object(text))
    except ValidationError:
        raise _invalid("it does not satisfy the schema") from None


def _json_object(text: str) -> Any:  # noqa: ANN401
    candidates = [text, *_FENCED.findall(text), text[text.find("{") : text.rfind("}") + 1]]
    for candidate in candidates:
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    raise _invalid("it is not JSON")


def _invalid(why: str) -> Invalid:
    return Invalid(f"The language model's answer was refused: {why}.", code="model_answer_invalid")
