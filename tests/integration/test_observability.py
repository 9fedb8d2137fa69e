"""A service as a process: what it sends and says, and what its probes answer."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local import deployables, postgres
from local.postgres import Postgres
from local.processes import Processes, free_port
from run_services.ai_gateway.main import create_app
from run_services.ai_gateway.settings import Settings
from shared.adapters.embedded.database import create_tables
from shared.adapters.embedded.identity import create_keys
from shared.adapters.postgresql.engine import connect
from tests.fakes.telemetry import Collector

LIVE, READY = "/internal/v1/health/live", "/internal/v1/health/ready"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as started:
        yield started


def test_the_last_spans_are_sent_when_the_process_is_told_to_end(
    collector: Collector, postgres_url: str, tmp_path: Path
) -> None:
    create_keys(tmp_path / "tokens")
    environment = {
        "ROSTRUM_DATABASE_URL": postgres_url,
        "ROSTRUM_TOKEN_KEYS": str(tmp_path / "tokens"),
        "ROSTRUM_OTLP_ENDPOINT": collector.url,
    }
    command = deployables.service("ai_gateway", "run_services.ai_gateway", environment, free_port())
    processes = Processes(tmp_path / "logs", tmp_path / "pids")
    processes.start(command)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{command.port}") as client:
            assert client.get(READY).json() == {"status": "ok"}
            assert client.post("/internal/v1/tasks/feedback").status_code == 401
    finally:
        processes.stop()
    assert collector.spans == ["POST /internal/v1/tasks/{task}"], "health checks leave none"
    assert collector.metrics == ["http.server.request.duration"]
    said = (tmp_path / "logs" / "ai_gateway.log").read_text()
    lines = [json.loads(line) for line in said.splitlines()]
    assert {line["service"] for line in lines} == {"ai_gateway"}
    assert any(line["message"].startswith("Starting gunicorn") for line in lines)
    assert all({"severity", "time", "message"} <= line.keys() for line in lines)


def test_a_service_without_its_store_is_live_and_not_ready_until_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_keys(tmp_path / "tokens")
    port, password = free_port(), "test-password"
    url = postgres.url(port, password)
    command = Postgres(tmp_path / "data", port, password).prepare()

    def started(run: int) -> Processes:
        processes = Processes(tmp_path / f"logs{run}", tmp_path / f"pids{run}")
        processes.start(command)
        return processes

    monkeypatch.setattr("shared.runtime.readiness.REMEMBERED_S", 0.0)
    first = started(1)
    engine = connect(url)
    create_tables(engine)
    engine.dispose()
    settings = Settings(database_url=url, token_keys=tmp_path / "tokens")
    client = create_app(settings).test_client()
    assert (client.get(LIVE).status_code, client.get(READY).status_code) == (200, 200)

    first.stop()
    assert client.get(LIVE).json == client.get("/v1/health").json == {"status": "ok"}
    refused = client.get(READY)
    assert (refused.status_code, refused.json["code"]) == (503, "not_ready")
    assert refused.json["detail"] == "These do not answer: documents."

    second = started(2)
    try:
        assert client.get(READY).status_code == 200
    finally:
        second.stop()
