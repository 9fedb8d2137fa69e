"""How far the numbers are to be believed: the warnings, and why there are no scores."""

from dataclasses import dataclass

from shared.domain.analysis import AnalysisWarning
from shared.speech.features import Features, Task
from shared.speech.quality import quality_warnings, warning
from shared.speech.reading import Reading
from shared.speech.recognition import is_unintelligible
from shared.speech.scoring import MIN_SPEECH_S, MIN_WORDS
from shared.speech.voice_activity import total_s


@dataclass(frozen=True, slots=True)
class Validity:
    """`enough_speech` to measure its flow; `unintelligible`: the words are not the speaker's."""

    enough_speech: bool
    unintelligible: bool
    warnings: tuple[AnalysisWarning, ...]
    not_scorable_reason: str | None

    @property
    def codes(self) -> list[str]:
        """Of the warnings, in their order."""
        return [item.code for item in self.warnings]


def validity_of(features: Features, task: Task, reading: Reading) -> Validity:
    """Of free speech it counts whether it can be made out, of a reading whether it is the text."""
    enough = total_s(features.segments) >= MIN_SPEECH_S and reading.said >= MIN_WORDS
    unintelligible = not task.text and is_unintelligible(
        features.transcription,
        features.chunks,
        features.segments,
        language=task.primary,
        clear_share=features.clear_share,
    )
    has_sounds = reading.sounds is not None
    holds = {
        "short": not enough,
        "different_text": reading.different_text,
        "unintelligible": unintelligible,
        "hard_to_make_out": features.clear_share is not None and not unintelligible,
        "fillers_unknown": not task.text and not features.transcription.keeps_fillers,
        "phones_unknown": bool(task.text) and not reading.different_text and not has_sounds,
        "word_not_in_dictionary": bool(reading.sounds and reading.sounds.unknown),
    }
    told = [warning(code) for code, is_so in holds.items() if is_so]
    return Validity(
        enough,
        unintelligible,
        (*quality_warnings(features.quality, damaged=features.damaged), *told),
        _not_scorable_reason(reading, task, enough=enough, unintelligible=unintelligible),
    )


def _not_scorable_reason(
    reading: Reading, task: Task, *, enough: bool, unintelligible: bool
) -> str | None:
    """What else was read is not what was asked; what nobody understands has no flow to judge."""
    if reading.different_text:
        return "different_text"
    if task.text:
        return None
    return "short" if not enough else "unintelligible" if unintelligible else None
