"""`make up`, `make token` and `make grant`, as an operator types them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from local.client import Client
from local.deployables import ROOT
from local.processes import free_port
from local.stack import EngineName


@dataclass
class Terminal:
    """A stack that `make up` started, and what it has printed."""

    environment: dict[str, str]
    printed: Path
    url: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def shows(self, text: str, within_s: float = 60) -> str:
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if text in (shown := self.printed.read_text()):
                return shown
            time.sleep(0.1)
        raise AssertionError(f"{text!r} was not printed: {self.printed.read_text()}")


@pytest.fixture(scope="module")
def terminal(
    engine: EngineName, tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[Terminal]:
    folder = tmp_path_factory.mktemp("up")
    port = free_port()
    environment = {
        **os.environ,
        "DATA": str(folder / "data"),
        "MODELS": str(models.resolve()),
        "PORT": str(port),
        "ENGINE": engine,
    }
    terminal = Terminal(environment, folder / "printed", f"http://127.0.0.1:{port}")
    with terminal.printed.open("w") as output:
        up = subprocess.Popen(
            [sys.executable, "-m", "local.up"], cwd=ROOT, env=environment, stdout=output
        )
        try:
            terminal.shows("Stop with Ctrl-C", within_s=120)
            yield terminal
        finally:
            up.send_signal(signal.SIGINT)
            assert up.wait(60) == 0
    assert "Stopping" in terminal.printed.read_text()


def test_a_token_is_a_new_learners_and_their_mail_is_shown(terminal: Terminal) -> None:
    result = terminal.run("local.learner")
    assert result.returncode == 0, result.stderr
    address = result.stderr.split()[0]
    terminal.shows(f"Mail to {address}: ")
    assert "token=" in terminal.shows("/verify?")
    with Client(terminal.url, result.stdout.strip()) as client:
        me = client.http.get("/v1/users/me").json()
    assert (me["email"], me["role"], me["email_verified"]) == (address, "learner", True)


def test_the_operator_makes_a_teacher(terminal: Terminal) -> None:
    made = terminal.run("local.learner")
    address, password = made.stderr.split()[0], made.stderr.split()[-1]
    granted = terminal.run("local.grant", address, "teacher")
    assert granted.returncode == 0, granted.stderr
    session = httpx.post(
        f"{terminal.url}/v1/auth/login", json={"email": address, "password": password}
    ).json()
    assert session["user"]["role"] == "teacher"
    refused = terminal.run("local.grant", "nobody@learner.example", "teacher")
    assert refused.returncode == 1
    assert "no account" in refused.stderr


def test_a_token_without_a_stack(terminal: Terminal, tmp_path: Path) -> None:
    environment = {**terminal.environment, "PORT": str(free_port()), "DATA": str(tmp_path)}
    nowhere = Terminal(environment, terminal.printed, terminal.url)
    for command in (("local.learner",), ("local.grant", "a@learner.example", "teacher")):
        result = nowhere.run(*command)
        assert result.returncode == 1
        assert "make up" in result.stderr
