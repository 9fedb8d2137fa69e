"""Signing through IAM when it is slow, busy, down or refuses, and Google's keys as they change."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from google.oauth2.credentials import Credentials

from shared import wiring
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.gcp.iam_session import build_session
from shared.adapters.gcp.iam_tokens import GoogleTokens, IamTokens
from shared.adapters.gcp.service_account_keys import ServiceAccountKeys, build_client
from shared.adapters.remembered_tokens import RememberedTokens
from shared.domain.errors import AppError, Unauthenticated, Unavailable
from shared.domain.identity import Principal
from shared.runtime.settings import IdentitySettings
from tests.fakes.clock import StillClock
from tests.fakes.iam import FakeIam
from tests.fakes.jwt_attacks import Signer

AUTH, PRACTICE = (f"{name}@rostrum-test.iam.gserviceaccount.com" for name in ("auth", "practice"))
EVE = Principal("eve", "learner")
QUARTER = timedelta(minutes=15)


@pytest.fixture
def iam() -> Iterator[FakeIam]:
    with FakeIam() as iam:
        yield iam


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def session(iam: FakeIam) -> Iterator[requests.Session]:
    with iam.session() as session:
        yield session


@pytest.fixture
def keys(iam: FakeIam, clock: StillClock) -> Iterator[ServiceAccountKeys]:
    with build_client(iam.url) as client:
        yield ServiceAccountKeys(AUTH, client, clock)


def issuer(iam: FakeIam, session: requests.Session, waits: list[float]) -> IamTokens:
    return IamTokens(AUTH, session, SystemClock(), base_url=iam.url, sleep=waits.append)


def signed(iam: FakeIam, account: str = AUTH) -> str:
    kid, key = iam.signer(account)
    return Signer(key, kid, account, type="JWT").token()


@pytest.mark.parametrize("faults", [[429], [503], [500, 504], [0], [0, 503]])
def test_a_busy_signer_is_asked_again(
    iam: FakeIam, session: requests.Session, keys: ServiceAccountKeys, faults: list[int]
) -> None:
    iam.faults = list(faults)
    waits: list[float] = []
    token = issuer(iam, session, waits).issue(EVE, "rostrum", QUARTER)
    assert GoogleTokens({AUTH: keys}, "rostrum").verify(token) == EVE
    assert len(waits) == len(faults)
    assert waits == sorted(waits)
    assert 0.1 <= waits[0] <= 0.2


@pytest.mark.parametrize(
    ("faults", "calls"), [([503, 503, 503], 3), ([0, 0, 0], 3), ([403], 1), ([400], 1), ([404], 1)]
)
def test_a_signer_that_fails_is_unavailable_and_says_nothing_of_the_token(
    iam: FakeIam,
    session: requests.Session,
    caplog: pytest.LogCaptureFixture,
    faults: list[int],
    calls: int,
) -> None:
    iam.faults = list(faults)
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable) as caught:
        issuer(iam, session, []).issue(EVE, "rostrum", QUARTER)
    assert caught.value.code == "signer_unavailable"
    assert len(iam.requests) == calls
    assert str(faults[-1] or 503) in caplog.text
    assert "eve" not in caplog.text
    assert iam.token not in caplog.text


def test_a_signer_that_is_not_there_is_unavailable(session: requests.Session) -> None:
    nowhere = IamTokens(
        AUTH, session, SystemClock(), base_url="http://127.0.0.1:9", sleep=lambda _: None
    )
    with pytest.raises(Unavailable):
        nowhere.issue(EVE, "rostrum", QUARTER)


def test_credentials_without_the_right_to_sign_are_unavailable(iam: FakeIam) -> None:
    with build_session(Credentials("another")) as stranger, pytest.raises(Unavailable):
        issuer(iam, stranger, []).issue(EVE, "rostrum", QUARTER)


def test_more_than_12_hours_are_not_signed(iam: FakeIam, session: requests.Session) -> None:
    with pytest.raises(Unavailable):
        issuer(iam, session, []).issue(EVE, "rostrum", timedelta(hours=12, minutes=5))


def test_keys_are_fetched_once_in_5_minutes(
    iam: FakeIam, keys: ServiceAccountKeys, clock: StillClock
) -> None:
    kid, _ = iam.signer(AUTH)
    for _ in range(50):
        assert keys.key(kid) is not None
    clock.advance(299)
    assert keys.jwks()["keys"][0]["kid"] == kid
    assert len(iam.requests) == 1
    clock.advance(1)
    assert keys.key(kid) is not None
    assert len(iam.requests) == 2


def test_an_unknown_key_id_fetches_again_every_10_seconds_at_most(
    iam: FakeIam, keys: ServiceAccountKeys, clock: StillClock
) -> None:
    verifier = GoogleTokens({AUTH: keys}, "rostrum")
    assert verifier.verify(signed(iam))
    iam.rotate(AUTH)
    for _ in range(20):
        with pytest.raises(Unauthenticated):
            verifier.verify(signed(iam))
    assert len(iam.requests) == 1
    clock.advance(10)
    assert verifier.verify(signed(iam))
    for _ in range(20):
        assert keys.key("unknown") is None
    assert len(iam.requests) == 2


def test_a_key_google_has_withdrawn_ends_with_the_cached_set(
    iam: FakeIam, keys: ServiceAccountKeys, clock: StillClock
) -> None:
    verifier = GoogleTokens({AUTH: keys}, "rostrum")
    token = signed(iam)
    assert verifier.verify(token)
    iam.rotate(AUTH, forget=True)
    assert verifier.verify(token)
    clock.advance(300)
    with pytest.raises(Unauthenticated):
        verifier.verify(token)


def test_unreachable_keys_leave_the_last_ones_in_use(
    iam: FakeIam, keys: ServiceAccountKeys, clock: StillClock
) -> None:
    verifier = GoogleTokens({AUTH: keys}, "rostrum")
    token = signed(iam)
    assert verifier.verify(token)
    iam.faults = [503, 0]
    for _ in range(2):
        clock.advance(3600)
        for _ in range(5):
            assert verifier.verify(token)
    assert len(iam.requests) == 3, "asked once an hour, although the cache was stale"
    iam.rotate(AUTH)
    clock.advance(10)
    assert verifier.verify(signed(iam))


def test_without_any_keys_nobody_is_refused_for_our_trouble(
    iam: FakeIam, keys: ServiceAccountKeys
) -> None:
    iam.faults = [503, 500, 0]
    for _ in range(3):
        with pytest.raises(AppError) as caught:
            GoogleTokens({AUTH: keys}, "rostrum").verify(signed(iam))
        assert caught.value.code == "signer_unavailable"
    assert GoogleTokens({AUTH: keys}, "rostrum").verify(signed(iam))


def test_an_account_vouches_only_for_itself(iam: FakeIam, keys: ServiceAccountKeys) -> None:
    kid, key = iam.signer(PRACTICE)
    forged = Signer(key, kid, AUTH, type="JWT").token()
    for token in (forged, signed(iam, PRACTICE)):
        with pytest.raises(Unauthenticated):
            GoogleTokens({AUTH: keys}, "rostrum").verify(token)


def test_google_settings_choose_whose_tokens_are_taken() -> None:
    settings = IdentitySettings(signer="google", token_account=AUTH, caller_accounts=(PRACTICE,))
    for verifier, account in (
        (wiring.token_verifier(settings), AUTH),
        (wiring.service_verifier(settings, "course"), PRACTICE),
    ):
        with pytest.raises(Unauthenticated):
            verifier.verify("what is deferred is there once it is used")
        assert isinstance(verifier._built, RememberedTokens)
        tokens = verifier._built._verifier
        assert isinstance(tokens, GoogleTokens)
        assert list(tokens._keys) == [account]
    keys = wiring.public_keys(settings)
    assert callable(keys.jwks)
    assert isinstance(keys._built, ServiceAccountKeys)
    with pytest.raises(ValueError, match="ROSTRUM_OWN_ACCOUNT"):
        wiring.token_issuer(settings)


def test_another_jwt_of_the_account_is_no_access_token(
    iam: FakeIam, keys: ServiceAccountKeys
) -> None:
    kid, key = iam.signer(AUTH)
    signer = Signer(key, kid, AUTH, type="JWT")
    for use in (None, "id", ["access"]):
        with pytest.raises(Unauthenticated):
            GoogleTokens({AUTH: keys}, "rostrum").verify(signer.token(token_use=use))
