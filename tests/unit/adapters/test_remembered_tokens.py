"""A token is checked once a moment, and never taken after its end."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.remembered_tokens import REMEMBERED_FOR, RememberedTokens
from shared.domain.errors import Unauthenticated
from shared.domain.identity import Principal

START = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass
class HeldClock:
    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def new_id(self) -> str:
        raise NotImplementedError


@dataclass
class Verifier:
    """Takes tokens until they expire by its clock, and counts."""

    clock: HeldClock
    asked: list[str] = field(default_factory=list)

    def verify(self, token: str) -> Principal:
        self.asked.append(token)
        if token.startswith("bad"):
            raise Unauthenticated("no")
        return Principal(token.split(".")[2], "learner")


def token(name: str, lives: timedelta) -> str:
    claims = json.dumps({"exp": int((START + lives).timestamp())}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).rstrip(b'=').decode()}.{name}"


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


def test_the_same_token_is_checked_once_a_moment(clock: HeldClock) -> None:
    verifier = Verifier(clock)
    remembered = RememberedTokens(verifier, clock)
    mine, yours = token("eve", timedelta(hours=1)), token("bob", timedelta(hours=1))
    names = [remembered.verify(each).id for each in (mine, yours, mine, yours, mine)]
    assert names == ["eve", "bob", "eve", "bob", "eve"]
    assert verifier.asked == [mine, yours]
    clock.at += REMEMBERED_FOR
    remembered.verify(mine)
    assert verifier.asked == [mine, yours, mine]


def test_a_token_that_ends_is_asked_about_again(clock: HeldClock) -> None:
    verifier = Verifier(clock)
    remembered = RememberedTokens(verifier, clock)
    short = token("eve", timedelta(seconds=10))
    remembered.verify(short)
    clock.at += timedelta(seconds=9)
    remembered.verify(short)
    assert len(verifier.asked) == 1
    clock.at += timedelta(seconds=1)
    remembered.verify(short)
    assert len(verifier.asked) == 2


def test_a_refusal_is_not_remembered(clock: HeldClock) -> None:
    verifier = Verifier(clock)
    remembered = RememberedTokens(verifier, clock)
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            remembered.verify("bad\ud800")
    assert len(verifier.asked) == 2
