"""An attempt goes the whole way; later another version judges it again, without the recording."""

from collections.abc import Callable
from typing import Any

import pytest

from local.client import Client
from local.deployables import ROOT
from local.rescore import __main__ as rescore
from local.stack import Stack
from shared.speech import judge, marking
from tests.fakes import stored

AUDIO = ROOT / "tests" / "fixtures" / "audio" / "austen.wav"
TEXT = "He was not an ill disposed young man."


@pytest.fixture
def another_version(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> str:
    """An engine to which nothing but perfection is excellent."""
    version = "2+another"
    monkeypatch.setenv("DATA", str(stack.data))
    monkeypatch.setattr(rescore, "scorer_version", lambda: version)
    monkeypatch.setattr(judge, "scorer_version", lambda: version)
    monkeypatch.setattr(marking, "EXCELLENT", 2.0)
    return version


def test_a_stored_analysis_gets_another_version(
    stack: Stack,
    learner: Callable[[], Client],
    finish: Callable[..., dict[str, Any]],
    another_version: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = learner()
    attempt = finish(AUDIO, TEXT, client)
    was = attempt["analysis"]
    measured_by = was["scorer_version"]
    name = f"attempts/{attempt['user_id']}/{attempt['id']}"
    stored.wait_until_gone(stack, "uploads", attempt["id"])
    assert name in stored.objects(stack, "features")

    def read() -> dict[str, Any]:
        document: dict[str, Any] = client.http.get(f"/v1/attempts/{attempt['id']}").json()
        return document

    assert rescore.main(["--after", rescore.just_before(attempt["id"])]) == 0
    told = capsys.readouterr().out
    assert f"       1  {measured_by:12}  would be rescored" in told
    assert read() == attempt

    apply = ["--after", rescore.just_before(attempt["id"]), "--apply", "--per-second", "1000"]
    assert rescore.main(apply) == 0
    assert f"       1  {measured_by:12}  rescored" in capsys.readouterr().out
    after = read()
    now = after["analysis"]
    assert (now["scorer_version"], now["rescored_from"]) == (another_version, measured_by)
    assert now["scores"]["accuracy"]["value"] < was["scores"]["accuracy"]["value"]
    assert now["words"] == was["words"]
    assert (after["status"], after["feedback"]) == ("completed", attempt["feedback"])
    assert rescore.main(apply) == 0
    assert "rescored" not in capsys.readouterr().out
    assert read() == after

    assert client.http.delete(f"/v1/attempts/{attempt['id']}").status_code == 204
    assert name not in stored.objects(stack, "features")


def test_without_a_stack(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path_factory.mktemp("nothing")))
    assert rescore.main([]) == 1
