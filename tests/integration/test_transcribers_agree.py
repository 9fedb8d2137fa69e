"""The same words give the same analysis, whoever recognised them; what differs is named.

A recording's words as the local recogniser hears them go through the Speech-to-Text adapter as
Google would give them: in tenths of a second, without sounds such as "um", numbers in digits.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.domain.analysis import Analysis
from shared.domain.transcription import HeardWord, Transcription
from shared.ports.transcriber import Transcribes
from shared.speech.assess import assess
from tests.fakes.speech_to_text import FakeSpeechToText, as_google_gives, asking, running
from tests.fakes.transcribers import FakeTranscriber, given

AUDIO = Path(__file__).parents[1] / "fixtures" / "audio"
KENNEDY = (
    "And so, my fellow Americans: ask not what your country can do for you; "
    "ask what you can do for your country."
)
# Of two recognisers with the same words, what may differ and why: counted sounds, the recogniser's
# own confidence without them, and fluency, which rests on them.
OF_FILLERS = {"filled_pauses_per_min"}


@pytest.fixture
def server() -> Iterator[FakeSpeechToText]:
    with running() as server:
        yield server


@pytest.fixture
def google(server: FakeSpeechToText) -> Callable[[tuple[HeardWord, ...]], Transcribes]:
    """The Speech-to-Text adapter, whose service heard the words in Google's manner."""

    def build(words: tuple[HeardWord, ...]) -> Transcribes:
        server.results = as_google_gives(words)
        return asking(server, speech_model="long")

    return build


@pytest.fixture(scope="module")
def heard_here(whisper: WhisperTranscriber) -> Callable[[str, bool], Transcription]:
    def hear(name: str, keep_fillers: bool) -> Transcription:
        heard: list[Transcription] = []

        def listen(*arguments: Any, **options: Any) -> Transcription:
            heard.append(whisper.transcribe(*arguments, **options | {"keep_fillers": keep_fillers}))
            return heard[-1]

        analysed(name, None, FakeTranscriber(listen))
        return heard[0]

    return hear


def analysed(name: str, text: str | None, transcriber: Transcribes) -> Analysis:
    return assess(
        (AUDIO / name).read_bytes(),
        kind="read_aloud" if text else "free_speech",
        language="en-US",
        reference=text,
        transcriber=transcriber,
    ).analysis


def codes(analysis: Analysis) -> set[str]:
    return {warning.code for warning in analysis.warnings}


def differing(one: Analysis, other: Analysis) -> set[str]:
    left, right = asdict(one.measures), asdict(other.measures)
    return {name for name, value in left.items() if value != right[name]}


def places(analysis: Analysis) -> list[tuple[float, float, bool | None]]:
    return [(p.start_s, p.end_s, p.within_clause) for p in analysis.pauses]


def test_a_reading_is_analysed_alike(heard_here, google) -> None:
    words = heard_here("kennedy.flac", False).words
    here = analysed("kennedy.flac", KENNEDY, given(words))
    there = analysed("kennedy.flac", KENNEDY, google(words))
    assert differing(here, there) == set()
    assert here.pauses == there.pauses
    assert here.scores == there.scores
    assert here.transcript == there.transcript
    assert codes(here) == codes(there)
    for one, other in zip(here.words, there.words, strict=True):
        assert (one.text, one.result, one.reference_index, one.heard, one.confidence) == (
            (other.text, other.result, other.reference_index, other.heard, other.confidence)
        )
        assert other.start_s == pytest.approx(one.start_s, abs=0.11)
        assert other.end_s == pytest.approx(one.end_s, abs=0.11)


def test_free_speech_is_analysed_alike_but_for_fillers_which_are_unknown(
    heard_here, google
) -> None:
    words = heard_here("hobby.flac", True).words
    here = analysed("hobby.flac", None, given(words))
    there = analysed("hobby.flac", None, google(words))
    fillers = [word.text for word in here.words if word.result == "filler"]
    assert [text.casefold() for text in fillers] == ["um"]
    kept = [(word.text, word.result) for word in here.words if word.result != "filler"]
    assert [(word.text, word.result) for word in there.words] == kept
    assert differing(here, there) == OF_FILLERS
    assert here.measures.filled_pauses_per_min > 0
    assert there.measures.filled_pauses_per_min is None
    assert codes(there) - codes(here) == {"fillers_unknown"}
    assert codes(here) <= codes(there)
    assert places(here) == places(there)
    assert [pause.before for pause in here.pauses if pause.before != "Um"] == [
        pause.before for pause in there.pauses[1:]
    ]
    assert here.scores.prosody == there.scores.prosody
    assert there.scores.fluency.confidence == "medium"
    assert "filled_pauses_per_min" not in {e.measure for e in there.scores.fluency.evidence}
    assert abs(here.scores.fluency.value - there.scores.fluency.value) <= 3
    assert (here.estimates, here.no_estimates_reason) == (
        there.estimates,
        there.no_estimates_reason,
    )


AS_SAID = [
    "it",
    "costs",
    "twenty",
    "five",
    "dollars",
    "and",
    "ten",
    "percent",
    "more",
    "okay",
    "doctor",
    "Smith",
]
AS_GOOGLE_WRITES = [
    ("It", 1),
    ("costs", 1),
    ("$25", 3),
    ("and", 1),
    ("10%", 2),
    ("more.", 1),
    ("Okay,", 1),
    ("Dr.", 1),
    ("Smith.", 1),
]


def timed(texts: list[tuple[str, int]]) -> tuple[HeardWord, ...]:
    """Words over the first seconds of a recording, 0.5 s for each unit they are said in."""
    words, now = [], 1.0
    for text, units in texts:
        words.append(HeardWord(text, now, now + 0.5 * units, 0.9))
        now += 0.5 * units
    return tuple(words)


def test_numerals_symbols_and_capitals_change_no_measure(google) -> None:
    here = analysed("two-cities.webm", None, given(timed([(text, 1) for text in AS_SAID])))
    there = analysed("two-cities.webm", None, google(timed(AS_GOOGLE_WRITES)))
    marks = {"mid_clause_pause_share"}  # a recogniser without punctuation marks no clause
    assert differing(here, there) - marks == OF_FILLERS


def test_numerals_symbols_and_capitals_are_the_text_that_was_read(google) -> None:
    text = " ".join(AS_SAID)
    here = analysed("two-cities.webm", text, given(timed([(word, 1) for word in AS_SAID])))
    there = analysed("two-cities.webm", text, google(timed(AS_GOOGLE_WRITES)))
    results = [(word.text, word.result, word.reference_index) for word in there.words]
    assert results == [(word.text, word.result, word.reference_index) for word in here.words]
    assert {word.result for word in there.words} == {"correct"}
    assert here.scores.accuracy == there.scores.accuracy
    assert here.scores.completeness == there.scores.completeness
