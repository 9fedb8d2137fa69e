"""An attempt that cannot be judged is named and left, without its words; the others go on."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from local.rescore import __main__ as command
from shared import wiring
from shared.domain.attempt import Attempt, Prompt
from shared.domain.transcription import HeardWord
from shared.speech.alignment import AlignedWord
from shared.speech.features import Features
from shared.speech.phone_evidence import GROUP_VALUES, PHONE_VALUES, PhoneEvidence
from shared.speech.phones import PHONES
from shared.speech.stored_features import pack
from shared.speech.text_evidence import SentenceEvidence, TextEvidence
from shared.speech.version import scorer_version
from tests.integration.rescore.conftest import FEATURES

if TYPE_CHECKING:
    from tests.integration.rescore.conftest import Shelf

SECRET = "clandestine"
Run = Callable[..., int]


def reading(phone: int) -> bytes:
    """Features of one word, said as one phone."""
    phones = PhoneEvidence(
        phones=np.array([phone]),
        words=np.array([0]),
        values=np.zeros((1, PHONE_VALUES), dtype=np.float32),
        frames=np.zeros((1, 512), dtype=np.float32),
        group=np.zeros(GROUP_VALUES, dtype=np.float32),
    )
    sounds = TextEvidence(
        (SentenceEvidence(phones, times_s=np.array([[0.1, 0.4]])),), frozenset(), -1.0
    )
    features: Features = replace(
        FEATURES,
        transcription=replace(FEATURES.transcription, words=(HeardWord(SECRET, 0.1, 0.4),)),
        aligned=(AlignedWord("correct", range(1), range(1)),),
        sounds=sounds,
    )
    return pack(features)


SOUND, UNJUDGEABLE = reading(0), reading(len(PHONES) + 100)


@pytest.fixture
def attempt(shelf: "Shelf") -> Callable[[bytes], Attempt]:
    def create(features: bytes) -> Attempt:
        prompt = Prompt("en", text=SECRET)
        return shelf.attempt(
            features, kind="read_aloud", prompt=prompt, status="failed", feedback=None
        )

    return create


@pytest.fixture
def run(shelf: "Shelf", monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(command, "_settings", lambda project, database: None)
    monkeypatch.setattr(wiring, "attempts", lambda settings: shelf.attempts)
    monkeypatch.setattr(wiring, "features", lambda settings: shelf.features)
    return lambda *arguments: command.main(["--apply", "--per-second", "1000", *arguments])


def test_what_cannot_be_judged_is_named_and_the_others_are(
    shelf: "Shelf",
    attempt: Callable[[bytes], Attempt],
    run: Run,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = [attempt(each) for each in (SOUND, UNJUDGEABLE, SOUND, UNJUDGEABLE, SOUND)]
    bad = [made[1], made[3]]
    before = [shelf.attempts.get(each.id) for each in bad]
    assert run() == 1
    assert [shelf.attempts.get(each.id) for each in bad] == before
    versions = [shelf.analysis(each).scorer_version for each in made]
    assert versions == [scorer_version(), "1+test"] * 2 + [scorer_version()]
    told = capsys.readouterr()
    assert "       2  1+test        left: failed, see below\n" in told.out
    assert "       3  1+test        rescored\n" in told.out
    first, second, summary, again = told.err.splitlines()
    for line, each in zip((first, second), bad, strict=True):
        assert re.fullmatch(rf"{each.id} failed: \w+ at shared/speech/\w+\.py:\d+", line)
    assert summary == f"Failed, and left as they were: {bad[0].id} {bad[1].id}"
    assert again.endswith(f"--after {command.just_before(bad[0].id)}")
    assert SECRET not in told.out + told.err


def test_the_next_run_tries_what_failed_from_where_it_was_told(
    shelf: "Shelf",
    attempt: Callable[[bytes], Attempt],
    run: Run,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = [attempt(each) for each in (SOUND, UNJUDGEABLE, SOUND)]
    run()
    after = capsys.readouterr().err.split()[-1]
    assert run("--after", after) == 1
    assert "rescored" not in capsys.readouterr().out
    assert run("--after", made[1].id) == 0, "nothing behind it is left to do"
    shelf.features.save("eve", made[1].id, SOUND, "application/zip")
    assert run("--after", after) == 0
    assert "       1  1+test        rescored\n" in capsys.readouterr().out
    assert shelf.analysis(made[1]).scorer_version == scorer_version()


def test_what_is_raised_may_quote_the_learner_and_is_not_told(
    shelf: "Shelf",
    attempt: Callable[[bytes], Attempt],
    run: Run,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing = attempt(SOUND)

    def quotes(*arguments: object) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr("shared.speech.reading.mark_words", quotes)
    assert run() == 1
    told = capsys.readouterr()
    assert f"{failing.id} failed: KeyError at shared/speech/reading.py:" in told.err
    assert SECRET not in told.out + told.err


def test_broken_off_it_tells_what_failed_and_from_where_to_go_on(
    shelf: "Shelf",
    attempt: Callable[[bytes], Attempt],
    run: Run,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [attempt(each) for each in (UNJUDGEABLE, SOUND)]

    def stopped(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("local.rescore.__main__.time.sleep", stopped)
    assert run() == 1
    told = capsys.readouterr().err
    assert f"Failed, and left as they were: {made[0].id}\n" in told
    assert told.endswith(f"Stopped. Go on with: --after {made[0].id}\n")
    assert shelf.analysis(made[1]).scorer_version == "1+test"
