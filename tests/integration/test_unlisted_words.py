"""Readings of a text with a word that no dictionary has: the words beside it do not suffer."""

from pathlib import Path

import pytest

from shared.speech import pronunciations, unlisted
from shared.speech.assess import assess

AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
KENNEDY = (
    "And so my fellow Americans, ask not what your country can do for you, ask what you can do "
    "for your country."
)
SAME_SCORE = 3  # points


@pytest.fixture
def read(whisper):
    data = (AUDIO / "kennedy.flac").read_bytes()

    def run():
        return assess(
            data, kind="read_aloud", language="en", reference=KENNEDY, transcriber=whisper
        ).analysis

    return run


@pytest.fixture
def without(monkeypatch):
    """Takes a word out of the dictionary."""

    def hide(hidden):
        listed, derived = pronunciations.pronunciations, pronunciations.derived
        for module in (pronunciations, unlisted):
            monkeypatch.setattr(
                module, "pronunciations", lambda w: () if w == hidden else listed(w)
            )
        monkeypatch.setattr(pronunciations, "derived", lambda w: () if w == hidden else derived(w))

    return hide


def harmed(before, after):
    """The words whose result, level or score is not what it was, but for those of no score."""
    return [
        (one.text, one.score, other.score)
        for one, other in zip(before.words, after.words, strict=True)
        if other.score is not None
        and (one.result != other.result or one.level != other.level or _moved(one, other))
    ]


def _moved(one, other):
    return abs(one.score - other.score) > SAME_SCORE


@pytest.mark.parametrize("word", ["country", "fellow"])
def test_the_words_beside_it_keep_their_scores(read, without, word):
    known = read()
    without(word)
    unknown = read()
    assert harmed(known, unknown) == []
    found = [each for each in unknown.words if each.text.strip(".,") == word]
    assert found
    for each in found:
        assert (each.result, each.score, each.level, each.phones) == ("correct", None, None, None)
        (same,) = [other for other in known.words if other.reference_index == each.reference_index]
        assert each.start_s == pytest.approx(same.start_s, abs=0.05)
    assert [warning.code for warning in unknown.warnings] == ["word_not_in_dictionary"]
    values = [(known.scores.accuracy, unknown.scores.accuracy)]
    values += [(known.scores.fluency, unknown.scores.fluency)]
    assert all(abs(one.value - other.value) <= SAME_SCORE for one, other in values)


def test_passed_over_it_would_harm_them(read, without, monkeypatch):
    known = read()
    without("country")
    monkeypatch.setattr(pronunciations, "spelt", lambda _: ())
    unknown = read()
    assert len(unknown.words) != len(known.words) or harmed(known, unknown)
