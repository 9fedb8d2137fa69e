"""Work for transactions."""

from shared.ports.documents import Transaction


class Increment:
    """Work that counts how often it is run."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, transaction: Transaction) -> int:
        self.runs += 1
        found = transaction.get("counters", "c")
        n = found.data["n"] + 1 if found else 1
        transaction.set("counters", "c", {"n": n})
        return n
