"""Many processes write the same documents in the emulator, and some are killed in the middle."""

import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.gcp.firestore import FirestoreDocuments
from shared.adapters.gcp.firestore_calls import Client
from shared.ports.documents import Documents
from tests.fakes.transfers import ACCOUNTS, DOCTORS, START, look

WRITERS = 6
AT_ONCE = 4
TRANSFERS = 10


@pytest.fixture
def documents(firestore_client: Client) -> Documents:
    documents = FirestoreDocuments(firestore_client, SystemClock())
    for account in ACCOUNTS:
        documents.create("accounts", account, {"n": START})
    for doctor in DOCTORS:
        documents.create("doctors", doctor, {"on": True})
    return documents


def run(host: str, number: int) -> list[list[str]]:
    """What a writer printed; every other one is killed somewhere on its way."""
    last = random.randrange(3, 2 * TRANSFERS) if number % 2 else None
    command = [sys.executable, "-m", "tests.fakes.transfers", host, f"w{number}", str(TRANSFERS)]
    said: list[list[str]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.split())
            if len(said) == last:
                sleep(random.uniform(0, 0.02))
                process.kill()
    assert process.returncode in ((0,) if last is None else (0, -9))
    return said


def test_whoever_is_killed_nothing_is_lost_or_done_by_halves(
    documents: Documents, firestore_host: str
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = list(pool.map(lambda number: run(firestore_host, number), range(WRITERS)))
    total = START * len(ACCOUNTS)
    assert documents.transact(lambda transaction: look(transaction, "end")) == (total, True)
    assert {tuple(line[1:]) for lines in said for line in lines if line[0] == "seen"} == {
        (str(total), "True")
    }

    counts = {found.id: found.data["n"] for found in documents.query("counts")}
    assert counts.pop("total") == sum(counts.values())
    for number, lines in enumerate(said):
        heard = sum(line[0] == "transfer" for line in lines)
        # Of what was done just before the kill nobody has heard.
        assert counts.get(f"w{number}", 0) - heard in ((0, 1) if number % 2 else (0,))

    claims = [
        (line[1], f"w{number}")
        for number, lines in enumerate(said)
        for line in lines
        if line[0] == "claim"
    ]
    assert max(Counter(slot for slot, _ in claims).values()) == 1
    for slot, writer in claims:
        assert documents.get("claims", slot).data == {"by": writer}
