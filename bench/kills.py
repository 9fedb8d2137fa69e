"""Kill tests: the stack, or one of its processes, killed at each step of the way.

Attempts go the whole way while something is killed with SIGKILL at a chosen step plus a random
delay; what died is started again. At the end every attempt whose upload was accepted must be
final, and a trigger inside the database must have seen each completed exactly once, with one
feedback. `python -m bench.kills --kills 50 --seed 7` prints one line a kill and the sums.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from bench.victim import Victim
from local.client import ApiError, Client
from local.deployables import ROOT

AUDIO = ROOT / "tests" / "fixtures" / "audio" / "austen.wav"
TEXT = "He was not an ill disposed young man."
STEPS = ("creating", "uploading", "uploaded", "processing", "analyzed", "completed")
PROCESSES = (
    "postgres",
    "practice",
    "ai_gateway",
    "object_server",
    "audio_processing",
    "feedback_writer",
    "attempt_sweeper",
    "event_pump",
    "gateway",
)
FINAL = ("completed", "failed")
AUDIT = """
CREATE TABLE IF NOT EXISTS audit (attempt_id text, status text, feedback text);
CREATE OR REPLACE FUNCTION audit_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.collection = 'attempts' AND NEW.data ->> 'status' IN ('completed', 'failed') THEN
    INSERT INTO audit VALUES (NEW.id, NEW.data ->> 'status', md5(NEW.data ->> 'feedback'));
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER audit_attempt AFTER INSERT OR UPDATE ON documents
  FOR EACH ROW EXECUTE FUNCTION audit_attempt();
"""


@dataclass
class Outcome:
    """What the attempts came to. `lost` and `doubled` must be empty."""

    kills: int = 0
    by_step: Counter[str] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        all_completed = self.statuses == {"completed": len(self.accepted)}
        return not self.lost and not self.doubled and bool(self.accepted) and all_completed


def run(kills: int, seed: int, data: Path, models: Path) -> Outcome:
    """`kills` kills, one an attempt, then everything is left to finish."""
    chance = random.Random(seed)  # noqa: S311
    outcome = Outcome()
    with Victim(data, models) as victim:
        _execute(victim.stack.database_url, AUDIT)
        learner = "kill-test"
        token = victim.stack.learner_token(learner, timedelta(hours=12))
        for number in range(kills):
            step = STEPS[number % len(STEPS)]
            target = chance.choice([*PROCESSES, "everything"])
            with Client(victim.url, token) as client:
                attempt_id = _attempt(client, victim, step, target, chance)
            outcome.kills += 1
            outcome.by_step[step] += 1
            if attempt_id:
                outcome.accepted.append(attempt_id)
            print(f"kill {number + 1:>3}: {target} at {step}", flush=True)
        with Client(victim.url, token) as client:
            _finish(client, outcome)
        _audit(victim.stack.database_url, outcome)
    return outcome


def _attempt(
    client: Client, victim: Victim, step: str, target: str, chance: random.Random
) -> str | None:
    """One attempt with one kill on its way; its id once its upload was accepted."""
    delay = chance.uniform(0, 0.5)

    def kill() -> None:
        time.sleep(delay)
        victim.kill(target)

    if step == "creating":
        victim.kill_after(delay / 5, target)
    created = _persist(lambda: client.create(AUDIO, text=TEXT))
    if step == "uploading":
        victim.kill_after(delay / 5, target)
    _upload(client, created)
    if step == "uploaded":
        kill()
    elif step in ("processing", "analyzed", "completed"):
        _wait_for(client, created["id"], step)
        kill()
    victim.settle()
    return str(created["id"])


def _upload(client: Client, created: dict[str, Any]) -> None:
    """As a careful client: again until accepted; "already uploaded" means accepted."""

    def put() -> None:
        try:
            client.upload(created, AUDIO.read_bytes())
        except ApiError as error:
            if error.problem.get("code") != "already_uploaded":
                raise

    _persist(put)


def _wait_for(client: Client, attempt_id: str, step: str) -> None:
    order = ("awaiting_upload", "processing", "analyzed", "completed", "failed")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        status = _persist(lambda: client.get(attempt_id))["status"]
        if order.index(status) >= order.index(step):
            return
        time.sleep(0.005)


def _persist(call: Any) -> Any:  # noqa: ANN401
    """Repeat until the stack is back; a refusal that is the caller's fault is passed on."""
    deadline = time.monotonic() + 120
    while True:
        try:
            return call()
        except (httpx.HTTPError, ApiError) as error:
            gone = not isinstance(error, ApiError) or error.status >= 500  # noqa: PLR2004
            if not gone or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _finish(client: Client, outcome: Outcome) -> None:
    deadline = time.monotonic() + 300
    waiting = list(outcome.accepted)
    while waiting and time.monotonic() < deadline:
        for attempt_id in list(waiting):
            status = _persist(lambda attempt_id=attempt_id: client.get(attempt_id))["status"]
            if status in FINAL:
                waiting.remove(attempt_id)
                outcome.statuses[status] += 1
        time.sleep(0.2)
    outcome.lost = waiting


def _audit(database_url: str, outcome: Outcome) -> None:
    rows = _execute(
        database_url,
        "SELECT attempt_id FROM audit GROUP BY attempt_id "
        "HAVING count(*) > 1 OR count(DISTINCT feedback) > 1",
    )
    outcome.doubled = [row[0] for row in rows]


def _execute(database_url: str, statement: str) -> list[Any]:
    engine = sa.create_engine(database_url)
    try:
        with engine.begin() as connection:
            result = connection.execute(sa.text(statement))
            return list(result) if result.returns_rows else []
    finally:
        engine.dispose()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        models = Path(os.environ.get("DATA", ".rostrum")).resolve() / "models"
        outcome = run(options.kills, options.seed, Path(folder) / "data", models)
    print(
        f"{outcome.kills} kills ({dict(outcome.by_step)}), {len(outcome.accepted)} attempts "
        f"accepted: {dict(outcome.statuses)}, lost {len(outcome.lost)}, "
        f"double feedback {len(outcome.doubled)}"
    )
    return 0 if outcome.clean else 1


if __name__ == "__main__":
    sys.exit(main())
