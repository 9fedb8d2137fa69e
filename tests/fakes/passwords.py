"""Real Argon2id with parameters that cost nothing, and a count of how often it ran."""

from run_services.auth.passwords import Passwords


class CountedPasswords(Passwords):
    def __init__(self) -> None:
        self.runs = 0
        super().__init__(memory_kib=8, passes=1)
        self.runs = 0

    def hash(self, password: str) -> str:
        self.runs += 1
        return super().hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        self.runs += 1
        return super().matches(stored, password)
