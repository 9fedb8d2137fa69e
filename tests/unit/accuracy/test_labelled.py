"""Labels as they are read from files."""

import json
from pathlib import Path
from typing import Any

from bench.accuracy.__main__ import FIXTURES
from bench.accuracy.labelled import cases, learners
from bench.accuracy.material import Planted, Recording, Span, read_manifest, write_manifest


def listed(folder: Path, rows: list[dict[str, Any]]) -> list[Recording]:
    file = folder / "cases.json"
    file.write_text(json.dumps(rows))
    return cases(file)


def case(**fields: Any) -> dict[str, Any]:
    return {"id": "a", "file": "a.wav", "reference": "One two.", "spoken": None, **fields}


def test_planted_errors_and_what_was_said(tmp_path: Path) -> None:
    errors = [{"index": 1, "expected": "T", "said": None, "word": "two"}]
    [wrong, right] = listed(
        tmp_path,
        [
            case(id="w", kind="read_aloud_mispronounced", mispronounced=errors),
            case(id="r", kind="read_aloud_correct"),
        ],
    )
    assert wrong.planted == (Planted(1, "T", None),)
    assert wrong.planted[0].kind == "T>-"
    assert (wrong.spoken, wrong.miscues) == (None, None)
    assert (right.spoken, right.miscues, right.group) == ("One two.", (), "reading")
    assert not right.made


def test_pauses_and_fillers_of_free_speech(tmp_path: Path) -> None:
    spans = [
        {"text": "I went", "start": 0.3, "end": 1.0},
        {"text": "um", "start": 1.5, "end": 1.7},
    ]
    [speech] = listed(
        tmp_path,
        [
            case(
                kind="free_speech",
                reference=None,
                spoken="I went um",
                segments=spans,
                pauses=[{"start": 1.0, "end": 1.5}],
            )
        ],
    )
    assert speech.pauses == (Span(1.0, 1.5),)
    assert speech.fillers == (Span(1.5, 1.7),)
    assert speech.reference is None


def test_a_real_reading_counts_once_in_whatever_format(tmp_path: Path) -> None:
    rows = [case(id=file, file=file, kind="real_read_aloud") for file in ("a.mp3", "a.ogg")]
    rows += [case(id="b", kind="real_read_aloud", speaker="b"), case(id="e", kind="edge")]
    assert [found.id for found in listed(tmp_path, rows)] == ["a.ogg", "b"]


def test_learners_are_taken_by_score_and_speakers_in_turn(tmp_path: Path) -> None:
    def row(number: int, speaker: str, total: float) -> dict[str, Any]:
        sentence = {"accuracy": 8, "fluency": 8, "prosodic": 8, "total": total}
        word = {"accuracy": 10, "phones": ["AH0"], "phones_accuracy": [2.0]}
        name = f"{number:03}"
        return {
            "id": name,
            "file": f"{name}.opus",
            "speaker": speaker,
            "text": "A",
            "sentence": sentence,
            "words": [word],
        }

    rows = [row(n, "often", 8.0) for n in range(8)] + [row(8, "rare", 8.0), row(9, "often", 3.0)]
    rows += [row(10, "rare", 3.0)]
    (tmp_path / "labels.json").write_text(json.dumps(rows))
    assert len(learners(tmp_path)) == len(learners(tmp_path, 99)) == 11
    chosen = learners(tmp_path, 5)
    assert [one.experts.total for one in chosen if one.experts] == [3.0, 8.0, 8.0, 8.0, 8.0]
    assert {one.voice for one in chosen} == {"often", "rare"}
    assert chosen[0].experts
    assert chosen[0].experts.words[0].phones == ("AH",)


def test_the_fixtures_are_there_with_licence_and_labels() -> None:
    rows = json.loads((FIXTURES / "cases.json").read_text("utf-8"))
    assert all(row["licence"] for row in rows)
    found = cases(FIXTURES / "cases.json") + learners(FIXTURES / "learners")
    assert all(recording.audio.is_file() for recording in found)
    assert {recording.group for recording in found} == {"native", "learner"}


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    recording = Recording(
        id="a",
        audio=tmp_path / "a.wav",
        group="planted",
        voice="v",
        reference="One.",
        planted=(Planted(0, "W", "V"),),
        pauses=(Span(1.0, 2.0),),
        noise_db=10,
    )
    write_manifest(tmp_path / "manifest.json", [recording])
    assert read_manifest(tmp_path / "manifest.json") == [recording]
