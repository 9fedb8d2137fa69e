"""`python -m tests.fakes.transfers HOST NAME TRANSFERS`: one of many who write the same documents.

Each transfer moves money between accounts, counts itself with its writer and in total, and takes a
doctor off call if another stays; then one claim is made. What is done is printed, a line a step.
"""

import random
import sys
import time

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.gcp.firestore import FirestoreDocuments, build_client
from shared.domain.errors import Conflict, Unavailable
from shared.ports.documents import Documents, Transaction
from tests.emulators import official

ACCOUNTS = ("a", "b", "c", "d")
START = 100
DOCTORS = ("x", "y")


def transfer(transaction: Transaction, name: str) -> None:
    one, other = random.sample(ACCOUNTS, 2)
    amount = random.randint(1, 30)
    counted = ("total", name)
    money = {account: transaction.get("accounts", account) for account in (one, other)}
    counts = {counter: transaction.get("counts", counter) for counter in counted}
    for account, sign in ((one, -1), (other, 1)):
        balance = money[account].data["n"] + sign * amount
        transaction.set("accounts", account, {"n": balance})
    for counter, found in counts.items():
        transaction.set("counts", counter, {"n": found.data["n"] + 1 if found else 1})


def change_duty(transaction: Transaction) -> None:
    """Reads both and writes one: two at once would leave nobody, were reads not checked."""
    on_call = {doctor: transaction.get("doctors", doctor).data["on"] for doctor in DOCTORS}
    doctor = random.choice(DOCTORS)
    # For others to come in between.
    time.sleep(random.uniform(0, 0.03))
    if not on_call[doctor]:
        transaction.set("doctors", doctor, {"on": True})
    elif all(on_call.values()):
        transaction.set("doctors", doctor, {"on": False})


def look(transaction: Transaction, name: str) -> tuple[int, bool]:
    """The sum of all accounts, and whether somebody is on call: of one moment.

    Written down, so that the commit checks what was read: a `read_time` of the emulator may come
    before a commit that is not there yet and bears an earlier time.
    """
    total = sum(transaction.get("accounts", account).data["n"] for account in ACCOUNTS)
    on_call = any(transaction.get("doctors", doctor).data["on"] for doctor in DOCTORS)
    transaction.set("looks", name, {"n": total})
    return total, on_call


def work(documents: Documents, name: str, transfers: int) -> None:
    for number in range(transfers):
        try:
            documents.transact(lambda transaction: transfer(transaction, name))
            _say("transfer")
            documents.transact(change_duty)
            documents.transact(change_duty)
            _say("seen", *documents.transact(lambda transaction: look(transaction, name)))
            documents.create("claims", str(number), {"by": name})
            _say("claim", number)
        except Conflict:
            pass
        except Unavailable as error:
            if error.code != "contended":
                raise


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    host, name, transfers = sys.argv[1:]
    client = build_client(official.PROJECT, "(default)", emulator_host=host)
    work(FirestoreDocuments(client, SystemClock()), name, int(transfers))
