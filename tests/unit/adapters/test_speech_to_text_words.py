"""Words of an answer: real times or none, in order, within the recording."""

from datetime import timedelta

import numpy as np
import pytest
from google.cloud.speech_v2.types import cloud_speech as api
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.gcp.heard_words import TimesMissing, heard_words
from shared.domain.errors import Unavailable


def word(text, start=None, end=None, confidence=0.0):
    info = api.WordInfo(word=text, confidence=confidence)
    if start is not None:
        info.start_offset = timedelta(seconds=start)
    if end is not None:
        info.end_offset = timedelta(seconds=end)
    return info


def result(*words, transcript="said"):
    best = api.SpeechRecognitionAlternative(transcript=transcript, words=words)
    return api.SpeechRecognitionResult(alternatives=[best])


def times(*words, length_s=10.0):
    return [(w.text, w.start_s, w.end_s) for w in heard_words([result(*words)], length_s)]


def test_results_follow_each_other_and_the_mark_of_an_end_says_nothing():
    end = api.SpeechRecognitionResult(result_end_offset=timedelta(seconds=2))
    found = heard_words([result(word("one", 0.1, 0.4)), end, result(word("two", 2, 2.5))], 3.0)
    assert [(w.text, w.start_s, w.end_s) for w in found] == [("one", 0.1, 0.4), ("two", 2.0, 2.5)]


def test_only_the_first_words_start_may_be_left_out_for_zero():
    assert times(word("one", None, 0.4), word("two", 0.4, 0.8))[0] == ("one", 0.0, 0.4)


@pytest.mark.parametrize(
    "results",
    [
        [result()],
        [result(word("zebra"))],
        [result(word("zebra", 0.1))],
        [result(word("zebra", 0.1, 0.4), word("two"))],
        [result(word("zebra", 0.1, 0.4), word("two", None, 0.8))],
        [result(word("zebra", 0.1, 0.4)), result(word("two", None, 0.8))],
    ],
)
def test_words_without_times_are_no_answer(results, recognition, caplog):
    with pytest.raises(TimesMissing):
        heard_words(results, 10.0)
    recognition.server.results = results
    with pytest.raises(Unavailable) as failure:
        recognition.hear(np.zeros(160_000, np.float32))
    assert failure.value.code == "recognizer_unavailable"
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "zebra" not in str(caplog.records[0].__dict__)


def test_an_utterance_without_words_has_none():
    assert heard_words([result(transcript=" ")], 1.0) == ()


def test_a_confidence_of_zero_is_none():
    found = heard_words([result(word("one", 0, 0.1), word("two", 0.1, 0.2, 0.87654))], 1.0)
    assert [w.confidence for w in found] == [None, 0.877]


def test_marks_alone_are_no_word_and_words_have_no_spaces():
    assert times(word("¿", 0, 0.1), word(" 5 million ", 0.1, 0.9)) == [("5-million", 0.1, 0.9)]


def test_coarse_times_are_put_in_order():
    found = times(word("a", 0.1, 0.1), word("b", 0.1, 0.1), word("c", 0.1, 0.5), word("d", 0.4, 1))
    assert found == [("a", 0.1, 0.12), ("b", 0.12, 0.14), ("c", 0.14, 0.5), ("d", 0.5, 1.0)]


def test_times_end_with_the_recording():
    assert times(word("a", 0.1, 2.1), word("b", 2.1, 2.3), length_s=2.2)[-1] == ("b", 2.1, 2.2)


offsets = st.integers(0, 120).map(lambda step: step / 10)


@given(st.lists(st.tuples(offsets, offsets), min_size=1, max_size=12))
def test_times_are_always_in_order_and_inside(pairs):
    found = times(*(word("a", start, end) for start, end in pairs))
    bounds = [0.0, *(at for _, start, end in found for at in (start, end)), 10.0]
    assert bounds == sorted(bounds)
    assert len(found) == len(pairs)
