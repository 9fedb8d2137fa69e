"""Attempts survive the way into a document and back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.domain.analysis import Evidence, Pause, Score, Scores, Word
from shared.domain.attempt import Attempt, Prompt
from shared.domain.documents import to_document

ATTEMPT = Attempt("a", "u", "analyzed", "read_aloud", Prompt("en", text="hi"), "1", "2")


def test_unknown_is_absent_but_a_known_nothing_is_null() -> None:
    document = to_document(ATTEMPT)
    assert document["retry_of"] is None
    assert "failure" not in document
    assert document["prompt"] == {"language": "en", "text": "hi"}


def test_nested_tuples_become_lists() -> None:
    score = Score(71, "high", (Evidence(0.5, measure="accuracy"), Evidence(3, word=2)))
    assert to_document(Scores(accuracy=score)) == {
        "accuracy": {
            "value": 71,
            "confidence": "high",
            "evidence": [{"value": 0.5, "measure": "accuracy"}, {"value": 3, "word": 2}],
        }
    }


@given(st.from_type(Word), st.from_type(Pause))
def test_there_and_back(word: Word, pause: Pause) -> None:
    for value, kind in ((word, Word), (pause, Pause)):
        assert TypeAdapter(kind).validate_python(to_document(value)) == value


def test_an_attempt_there_and_back() -> None:
    for value in (ATTEMPT, replace(ATTEMPT, retry_of="b", last_error="x")):
        assert TypeAdapter(Attempt).validate_python(to_document(value)) == value
