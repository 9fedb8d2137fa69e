"""`make tf-check` is skipped aloud where there are no providers, and for no other reason."""

import sys
from pathlib import Path

import pytest

from delivery.terraform.__main__ import main

REGISTRY = "Error: Failed to query available provider packages"


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["tf-check", *arguments])
    return main()


def test_without_providers_it_is_skipped_aloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unplugged = program(
        tmp_path / "terraform", f'case "$1" in fmt) ;; *) echo "{REGISTRY}" >&2; exit 1 ;; esac'
    )
    assert run(monkeypatch, "--terraform", unplugged, "--optional") == 0
    assert "SKIPPED" in capsys.readouterr().out
    assert run(monkeypatch, "--terraform", unplugged) == 1


def test_without_terraform_it_is_skipped_aloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = str(tmp_path / "terraform")
    assert run(monkeypatch, "--terraform", absent, "--optional") == 0
    assert "SKIPPED" in capsys.readouterr().out
    assert run(monkeypatch, "--terraform", absent) == 1


@pytest.mark.parametrize("command", ["fmt", "-chdir"])
def test_what_is_wrong_is_not_skipped(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = program(
        tmp_path / "terraform", f'case "$1" in {command}*) echo main.tf; exit 3 ;; esac'
    )
    assert run(monkeypatch, "--terraform", refusing, "--optional") == 1
