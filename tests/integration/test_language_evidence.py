"""Grammar and vocabulary of whole recordings: only of what was said freely, in English."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from shared.domain.analysis import Analysis, Word
from shared.speech.extract import extract
from shared.speech.features import Features, Task
from shared.speech.judge import judge
from tests.fakes.transcribers import scripted

AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
SAID = (
    "My brother don't like the noise of our neighbourhood, so he usually stays at home. I think "
    "that tranquillity is an indispensable ingredient of happiness, and people is more happier "
    "when they have time. Last year we travelled to the mountains with our parents and we walked "
    "every day. It was a wonderful journey."
)


@pytest.fixture(scope="module")
def features() -> Features:
    data = (AUDIO / "two-cities.ogg").read_bytes()
    return extract(data, Task("interview", "en", None), scripted(SAID))


@pytest.fixture(scope="module")
def judged(features: Features) -> Callable[[Task], Analysis]:
    return lambda task: judge(features, task)


def quoted(words: Sequence[Word], indices: Sequence[int]) -> str:
    return " ".join(words[index].text for index in indices)


def test_free_speech_has_findings_and_a_profile(judged: Callable[[Task], Analysis]) -> None:
    analysis = judged(Task("interview", "en-GB", None))
    told = [
        (quoted(analysis.words, item.words), item.suggestion)
        for item in analysis.language_findings or ()
    ]
    assert told == [
        ("brother don't", "brother doesn't"),
        ("people is", "people are"),
        ("more happier", "happier"),
    ]
    assert analysis.vocabulary is not None
    rare = [quoted(analysis.words, [index]) for index in analysis.vocabulary.b2_plus_words]
    assert {"tranquillity", "indispensable"} <= set(rare)
    assert 0.05 < (analysis.measures.b2_plus_word_share or 0.0) < 0.4


@pytest.mark.parametrize(
    "task", [Task("read_aloud", "en", SAID), Task("interview", "de", None)], ids=["text", "german"]
)
def test_readings_and_other_languages_have_neither(
    judged: Callable[[Task], Analysis], task: Task
) -> None:
    analysis = judged(task)
    assert analysis.language_findings is None
    assert analysis.vocabulary is None
    assert analysis.measures.b2_plus_word_share is None


def test_what_nobody_understands_has_no_grammar(features: Features) -> None:
    unsure = tuple(replace(word, confidence=0.1) for word in features.transcription.words)
    mumbled = replace(features, transcription=replace(features.transcription, words=unsure))
    analysis = judge(mumbled, Task("interview", "en", None))
    assert analysis.not_scorable_reason == "unintelligible"
    assert analysis.language_findings is None
    assert analysis.vocabulary is None
