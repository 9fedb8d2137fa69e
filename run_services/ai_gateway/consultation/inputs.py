"""What goes into feedback on a consultation: who said what when, and the card it was played by."""

import hashlib
import json
from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from run_services.ai_gateway.tasks import IdempotencyKey, Text, UserId
from shared.domain.consultation import Turn
from shared.domain.transcription import HeardWord

_MAX_TURNS: Final = 400
_MAX_WORDS: Final = 4000
_PARTIES: Final = 2

Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]
Party = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class SpokenWord(BaseModel):
    """A word as heard, its punctuation with it: questions are told by their marks."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^\S+$")]
    start_s: Seconds
    end_s: Seconds

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_s < self.start_s:
            raise ValueError("a word ends after it starts")
        return self


class SpokenTurn(BaseModel):
    """What one party says until the other does."""

    speaker: Party
    words: Annotated[list[SpokenWord], Field(min_length=1, max_length=_MAX_WORDS)]


class Card(BaseModel):
    """The role play's card as the learner had it."""

    title: Text | None = None
    setting: Text | None = None
    role: Text | None = None
    tasks: Annotated[list[Text], Field(max_length=8)] = []


class ConsultationInputs(BaseModel):
    """Inputs of the task `consultation_feedback`; `speaker` is the learner, times of one clock."""

    model_config = ConfigDict(extra="forbid")

    language: Literal["en"]
    speaker: Party
    card: Card = Card()
    turns: Annotated[list[SpokenTurn], Field(min_length=2, max_length=_MAX_TURNS)]

    @model_validator(mode="after")
    def _is_a_consultation(self) -> Self:
        parties = {turn.speaker for turn in self.turns}
        if len(parties) != _PARTIES or self.speaker not in parties:
            raise ValueError("a consultation has two parties, and the speaker is one of them")
        if sum(len(turn.words) for turn in self.turns) > _MAX_WORDS:
            raise ValueError(f"at most {_MAX_WORDS} words")
        first = [turn.words[0] for turn in self.turns]
        in_turns = (pair for turn in self.turns for pair in pairwise(turn.words))
        if any(b.start_s < a.start_s for a, b in [*pairwise(first), *in_turns]):
            raise ValueError("turns and words come in the order they begin")
        return self

    def spoken(self) -> tuple[Turn, ...]:
        """The turns as the domain has them."""
        return tuple(
            Turn(
                turn.speaker,
                tuple(HeardWord(word.text, word.start_s, word.end_s) for word in turn.words),
            )
            for turn in self.turns
        )

    def fingerprint(self) -> str:
        """SHA-256 of the inputs as understood, to tell a repeat from another request."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()


class ConsultationCall(BaseModel):
    """Body of POST /internal/v1/tasks/consultation_feedback."""

    model_config = ConfigDict(extra="forbid")

    idempotency_key: IdempotencyKey = Field(
        description="One a result, as `<session>:consultation_feedback:1`."
    )
    user_id: UserId | None = Field(None, description="Whose words these are.")
    inputs: ConsultationInputs
