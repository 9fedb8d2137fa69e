"""A stricter reader's marks: more words are worth checking, and no score moves."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from shared.adapters.embedded.transcriber import WhisperTranscriber
from shared.domain.analysis import Analysis, Strictness
from shared.domain.recurring_phones import recurring_phones
from shared.speech import marking
from shared.speech.assess import assess
from shared.speech.calibration import calibration
from shared.speech.extract import extract
from shared.speech.features import Features, Task
from shared.speech.judge import judge

KENNEDY = Path(__file__).parents[1] / "fixtures" / "audio" / "kennedy.flac"
TEXT = (
    "And so my mellow American, asked not what your country can do for you, asks what you can do "
    "for your countries."
)
TASK = Task("read_aloud", "en", TEXT)


@pytest.fixture(scope="module")
def features(whisper: WhisperTranscriber) -> Features:
    """One recording, measured once."""
    return extract(KENNEDY.read_bytes(), TASK, whisper)


@pytest.fixture(scope="module")
def marked(features: Features) -> dict[Strictness, Analysis]:
    """It, by each strictness."""
    return {name: judge(features, replace(TASK, strictness=name)) for name in get_args(Strictness)}


def worth_checking(analysis: Analysis) -> set[int]:
    return {n for n, word in enumerate(analysis.words) if word.level == "worth_checking"}


def test_stricter_never_marks_fewer_words(marked: dict[Strictness, Analysis]) -> None:
    lenient, standard, strict = (
        worth_checking(marked[name]) for name in ("lenient", "standard", "strict")
    )
    assert lenient
    assert lenient <= standard <= strict


def test_each_has_its_own_threshold(features: Features, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: dict[Strictness, float] = {"lenient": 0.0, "standard": 0.5, "strict": 1.1}
    far_apart = replace(calibration(), worth_checking_below=limits)
    monkeypatch.setattr(marking, "calibration", lambda: far_apart)
    found = {
        name: len(worth_checking(judge(features, replace(TASK, strictness=name))))
        for name in get_args(Strictness)
    }
    assert found["lenient"] == 0
    assert found["standard"] < found["strict"]


def test_no_score_moves(marked: dict[Strictness, Analysis]) -> None:
    standard = marked["standard"]
    for analysis in marked.values():
        assert analysis.scores == standard.scores
        assert [word.score for word in analysis.words] == [word.score for word in standard.words]
        assert analysis.recurring_phones == standard.recurring_phones


def test_the_analysis_says_by_which_it_was_marked(marked: dict[Strictness, Analysis]) -> None:
    for name, analysis in marked.items():
        assert analysis.strictness == name
        assert analysis.recurring_phones == recurring_phones(analysis.words)


def test_assessing_takes_it_and_free_speech_has_none(whisper: WhisperTranscriber) -> None:
    read, said = (
        assess(
            KENNEDY.read_bytes(),
            kind=kind,
            language="en",
            reference=reference,
            transcriber=whisper,
            strictness="strict",
        ).analysis
        for kind, reference in (("read_aloud", TEXT), ("free_speech", None))
    )
    assert read.strictness == "strict"
    assert (said.strictness, said.recurring_phones) == (None, None)
