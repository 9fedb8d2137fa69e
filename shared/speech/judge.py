"""From the features of a recording to its analysis, without the recording."""

from shared.domain.analysis import (
    Analysis,
    LanguageFinding,
    Measures,
    NoEstimates,
    Scores,
    VocabularyProfile,
)
from shared.domain.recurring_phones import recurring_phones
from shared.speech.estimates import estimate, why_no_estimates
from shared.speech.features import ENGLISH, READ_ALOUD, Features, Task
from shared.speech.fluency import find_pauses
from shared.speech.grammar import language_findings
from shared.speech.hearing import Hearing
from shared.speech.marking import accuracy_of, delivery_of
from shared.speech.measuring import Delivery, measure
from shared.speech.reading import Reading, reading_of
from shared.speech.scoring import score_reading, score_speech
from shared.speech.validity import Validity, validity_of
from shared.speech.version import scorer_version
from shared.speech.vocabulary import vocabulary_profile
from shared.speech.voice_activity import total_s


def judge(features: Features, task: Task) -> Analysis:
    """Mark the words, measure the flow, score; the same features, the same analysis.

    Raises `Unavailable` (`scorer_unavailable`) when a network is not the one pinned.
    """
    hearing = features.hearing(task.primary)
    reading = reading_of(features, task, hearing)
    validity = validity_of(features, task, reading)
    pauses = tuple(find_pauses(features.segments, reading.spoken))
    vocabulary, findings = _language(task, hearing, reading, validity)
    delivery = Delivery(
        hearing,
        reading.words,
        reading.spoken,
        pauses,
        reading.restarts,
        features.transcription.keeps_fillers,
        vocabulary,
    )
    measures = measure(features, delivery)
    no_estimates_reason = _why_no_estimates(features, task, validity, measures)
    return Analysis(
        scorer_version=scorer_version(),
        transcriber=features.transcription.transcriber,
        language=task.primary,
        transcript=hearing.transcript,
        words=reading.words,
        pauses=pauses,
        measures=measures,
        scores=_scores(task, reading, validity, measures),
        warnings=validity.warnings,
        not_scorable_reason=validity.not_scorable_reason,
        estimates=None if no_estimates_reason else estimate(measures),
        no_estimates_reason=no_estimates_reason,
        strictness=task.strictness if reading.sounds else None,
        recurring_phones=recurring_phones(reading.words) if reading.sounds else None,
        vocabulary=vocabulary,
        language_findings=findings,
    )


def _language(
    task: Task, hearing: Hearing, reading: Reading, validity: Validity
) -> tuple[VocabularyProfile | None, tuple[LanguageFinding, ...] | None]:
    """Vocabulary and grammar of free speech in English whose words are surely the speaker's."""
    doubtful = validity.unintelligible or "hard_to_make_out" in validity.codes
    if task.text or task.primary != ENGLISH or doubtful:
        return None, None
    texts, words = hearing.texts, reading.words
    return vocabulary_profile(texts, words), language_findings(texts, words)


def _why_no_estimates(
    features: Features, task: Task, validity: Validity, measures: Measures
) -> NoEstimates | None:
    return why_no_estimates(
        spontaneous=task.kind != READ_ALOUD,
        scorable=validity.not_scorable_reason is None,
        language=task.primary,
        speech_s=total_s(features.segments),
        warnings=validity.codes,
        measures=measures,
    )


def _scores(task: Task, reading: Reading, validity: Validity, measures: Measures) -> Scores:
    if validity.not_scorable_reason:
        return Scores()
    enough = validity.enough_speech
    if not task.text:
        return score_speech(measures, validity.codes, enough_speech=enough)
    return score_reading(
        reading.words,
        measures,
        validity.codes,
        enough_speech=enough,
        pronunciation=accuracy_of(reading.sounds) if reading.sounds else None,
        judged=delivery_of(reading.sounds) if reading.sounds else None,
    )
