"""`python -m local analyze`: the engine alone, without a stack."""

import json
import os
import subprocess
import sys
from pathlib import Path

from local.deployables import ROOT

AUDIO = ROOT / "tests" / "fixtures" / "audio"
TEXT = "He was not an ill disposed young man."


def analyze(models: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local", "analyze", *arguments],
        cwd=ROOT,
        env={**os.environ, "MODELS": str(models)},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def test_cases_become_one_line_each_in_order_whatever_the_files_hold(
    tmp_path: Path, models: Path
) -> None:
    rows = [
        {"id": "read", "file": str(AUDIO / "austen.wav"), "reference": TEXT},
        {"id": "empty", "file": str(AUDIO / "empty.webm")},
        {"id": "absent", "file": "absent.webm", "reference": TEXT},
        {"id": "silent", "file": str(AUDIO / "silence.webm"), "reference": None},
        {"id": "again", "file": str(AUDIO / "austen.wav"), "reference": TEXT},
    ]
    cases, out = tmp_path / "cases.json", tmp_path / "out.jsonl"
    cases.write_text(json.dumps(rows))
    done = analyze(models, "--cases", str(cases), "--json", str(out))
    assert done.returncode == 2, done.stderr
    assert "3 of 5" in done.stderr
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["id"] for line in lines] == ["read", "empty", "absent", "silent", "again"]
    assert all(set(line) == {"id", "analysis", "failure", "recording", "seconds"} for line in lines)
    codes = [line["failure"] and line["failure"]["code"] for line in lines]
    assert codes == [None, "audio_unreadable", "file_unreadable", "no_speech", None]
    read, again = lines[0], lines[4]
    assert read["analysis"] == again["analysis"]
    assert [word["text"] for word in read["analysis"]["words"]] == TEXT.rstrip(".").split()
    assert read["recording"] == {
        "file": "austen.wav",
        "bytes": (AUDIO / "austen.wav").stat().st_size,
        "codec": "pcm_s16le",
        "duration_s": read["recording"]["duration_s"],
    }
    assert lines[3]["recording"]["bytes"] > 0
    assert lines[1]["analysis"] is None


def test_a_person_reads_the_result_of_one_recording(models: Path) -> None:
    done = analyze(models, str(AUDIO / "austen.wav"), "--text", TEXT)
    assert done.returncode == 0, done.stderr
    for expected in ("austen.wav", "Measures", "accuracy", "disposed"):
        assert expected in done.stdout


def test_nothing_to_analyse_is_said_before_anything_runs(tmp_path: Path, models: Path) -> None:
    done = analyze(models)
    assert done.returncode == 2
    assert "name recordings, or a file of cases" in done.stderr
    broken = tmp_path / "cases.json"
    broken.write_text("[{}]")
    done = analyze(models, "--cases", str(broken))
    assert done.returncode == 2
    assert "case 0 has no “id”" in done.stderr
