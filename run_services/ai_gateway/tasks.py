"""The gateway's tasks: what goes in, what the model is told, what it must answer."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from run_services.ai_gateway.answer import SCHEMA
from run_services.ai_gateway.brief import brief_of
from run_services.ai_gateway.grounding import Facts, Grounding
from shared.domain.analysis import Analysis
from shared.domain.attempt import Kind
from shared.domain.documents import to_document
from shared.ports.language_model import ModelRequest

FEEDBACK: Final = "feedback"
FEEDBACK_VERSION: Final = 1

_MAX_WORDS: Final = 3000
_MAX_PAUSES: Final = 1000
_MAX_TEXT: Final = 4000
_MAX_TRANSCRIPT: Final = 20_000
_MAX_PHONES: Final = 64
_MAX_FINDINGS: Final = 50
_PROMPTS: Final = Path(__file__).parent / "prompts"

IdempotencyKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
Text = Annotated[str, StringConstraints(max_length=_MAX_TEXT)]


@dataclass(frozen=True, slots=True)
class Writing:
    """Feedback to be written: what a model is asked, and what its answer is held against.

    `fingerprint` tells a repeat from another request; without `needs_points` a summary will do.
    """

    task: str
    version: int
    fingerprint: str
    request: ModelRequest
    facts: Facts
    needs_points: bool


class PromptInputs(BaseModel):
    """What the learner was asked: a text to read or a question, as in the attempt."""

    title: Text | None = None
    text: Text | None = None
    question: Text | None = None


class FeedbackInputs(BaseModel):
    """Inputs of the task `feedback`. Fields this version does not know are left out."""

    model_config = ConfigDict(allow_inf_nan=False)

    kind: Kind
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    prompt: PromptInputs
    analysis: Analysis

    @field_validator("analysis")
    @classmethod
    def _bounded(cls, analysis: Analysis) -> Analysis:
        if len(analysis.words) > _MAX_WORDS or len(analysis.pauses) > _MAX_PAUSES:
            raise ValueError(f"at most {_MAX_WORDS} words and {_MAX_PAUSES} pauses")
        if len(analysis.transcript) > _MAX_TRANSCRIPT:
            raise ValueError(f"a transcript of at most {_MAX_TRANSCRIPT} characters")
        texts = [text for word in analysis.words for text in (word.text, word.heard or "")]
        texts += [warning.detail for warning in analysis.warnings]
        findings = analysis.language_findings or ()
        texts += [text for item in findings for text in (item.message, item.suggestion or "")]
        if len(findings) > _MAX_FINDINGS:
            raise ValueError(f"at most {_MAX_FINDINGS} language findings")
        if any(len(text) > _MAX_TEXT for text in texts):
            raise ValueError(f"texts of at most {_MAX_TEXT} characters")
        if any(len(word.phones or ()) > _MAX_PHONES for word in analysis.words):
            raise ValueError(f"at most {_MAX_PHONES} phones a word")
        return analysis

    def fingerprint(self) -> str:
        """SHA-256 of the inputs as understood, to tell a repeat from another request."""
        document = {name: to_document(value) for name, value in self}
        document["prompt"] = self.prompt.model_dump(exclude_none=True)
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


class FeedbackCall(BaseModel):
    """Body of POST /internal/v1/tasks/feedback."""

    model_config = ConfigDict(extra="forbid")

    idempotency_key: IdempotencyKey = Field(description="One a result, as `<attempt>:feedback:1`.")
    user_id: UserId | None = Field(None, description="Whose words these are.")
    inputs: FeedbackInputs


def feedback_writing(inputs: FeedbackInputs, timeout_s: float) -> Writing:
    """What is to be written about this analysis."""
    prompt = inputs.prompt
    texts = [text for text in (prompt.title, prompt.text, prompt.question) if text]
    return Writing(
        task=FEEDBACK,
        version=FEEDBACK_VERSION,
        fingerprint=inputs.fingerprint(),
        request=feedback_request(inputs, timeout_s),
        facts=Grounding(inputs.analysis, texts),
        needs_points=inputs.analysis.not_scorable_reason is None,
    )


def feedback_request(inputs: FeedbackInputs, timeout_s: float) -> ModelRequest:
    """The call of a model for these inputs; ours in `instructions`, theirs in `inputs`."""
    asked = {
        "kind": inputs.kind,
        "language": inputs.language,
        "prompt": inputs.prompt.model_dump(exclude_none=True),
    }
    return ModelRequest(
        task=FEEDBACK,
        instructions=instructions(f"feedback_v{FEEDBACK_VERSION}.txt"),
        inputs={**asked, "analysis": to_document(inputs.analysis)},
        schema=SCHEMA,
        timeout_s=timeout_s,
        brief={**asked, "analysis": brief_of(inputs.analysis)},
    )


@cache
def instructions(file: str) -> str:
    """The text of a file in `prompts/`."""
    return (_PROMPTS / file).read_text(encoding="utf-8")
