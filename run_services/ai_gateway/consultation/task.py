"""The task `consultation_feedback`: countable indicators first, then what a model makes of them."""

from typing import Any, Final

from run_services.ai_gateway.answer import answer_schema, indices
from run_services.ai_gateway.consultation.facts import ConsultationFacts
from run_services.ai_gateway.consultation.inputs import ConsultationInputs
from run_services.ai_gateway.tasks import Writing, instructions
from shared.domain.consultation import Consultation, Indicator, Turn
from shared.ports.language_model import ModelRequest
from shared.speech.consultation import observe

CONSULTATION_FEEDBACK: Final = "consultation_feedback"
VERSION: Final = 1
SCHEMA: Final = answer_schema(
    turns=indices("Indices of turns."),
    measure={"type": "string", "description": "A name in figures."},
)


def observed(inputs: ConsultationInputs) -> Consultation:
    """The indicators of the learner's side."""
    return observe(inputs.spoken(), inputs.speaker)


def consultation_writing(
    inputs: ConsultationInputs, consultation: Consultation, timeout_s: float
) -> Writing:
    """What is to be written about this consultation: ours as instructions, theirs as data."""
    turns, card = inputs.spoken(), inputs.card
    texts = [text for text in (card.title, card.setting, card.role, *card.tasks) if text]
    return Writing(
        task=CONSULTATION_FEEDBACK,
        version=VERSION,
        fingerprint=inputs.fingerprint(),
        request=ModelRequest(
            task=CONSULTATION_FEEDBACK,
            instructions=instructions(f"{CONSULTATION_FEEDBACK}_v{VERSION}.txt"),
            inputs={
                "language": inputs.language,
                "card": card.model_dump(exclude_defaults=True),
                "speaker": inputs.speaker,
                "figures": consultation.figures(),
                "moves": [_move(indicator, turns) for indicator in consultation.indicators],
                "turns": [
                    {"index": index, "speaker": turn.speaker, "text": _text(turn)}
                    for index, turn in enumerate(turns)
                ],
            },
            schema=SCHEMA,
            timeout_s=timeout_s,
        ),
        facts=ConsultationFacts(consultation, turns, texts),
        needs_points=True,
    )


def _move(indicator: Indicator, turns: tuple[Turn, ...]) -> dict[str, Any]:
    words = turns[indicator.turn].words[indicator.first : indicator.last + 1]
    said = " ".join(word.text for word in words)
    return {"move": indicator.move, "turn": indicator.turn, "words": said}


def _text(turn: Turn) -> str:
    return " ".join(word.text for word in turn.words)
