"""How passwords are kept, and which are refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import argon2
import pytest

from run_services.auth import passwords
from run_services.auth.passwords import Passwords, require_strong
from shared.domain.errors import Invalid


def test_parameters_are_at_least_owasps() -> None:
    parameters = argon2.extract_parameters(Passwords().hash("seven green umbrellas"))
    assert parameters.type is argon2.Type.ID
    assert parameters.memory_cost >= 19_456
    assert parameters.time_cost >= 2
    assert parameters.salt_len >= 16


def test_hashes_differ_and_match() -> None:
    cheap = Passwords(memory_kib=8, passes=1)
    first, second = cheap.hash("seven green umbrellas"), cheap.hash("seven green umbrellas")
    assert first != second
    assert cheap.matches(first, "seven green umbrellas")
    assert not cheap.matches(first, "seven green umbrella")
    assert not cheap.matches(None, "the password of no account")
    assert not cheap.matches("no hash", "seven green umbrellas")
    assert not cheap.is_outdated(first)
    assert Passwords(memory_kib=16, passes=1).is_outdated(first)


def test_only_a_few_are_hashed_at_once(monkeypatch) -> None:
    cheap = Passwords(memory_kib=8, passes=1)
    lock, running, most = Lock(), 0, 0
    hashing = argon2.PasswordHasher.hash

    def watched(self, *arguments, **options) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            return hashing(self, *arguments, **options)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(argon2.PasswordHasher, "hash", watched)
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(cheap.hash, ["seven green umbrellas"] * 64))
    assert 1 <= most <= 4


def test_the_list_holds_what_the_length_lets_through() -> None:
    listed = [line for line in passwords._LIST.read_text().splitlines() if line]
    assert len(listed) == len(set(listed)) > 100
    assert all(line == line.casefold() and len(line) >= 12 for line in listed)


@pytest.mark.parametrize("password", ["QWERTYUIOP123", "aaaaaaaaaaaaa", " eve@example.com"])
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as caught:
        require_strong(password, "Eve@example.com", "/password")
    assert caught.value.code == "password_too_weak"
    assert caught.value.errors[0].pointer == "/password"


def test_words_of_ones_own_are_fine() -> None:
    require_strong("seven green umbrellas", "eve@example.com", "/password")
