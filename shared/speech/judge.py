"""From the features of a recording to its analysis, without the recording."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.analysis import Analysis, AnalysisWarning, Measures, Scores, Word
from shared.domain.recurring_phones import recurring_phones
from shared.speech.estimates import estimate, why_no_estimates
from shared.speech.extract import is_another_text
from shared.speech.features import ENGLISH, READ_ALOUD, Features, Task
from shared.speech.fluency import SpokenWord, find_pauses
from shared.speech.grammar import language_findings
from shared.speech.hearing import Hearing, count_restarts, free_words, read_words, spoken_words
from shared.speech.marking import accuracy_of, delivery_of, mark_words
from shared.speech.measuring import Delivery, measure
from shared.speech.pronunciation import SpokenText, judge_text
from shared.speech.quality import quality_warnings, warning
from shared.speech.recognition import is_unintelligible
from shared.speech.scoring import MIN_SPEECH_S, MIN_WORDS, score_reading, score_speech
from shared.speech.version import scorer_version
from shared.speech.vocabulary import vocabulary_profile
from shared.speech.voice_activity import total_s


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the words say: with a text, how it was read; without, only what was said."""

    words: tuple[Word, ...]
    spoken: list[SpokenWord]
    restarts: int
    different_text: bool = False
    sounds: SpokenText | None = None

    @property
    def said(self) -> int:
        """Words said, fillers aside."""
        return sum(not word.is_filler for word in self.spoken)


def judge(features: Features, task: Task) -> Analysis:
    """Mark the words, measure the flow, score; the same features, the same analysis.

    Raises `Unavailable` (`scorer_unavailable`) when a network is not the one pinned.
    """
    hearing = features.hearing(task.primary)
    transcription, segments = features.transcription, features.segments
    reading = _reading(features, task, hearing)
    pauses = find_pauses(segments, reading.spoken)
    fillers_known = transcription.keeps_fillers
    unintelligible = not task.text and is_unintelligible(
        transcription, features.chunks, segments, language=task.primary
    )
    has_language = not task.text and task.primary == ENGLISH and not unintelligible
    vocabulary = vocabulary_profile(hearing.texts, reading.words) if has_language else None
    measures = measure(
        features,
        Delivery(
            hearing,
            reading.words,
            reading.spoken,
            pauses,
            reading.restarts,
            fillers_known,
            vocabulary,
        ),
    )
    enough = total_s(segments) >= MIN_SPEECH_S and reading.said >= MIN_WORDS
    warnings = quality_warnings(features.quality, damaged=features.damaged)
    warnings += [
        warning(code)
        for code, is_so in (
            ("short", not enough),
            ("different_text", reading.different_text),
            ("unintelligible", unintelligible),
            ("fillers_unknown", not task.text and not fillers_known),
            (
                "phones_unknown",
                bool(task.text) and not reading.different_text and not reading.sounds,
            ),
            ("word_not_in_dictionary", bool(reading.sounds and reading.sounds.unknown)),
        )
        if is_so
    ]
    not_scorable_reason = _not_scorable_reason(
        reading, task, enough=enough, unintelligible=unintelligible
    )
    no_estimates_reason = why_no_estimates(
        spontaneous=task.kind != READ_ALOUD,
        scorable=not_scorable_reason is None,
        language=task.primary,
        speech_s=total_s(segments),
        warnings=[item.code for item in warnings],
        measures=measures,
    )
    return Analysis(
        scorer_version=scorer_version(),
        transcriber=transcription.transcriber,
        language=task.primary,
        transcript=hearing.transcript,
        words=reading.words,
        pauses=tuple(pauses),
        measures=measures,
        scores=Scores()
        if not_scorable_reason
        else _scores(reading, task, measures, warnings, enough=enough),
        warnings=tuple(warnings),
        not_scorable_reason=not_scorable_reason,
        estimates=None if no_estimates_reason else estimate(measures),
        no_estimates_reason=no_estimates_reason,
        strictness=task.strictness if reading.sounds else None,
        recurring_phones=recurring_phones(reading.words) if reading.sounds else None,
        vocabulary=vocabulary,
        language_findings=language_findings(hearing.texts, reading.words) if has_language else None,
    )


def _reading(features: Features, task: Task, hearing: Hearing) -> _Reading:
    """Aligned with the text, its sounds judged where they were measured.

    A different text is told as free speech, without faults.
    """
    aligned = features.aligned
    different = bool(task.text) and is_another_text(aligned, task, features.sounds)
    if not task.text or different:
        return _Reading(
            free_words(hearing),
            spoken_words(hearing),
            count_restarts(hearing),
            different_text=different,
        )
    sounds = judge_text(features.sounds) if features.sounds else None
    words = read_words(aligned, task.text, hearing)
    return _Reading(
        mark_words(words, task.text, sounds, task.strictness) if sounds else words,
        spoken_words(hearing, aligned, task.text),
        count_restarts(hearing, aligned),
        sounds=sounds,
    )


def _scores(
    reading: _Reading,
    task: Task,
    measures: Measures,
    warnings: Sequence[AnalysisWarning],
    *,
    enough: bool,
) -> Scores:
    codes = [item.code for item in warnings]
    if task.text:
        return score_reading(
            reading.words,
            measures,
            codes,
            enough_speech=enough,
            pronunciation=accuracy_of(reading.sounds) if reading.sounds else None,
            judged=delivery_of(reading.sounds) if reading.sounds else None,
        )
    return score_speech(measures, codes, enough_speech=enough)


def _not_scorable_reason(
    reading: _Reading, task: Task, *, enough: bool, unintelligible: bool
) -> str | None:
    """What else was read is not what was asked; what nobody understands has no flow to judge."""
    if reading.different_text:
        return "different_text"
    if task.text:
        return None
    return "short" if not enough else "unintelligible" if unintelligible else None
