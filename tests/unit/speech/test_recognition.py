"""What a recogniser invents is heard again, and what nobody can make out is not scored."""

from dataclasses import replace

import pytest

from shared.domain.transcription import HeardWord, Transcriber, Transcription
from shared.speech.recognition import heard_again, is_unintelligible, runaway_chunks

SPEECH = [(0.0, 5.0), (6.0, 10.0)]
CHUNKS = [(0.0, 5.5), (5.5, 10.2)]
ANSWER = [
    "I",
    "work",
    "in",
    "a",
    "small",
    "clinic",
    "near",
    "the",
    "river",
    "and",
    "I",
    "like",
    "my",
    "patients",
    "very",
    "much",
]
SAMPLES = object()


def heard(texts, start_s=0.0, seconds=4.0, confidence=0.9):
    step = seconds / len(texts)
    return [
        HeardWord(text, start_s + i * step, start_s + (i + 1) * step, confidence)
        for i, text in enumerate(texts)
    ]


def transcription(words, **rest):
    options = {"language": "en", "language_confidence": 0.9, "keeps_fillers": True} | rest
    return Transcription(tuple(words), Transcriber("test", "1"), **options)


FINE = heard(ANSWER)
LOOP = heard(["you", "know,"] * 20, 6.0)
REFRAIN = heard(["really", "good"] * 12, 6.0)


class Recogniser:
    def __init__(self, words, *, prompted=True):
        self.prompted = prompted
        self.words = words
        self.asked = []

    def transcribe(self, samples, chunks, *, language, keep_fillers, frames_of=()):
        assert samples is SAMPLES
        self.asked.append((list(chunks), language, keep_fillers))
        return transcription(self.words, keeps_fillers=keep_fillers)


def again(first, recogniser):
    return heard_again(first, recogniser, SAMPLES, CHUNKS, SPEECH, language="en")


def unintelligible(words, **rest):
    return is_unintelligible(transcription(words, **rest), CHUNKS, SPEECH, language="en")


def test_only_the_runaway_chunk_is_heard_again_without_fillers():
    recogniser = Recogniser(heard(["and", "that", "is", "all."], 6.0))
    result = again(transcription([*FINE, *LOOP]), recogniser)
    assert recogniser.asked == [([CHUNKS[1]], "en", False)]
    assert [word.text for word in result.words] == [*ANSWER, "and", "that", "is", "all."]
    assert result.keeps_fillers is False


def test_what_is_plausible_is_heard_once():
    recogniser = Recogniser([])
    first = transcription(FINE)
    assert again(first, recogniser) is first
    assert recogniser.asked == []


def test_a_recogniser_that_keeps_no_fillers_is_not_asked_again():
    first = transcription([*FINE, *LOOP], keeps_fillers=False)
    assert again(first, Recogniser([])) is first


def test_a_recogniser_that_no_prompt_leads_astray_is_not_asked_again():
    first = transcription([*FINE, *LOOP])
    assert again(first, Recogniser([], prompted=False)) is first


@pytest.mark.parametrize(
    ("words", "expected"),
    [(FINE, []), (LOOP, [CHUNKS[1]]), (REFRAIN, [CHUNKS[1]]), (heard(["you"] * 5, 6.0), [])],
)
def test_runaway_chunks(words, expected):
    assert runaway_chunks(words, CHUNKS, SPEECH) == expected


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        (LOOP, {}),
        (REFRAIN, {"language_confidence": 0.3}),
        (heard(ANSWER, confidence=0.5), {"language_confidence": 0.3}),
        (heard(ANSWER, confidence=0.2), {}),
        (heard(ANSWER, confidence=0.7), {"language": "de", "language_confidence": 0.78}),
        (heard(ANSWER, confidence=0.2), {"language_confidence": None}),
    ],
)
def test_unintelligible(words, rest):
    assert unintelligible(words, **rest)


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        (FINE, {}),
        (REFRAIN, {}),
        (FINE, {"language_confidence": 0.35}),
        (heard(ANSWER, confidence=0.6), {"language": "zh", "language_confidence": 0.55}),
        (heard(ANSWER, confidence=0.55), {"language_confidence": 0.5}),
        (heard(ANSWER, confidence=0.5), {"language_confidence": None}),
        (heard(ANSWER, confidence=None), {}),
    ],
)
def test_intelligible(words, rest):
    assert not unintelligible(words, **rest)


def test_words_piled_up_at_the_end_of_a_chunk_belong_to_it():
    end = CHUNKS[1][1]
    piled = [HeardWord("you", end, end, 0.9)] * 40
    assert runaway_chunks([*FINE, *piled], CHUNKS, SPEECH) == [CHUNKS[1]]
    result = again(transcription([*FINE, *piled]), Recogniser([]))
    assert [word.text for word in result.words] == ANSWER


@pytest.mark.parametrize("drop", [0.1, 0.3, 0.5])
def test_less_confidence_never_makes_speech_intelligible(drop):
    words = [replace(word, confidence=0.6 - drop) for word in FINE]
    sure = unintelligible(words, language_confidence=0.6)
    unsure = unintelligible(words, language_confidence=0.2)
    assert unsure >= sure
