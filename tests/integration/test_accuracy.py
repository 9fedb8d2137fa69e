"""The accuracy report over three fixtures, from the recordings to the page."""

import json
from pathlib import Path

from bench.accuracy.__main__ import FIXTURES, rounded
from bench.accuracy.answers import analysed
from bench.accuracy.document import render
from bench.accuracy.findings import measured
from bench.accuracy.labelled import cases, learners
from local.deployables import ROOT
from shared.adapters.embedded.whisper_weights import assemble

NATIVE = ("vctk-p301-410", "vctk-p314-272")


def test_three_recordings_become_a_page(tmp_path: Path) -> None:
    assemble(tmp_path)
    recordings = [one for one in cases(FIXTURES / "cases.json") if one.id in NATIVE]
    recordings += learners(FIXTURES / "learners")[:1]
    lines = analysed(recordings, tmp_path, tmp_path / "answers.jsonl")
    assert [line["id"] for line in lines] == [one.id for one in recordings]
    figures = measured(recordings, lines, of_learners=1, root=ROOT)
    assert figures["failures"] == {}
    assert figures["words"]["native speakers: read"]["word_error_rate"] < 0.2
    assert figures["flags"]["native speakers"]["words"] >= 15
    assert figures["learners"]["sentences"] == 1
    assert figures["pauses"] == {}
    page = render(json.loads(json.dumps(rounded(figures))))
    assert page.startswith("# Accuracy\n")
    assert "| native speakers: read |" in page
    assert "| pauses found, noise at 10 dB | ≥ 90.0 % | – | not measured |" in page  # noqa: RUF001
