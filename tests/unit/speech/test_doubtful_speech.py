"""Where the recogniser is in doubt, the sounds decide whether its words are believed."""

from dataclasses import replace

import numpy as np
import pytest

from shared.domain.transcription import AcousticFrames, HeardWord, Transcriber, Transcription
from shared.speech import recognition
from shared.speech.recognition import (
    LEAST_CLEAR_SHARE,
    MAX_UNKNOWN_WORDS,
    MIN_WORDS,
    heard_closely,
    is_doubtful,
    is_other_language,
    is_unintelligible,
    runaway_chunks,
)

SPEECH = [(0.0, 9.0)]
SAMPLES = np.zeros(16_000 * 9, np.float32)
_REST = ("in", "a", "small", "clinic", "near", "the", "river", "and", "I", "like", "it", "much")
CLEAR = ["I", "work", *_REST]
SECOND = ["I", "walk", *_REST]
FRAMES = (AcousticFrames(0.0, np.zeros((1, 512), np.float32)),)
UNKNOWN = ["xyzzy", "plugh", "frobnitz", "grault"]


def heard(texts, confidence=0.9, **rest):
    step = 9 / len(texts)
    words = [
        HeardWord(text, i * step, (i + 0.8) * step, confidence) for i, text in enumerate(texts)
    ]
    options = {"language": "en", "language_confidence": 0.9, "keeps_fillers": True} | rest
    return Transcription(tuple(words), Transcriber("test", "1"), **options)


CHINESE = heard(CLEAR, 0.6, language="zh", language_confidence=0.85)
FAINT = heard(CLEAR, 0.55, language="zh", language_confidence=0.7)


class Recogniser:
    """Hears `again`, with frames or without."""

    def __init__(self, again, frames=FRAMES, *, prompted=True):
        self.prompted = prompted
        self.again = replace(again, frames=frames, keeps_fillers=False)
        self.asked = []

    def transcribe(self, samples, chunks, *, language, keep_fillers, frames_of=()):
        self.asked.append((list(chunks), language, keep_fillers, list(frames_of)))
        return self.again

    def encode(self, samples, stretches):
        self.asked.append(list(stretches))
        return self.again.frames


@pytest.fixture
def shares(monkeypatch):
    """Of clear speech, by the second word, as if they had been measured."""
    known = {"work": 0.3, "walk": 0.3}
    monkeypatch.setattr(recognition, "listen", lambda _: None)
    monkeypatch.setattr(recognition, "clear_share", lambda found, *_: known[found.words[1].text])
    return known


def closely(first, recogniser):
    return heard_closely(first, recogniser, SAMPLES, SPEECH, SPEECH, language="en")


def other_language(transcription, clear_share=None, segments=SPEECH):
    return is_other_language(transcription, segments, language="en", clear_share=clear_share)


def unintelligible(transcription, clear_share=None):
    return is_unintelligible(transcription, SPEECH, SPEECH, language="en", clear_share=clear_share)


@pytest.mark.parametrize("transcription", [CHINESE, FAINT, heard(CLEAR, 0.4)])
def test_what_would_be_refused_is_doubtful(transcription):
    assert is_doubtful(transcription, SPEECH, SPEECH, language="en")


def test_what_is_clear_is_heard_once():
    recogniser = Recogniser(heard(SECOND))
    assert closely(heard(CLEAR), recogniser) == (heard(CLEAR), None)
    assert recogniser.asked == []


def test_what_is_doubtful_is_heard_again_with_its_sounds(shares):
    recogniser = Recogniser(heard(SECOND, 0.7))
    assert closely(FAINT, recogniser) == (FAINT, shares["work"])
    assert recogniser.asked == [(SPEECH, "en", False, SPEECH)]


def test_words_that_no_prompt_led_astray_are_not_asked_for_again(shares):
    recogniser = Recogniser(heard(SECOND), prompted=False)
    assert closely(FAINT, recogniser) == (FAINT, shares["work"])
    assert recogniser.asked == [SPEECH]
    assert closely(FAINT, Recogniser(FAINT, frames=(), prompted=False)) == (FAINT, None)


def test_the_clearer_hearing_is_kept_and_fillers_are_worth_a_little(shares):
    recogniser = Recogniser(heard(SECOND, 0.7))
    shares["walk"] = 0.35
    assert closely(FAINT, recogniser) == (FAINT, 0.3)
    shares["walk"] = 0.5
    found, share = closely(FAINT, recogniser)
    assert [word.text for word in found.words] == SECOND
    assert (found.keeps_fillers, share) == (False, 0.5)
    assert (found.language, found.language_confidence) == ("zh", 0.7)


def test_a_hearing_that_runs_away_is_not_kept(shares):
    shares["walk"] = 0.1
    loop = heard([*CLEAR, *["really", "good"] * 20], 0.3)
    assert runaway_chunks(loop.words, SPEECH, SPEECH)
    found, share = closely(loop, Recogniser(heard(SECOND, 0.7)))
    assert [word.text for word in found.words] == SECOND
    assert share == 0.1


def test_more_words_than_can_be_said_are_not_understood_however_clear():
    assert unintelligible(heard(CLEAR * 5), 1.0)


def test_without_frames_the_recogniser_has_the_last_word():
    assert closely(FAINT, Recogniser(heard(SECOND), frames=())) == (FAINT, None)
    assert unintelligible(FAINT)
    assert other_language(CHINESE)


@pytest.mark.parametrize("transcription", [CHINESE, FAINT, heard(CLEAR, 0.4)])
def test_an_accent_with_some_clear_speech_is_understood(transcription):
    assert not other_language(transcription, LEAST_CLEAR_SHARE)
    assert not unintelligible(transcription, LEAST_CLEAR_SHARE)


@pytest.mark.parametrize("transcription", [CHINESE, FAINT, heard(CLEAR)])
def test_without_clear_speech_nothing_is(transcription):
    too_little = LEAST_CLEAR_SHARE - 0.01
    assert other_language(transcription, too_little) == (transcription is CHINESE)
    assert unintelligible(transcription, too_little)


def test_too_short_to_tell_a_language():
    assert not other_language(CHINESE, segments=[(0.0, 1.0)])


def test_words_of_no_dictionary_are_not_understood():
    count = int(MAX_UNKNOWN_WORDS * len(CLEAR))
    few, many = ([*UNKNOWN, *UNKNOWN][:n] + CLEAR[n:] for n in (count, count + 1))
    assert not unintelligible(heard(few))
    assert unintelligible(heard(many))
    assert unintelligible(heard(many), 1.0)


def test_too_few_words_to_be_gibberish():
    unknown = UNKNOWN * MIN_WORDS
    assert unintelligible(heard(unknown[:MIN_WORDS]))
    assert not unintelligible(heard(unknown[: MIN_WORDS - 1]))
