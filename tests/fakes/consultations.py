"""Consultations of a nurse and a patient, timed, built from lines of text."""

from typing import Any

WORD_S = 0.3
BETWEEN_S = 0.5
ASKED_WELL = (
    ("nurse", "Good morning. First, I'd like to ask you about the pain. How did you sleep?"),
    ("patient", "Not well, it hurt all night and I kept turning from one side to the other."),
    ("nurse", "Tell me about the pain. Does it move?"),
    ("patient", "It goes down my leg, and it is worst when I get up in the morning."),
    ("nurse", "So, to sum up, it is worst in the morning. Does that make sense?"),
    ("patient", "Yes, that is right, thank you."),
)
CLOSED = (
    ("nurse", "Are you in pain?"),
    ("patient", "Yes."),
    ("nurse", "Is it bad? Did you take 2 tablets? Have you eaten? You have to rest at home now."),
    ("patient", "No."),
)


def inputs(*lines: tuple[str, str], **changes: Any) -> dict[str, Any]:
    """Inputs of the task `consultation_feedback`: turns half a second apart, the nurse learns."""
    turns, now = [], 0.0
    for speaker, text in lines or ASKED_WELL:
        words = []
        for word in text.split():
            words.append({"text": word, "start_s": now, "end_s": round(now + WORD_S, 2)})
            now = round(now + WORD_S, 2)
        turns.append({"speaker": speaker, "words": words})
        now += BETWEEN_S
    return {
        "language": "en",
        "speaker": "nurse",
        "card": {"setting": "A ward", "tasks": ["Find out about the pain."]},
        "turns": turns,
        **changes,
    }
