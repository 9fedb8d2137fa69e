"""Analyses are kept for the same recording, text and engine, and for no other."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.accuracy.answers import Answers
from bench.accuracy.material import Recording
from local.analysis.cases import Case
from shared.speech.version import scorer_version


class Engine:
    def __init__(self, version: str | None) -> None:
        self.asked: list[str] = []
        self._version = version

    def analyze(self, case: Case) -> dict[str, Any]:
        self.asked.append(case.id)
        analysis = {"scorer_version": self._version} if self._version else None
        return {"id": case.id, "analysis": analysis, "failure": None}


def recording(folder: Path, sound: bytes = b"one") -> Recording:
    audio = folder / f"{sound.decode()}.wav"
    audio.write_bytes(sound)
    return Recording("a", audio, "native", "v", "One.")


def test_an_analysis_is_made_once(tmp_path: Path) -> None:
    engine, file = Engine(scorer_version()), tmp_path / "answers.jsonl"
    made = Answers(file).of(recording(tmp_path), engine)
    renamed = replace(recording(tmp_path), id="b")
    assert Answers(file).of(renamed, engine) == {**made, "id": "b"}
    assert engine.asked == ["a"]


def test_another_sound_or_text_is_analysed(tmp_path: Path) -> None:
    engine, file = Engine(scorer_version()), tmp_path / "answers.jsonl"
    first = recording(tmp_path)
    for other in (first, recording(tmp_path, b"two"), replace(first, reference="Two.")):
        Answers(file).of(other, engine)
    assert len(engine.asked) == 3


def test_failures_and_other_versions_are_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    for version in (None, "other"):
        engine = Engine(version)
        for _ in range(2):
            Answers(file).of(recording(tmp_path), engine)
        assert len(engine.asked) == 2
