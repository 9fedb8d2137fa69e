"""The commands people type: `make demo`'s and `make up`'s programs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.client import Client
from local.deployables import ROOT
from local.processes import StartError, free_port
from local.stack import AlreadyRunningError, EngineName, Stack

AUDIO = ROOT / "tests" / "fixtures" / "audio"


def demo(
    engine: EngineName, tmp_path: Path, models: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.demo", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATA": str(tmp_path), "MODELS": str(models), "ENGINE": engine},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def test_demo_prints_the_result_and_writes_it(
    engine: EngineName, tmp_path: Path, models: Path
) -> None:
    out = tmp_path / "out.json"
    result = demo(engine, tmp_path, models, "--json", str(out))
    assert result.returncode == 0, result.stderr
    attempt = json.loads(out.read_text())
    assert attempt["status"] == "completed"
    for expected in ("What went well", "What to work on", "overall", "confidence", "  0   "):
        assert expected in result.stdout
    assert attempt["feedback"]["improvements"][0]["point"].split()[0] in result.stdout


def test_demo_tells_why_a_recording_failed(
    engine: EngineName, tmp_path: Path, models: Path
) -> None:
    result = demo(engine, tmp_path, models, "--audio", str(AUDIO / "silence.webm"))
    assert result.returncode == 2
    assert "[no_speech]" in result.stdout
    assert "microphone" in result.stdout


def test_demo_without_its_file(engine: EngineName, tmp_path: Path, models: Path) -> None:
    result = demo(engine, tmp_path, models, "--audio", "nowhere.webm")
    assert result.returncode == 2
    assert "there is no file nowhere.webm" in result.stderr


def test_a_second_start_finds_yesterdays_data(
    durable_engine: EngineName, tmp_path: Path, models: Path
) -> None:
    port = free_port()
    with Stack(tmp_path, models, port, engine=durable_engine) as stack:
        token = stack.learner_token("eve")
        with pytest.raises(AlreadyRunningError), Stack(tmp_path, models, free_port()):
            pass
        with pytest.raises(StartError), Stack(tmp_path / "other", models, port):
            pass
        with Client(stack.url, token) as client:
            created = client.create(AUDIO / "austen.wav", text=None)
    with (
        Stack(tmp_path, models, port, engine=durable_engine) as stack,
        Client(stack.url, token) as client,
    ):
        found = client.get(created["id"])
        assert found["status"] == "awaiting_upload"
        client.upload(found, (AUDIO / "austen.wav").read_bytes())
        *_, attempt = client.watch(created["id"], 60)
    assert attempt["status"] == "completed"
