"""What the recording itself allows one to say, and how to make a better one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.adapters.embedded.rubric.subject import Subject, WeightedImprovement, number
from shared.domain.feedback import Improvement, PointEvidence


@dataclass(frozen=True, slots=True)
class _Fault:
    because: str
    measure: str | None = None
    unit: str = ""
    exercise: str = ""


_FAULTS: Final = {
    "noisy": _Fault(
        "there is much noise behind your voice",
        "snr_db",
        "dB between voice and noise",
        "Record again in a quieter room, with the window closed and the microphone a hand's width "
        "from your mouth.",
    ),
    "quiet": _Fault(
        "the recording is quiet",
        "level_dbfs",
        "dBFS",
        "Bring the microphone to a hand's width from your mouth, or raise its level, and record "
        "again.",
    ),
    "clipped": _Fault(
        "the recording is overloaded",
        "level_dbfs",
        "dBFS",
        "Lower the microphone's level or move it a little further away, and record again.",
    ),
    "damaged": _Fault("part of the recording is damaged"),
    "short": _Fault("the recording is short"),
    "unintelligible": _Fault("hardly any words could be made out"),
    "hard_to_make_out": _Fault("many words were hard to make out"),
    "different_text": _Fault("what we heard is mostly not the text of this exercise"),
}


def reason(subject: Subject) -> str | None:
    """Why the numbers deserve less trust, as a clause; None when nothing lowers it."""
    found = next((w.code for w in subject.analysis.warnings if w.code in _FAULTS), None)
    return _FAULTS[found].because if found else None


def not_scorable(subject: Subject) -> str | None:
    """The sentence that says there is no score, or None."""
    why = subject.analysis.not_scorable_reason
    if why is None:
        return None
    known = _FAULTS[why].because if why in _FAULTS else reason(subject)
    because = f", because {known}" if known else ""
    return f"This recording could not be scored{because}."


def improvements(subject: Subject) -> Iterator[WeightedImprovement]:
    """One improvement for each fault of the recording that a measure shows."""
    for warning in subject.analysis.warnings:
        fault = _FAULTS.get(warning.code)
        value = getattr(subject.measures, fault.measure) if fault and fault.measure else None
        if fault is None or fault.measure is None or value is None:
            continue
        yield WeightedImprovement(
            0.9 if subject.analysis.not_scorable_reason else 0.6,
            "a clearer recording",
            Improvement(
                f"The measurements are less certain because {fault.because} "
                f"({number(value)} {fault.unit}).",
                (PointEvidence(measure=fault.measure),),
                fault.exercise,
            ),
        )
