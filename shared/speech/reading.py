"""What the words say: how a text was read, or what was said freely."""

from dataclasses import dataclass

from shared.domain.analysis import Word
from shared.speech.extract import is_another_text
from shared.speech.features import Features, Task
from shared.speech.fluency import SpokenWord
from shared.speech.hearing import Hearing, count_restarts, free_words, read_words, spoken_words
from shared.speech.marking import mark_words
from shared.speech.pronunciation import SpokenText, judge_text


@dataclass(frozen=True, slots=True)
class Reading:
    """`words` of the analysis, `spoken` those that were said, `sounds` of a text if measured."""

    words: tuple[Word, ...]
    spoken: list[SpokenWord]
    restarts: int
    different_text: bool = False
    sounds: SpokenText | None = None

    @property
    def said(self) -> int:
        """Words said, fillers aside."""
        return sum(not word.is_filler for word in self.spoken)


def reading_of(features: Features, task: Task, hearing: Hearing) -> Reading:
    """Aligned with the text, its sounds judged where they were measured.

    A different text is told as free speech, without faults. Raises `Unavailable`
    (`scorer_unavailable`) when a network is not the one pinned.
    """
    aligned = features.aligned
    different = bool(task.text) and is_another_text(aligned, task, features.sounds)
    if not task.text or different:
        return Reading(
            free_words(hearing),
            spoken_words(hearing),
            count_restarts(hearing),
            different_text=different,
        )
    sounds = judge_text(features.sounds) if features.sounds else None
    words = read_words(aligned, task.text, hearing)
    return Reading(
        mark_words(words, task.text, sounds, task.strictness) if sounds else words,
        spoken_words(hearing, aligned, task.text),
        count_restarts(hearing, aligned),
        sounds=sounds,
    )
