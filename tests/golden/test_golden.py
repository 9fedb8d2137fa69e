"""Whatever changes an analysis shows here, and is meant, or a fault.

`make golden` writes the set anew.
"""

import difflib
import json

import pytest

from shared.adapters.embedded.transcriber import WhisperTranscriber
from tests.golden.golden import RECORDINGS, Recording, measured, rendered

_SHOWN_LINES = 60


@pytest.mark.parametrize("recording", RECORDINGS, ids=[each.id for each in RECORDINGS])
def test_the_analysis_is_the_golden_one(recording: Recording, whisper: WhisperTranscriber) -> None:
    golden = recording.golden.read_text("utf-8").splitlines()
    found = rendered(measured(recording, whisper)).splitlines()
    changes = list(difflib.unified_diff(golden, found, "golden", "measured", "", "", 1, ""))
    if changes:
        shown = "\n".join(changes[:_SHOWN_LINES])
        pytest.fail(f"{recording.id} has drifted; if it is meant: make golden\n{shown}", False)


def test_the_set_shows_what_there_is_to_see() -> None:
    """Every kind of result, warning and failure that the fixtures were chosen for."""
    documents = {each.id: json.loads(each.golden.read_text("utf-8")) for each in RECORDINGS}
    results = {word.get("result") for one in documents.values() for word in one.get("words", ())}
    assert {"correct", "mispronounced", "omitted", "inserted", "filler", "repeated"} <= results
    warned = {item["code"] for one in documents.values() for item in one.get("warnings", ())}
    assert {"noisy", "different_text"} <= warned
    failures = {name: one["failure"] for name, one in documents.items() if "failure" in one}
    assert failures == {"noise": "no_speech", "german": "wrong_language"}


def test_no_golden_analysis_is_left_over() -> None:
    folder = RECORDINGS[0].golden.parent
    assert {path.name for path in folder.iterdir()} == {each.golden.name for each in RECORDINGS}
