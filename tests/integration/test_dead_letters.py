"""`make dead-letters` and `make replay` on either engine of a running stack."""

import json
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from local import dead_letters
from local.deployables import Function
from local.emulators import subscriptions
from local.stack import Stack
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.events import PostgresEvents, Subscription
from shared.adapters.gcp.pubsub import PubSubEvents
from shared.domain.events import ATTEMPT_ANALYZED

_NOWHERE = "http://127.0.0.1:1"


def _on_postgres(request: pytest.FixtureRequest) -> tuple[dict[str, str], Callable[[], str]]:
    database: sa.Engine = request.getfixturevalue("database")
    url = request.getfixturevalue("postgres_url")
    request.getfixturevalue("monkeypatch").setattr(Stack, "database_url", property(lambda _: url))
    events = PostgresEvents(database, SystemClock())
    subscription = Subscription("writer", ATTEMPT_ANALYZED, _NOWHERE, max_attempts=1)
    events.subscribe(subscription)

    def give_up() -> str:
        events.publish(ATTEMPT_ANALYZED, {})
        delivery = events.claim(subscription)
        assert delivery is not None
        events.refuse(delivery, "status 500")
        return f"writer/{delivery.event_id}  after 1 tries: status 500\n"

    return {"engine": "embedded"}, give_up


def _on_pubsub(request: pytest.FixtureRequest) -> tuple[dict[str, str], Callable[[], str]]:
    host: str = request.getfixturevalue("pubsub_host")
    project = f"demo-{uuid.uuid4().hex[:12]}"
    subscriptions.prepare(project, host, _NOWHERE, [Function("writer", "", ATTEMPT_ANALYZED)])
    events = PubSubEvents(project, emulator_host=host)
    source = "CloudPubSubDeadLetterSource"
    about = {
        f"{source}DeliveryCount": "10",
        f"{source}Subscription": "writer",
        f"{source}SubscriptionProject": project,
    }

    def give_up() -> str:
        message_id = events.publish("writer-dead-letters", {}, about)
        return f"writer/{message_id}  after 10 tries\n"

    return {"engine": "emulators", "project": project, "pubsub_host": host}, give_up


@pytest.fixture(params=[_on_postgres, _on_pubsub], ids=["embedded", "emulators"])
def give_up(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], str]:
    """Makes one dead letter, and answers how it is listed."""
    addresses, give_up = request.param(request)
    (tmp_path / "running.json").write_text(json.dumps({"database_port": "1", **addresses}))
    monkeypatch.setenv("DATA", str(tmp_path))
    return give_up


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    def command(*arguments: str, status: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["dead_letters", *arguments])
        assert dead_letters.main() == status
        output = capsys.readouterr()
        return output.err if status else output.out

    return command


def test_lists_and_replays(give_up: Callable[[], str], command: Callable[..., str]) -> None:
    assert command() == ""
    first, second, third = give_up(), give_up(), give_up()
    assert sorted(command().splitlines(True)) == sorted([first, second, third])
    assert command("--replay", second.split()[0]) == "Replayed 1.\n"
    assert sorted(command().splitlines(True)) == sorted([first, third])
    assert command("--replay", "all") == "Replayed 2.\n"
    assert command() == ""
    assert "no such dead letter" in command("--replay", "writer/none", status=1)


def test_without_a_stack_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[..., str]
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    assert "Is the stack running?" in command(status=1)
