"""What is told of a recording whose numbers are not to be trusted, and when it has no scores."""

from dataclasses import replace

import pytest

from shared.domain.transcription import HeardWord, Transcriber, Transcription
from shared.speech.features import Features, Melody, Task
from shared.speech.judge import judge
from shared.speech.quality import Quality
from shared.speech.reading import reading_of
from shared.speech.recognition import LEAST_CLEAR_SHARE
from shared.speech.validity import Validity, validity_of

FREE = Task("free_speech", "en-US", None)
TEXTS = "I am works in a small clinic near the river and I likes it very much today"


def features(confidence: float = 0.9, texts: str = TEXTS, **rest: object) -> Features:
    words = tuple(
        HeardWord(text, i * 0.5, i * 0.5 + 0.4, confidence) for i, text in enumerate(texts.split())
    )
    end_s = words[-1].end_s
    known = Features(
        codec="opus",
        duration_s=end_s + 1,
        damaged=False,
        segments=((0.0, end_s),),
        chunks=((0.0, end_s),),
        quality=Quality(-20.0, 40.0, 0.0),
        melody=Melody(6.0, 2.0, 5.0),
        transcription=Transcription(words, Transcriber("w", "1"), "en", 0.9, keeps_fillers=True),
    )
    return replace(known, **rest)


def told(of: Features) -> Validity:
    return validity_of(of, FREE, reading_of(of, FREE, of.hearing("en")))


def test_clear_speech_has_no_warnings():
    assert told(features()) == Validity(True, False, (), None)


def test_speech_of_which_some_is_clear_is_scored_with_a_warning():
    found = told(features(0.3, clear_share=LEAST_CLEAR_SHARE))
    assert (found.codes, found.not_scorable_reason) == (["hard_to_make_out"], None)


def test_what_is_hard_to_make_out_has_less_certain_scores_and_no_findings():
    long = " ".join([TEXTS] * 5)
    sure = judge(features(texts=long), FREE)
    unsure = judge(features(texts=long, clear_share=0.5), FREE)
    assert sure.vocabulary is not None
    assert sure.language_findings is not None
    assert (unsure.vocabulary, unsure.language_findings) == (None, None)
    assert (sure.no_estimates_reason, unsure.no_estimates_reason) == (None, "doubtful_recording")
    assert sure.scores.fluency is not None
    assert unsure.scores.fluency is not None
    assert unsure.scores.fluency.value == sure.scores.fluency.value
    assert (sure.scores.fluency.confidence, unsure.scores.fluency.confidence) == ("high", "medium")


@pytest.mark.parametrize("share", [None, LEAST_CLEAR_SHARE - 0.01])
def test_speech_of_which_nothing_is_clear_has_no_scores(share):
    found = judge(features(0.3, clear_share=share), FREE)
    assert [item.code for item in found.warnings] == ["unintelligible"]
    assert found.not_scorable_reason == "unintelligible"
    assert found.scores.overall is None


def test_too_little_speech_comes_before_what_it_says():
    found = told(features(0.3, "I am"))
    assert found.not_scorable_reason == "short"
    assert "short" in found.codes
