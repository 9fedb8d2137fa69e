"""What every signer and verifier of tokens must do, whoever holds the keys (RFC 8725, RFC 9068)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.identity import LocalTokens
from shared.adapters.embedded.signing_keys import PrivateKeys, create_keys
from shared.adapters.gcp.iam_tokens import GoogleTokens, IamTokens
from shared.adapters.gcp.service_account_keys import ServiceAccountKeys, build_client
from shared.domain.errors import Unauthenticated
from shared.domain.identity import Principal
from shared.ports.identity import PublicKeys, TokenIssuer, TokenVerifier
from tests.fakes.iam import FakeIam
from tests.fakes.jwt_attacks import ATTACKS, Attack, Signer

ACCOUNT = "auth@rostrum-test.iam.gserviceaccount.com"
AUDIENCE = "rostrum"
HOUR = timedelta(hours=1)


@dataclass
class Identity:
    """One implementation: its ports, and its key to sign what it would not sign itself."""

    issuer: TokenIssuer
    verifier: TokenVerifier
    public: PublicKeys
    signer: Signer


def local(folder: Path) -> Identity:
    create_keys(folder)
    tokens = LocalTokens(folder, "rostrum-local", AUDIENCE, SystemClock())
    kid, key = PrivateKeys(folder).current(SystemClock().now())
    return Identity(tokens, tokens, tokens, Signer(key, kid, "rostrum-local"))


@contextmanager
def google() -> Iterator[Identity]:
    clock = SystemClock()
    with FakeIam() as iam, build_client(iam.url) as client, iam.session() as session:
        public = ServiceAccountKeys(ACCOUNT, client, clock)
        kid, key = iam.signer(ACCOUNT)
        yield Identity(
            IamTokens(ACCOUNT, session, clock, base_url=iam.url),
            GoogleTokens({ACCOUNT: public}, AUDIENCE),
            public,
            Signer(key, kid, ACCOUNT, type="JWT"),
        )


@pytest.fixture(scope="module", params=["local", "google"])
def identity(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Identity]:
    if request.param == "local":
        yield local(tmp_path_factory.mktemp("keys"))
    else:
        with google() as identity:
            yield identity


@pytest.mark.parametrize("role", ["learner", "teacher", "admin", "service"])
def test_an_issued_token_names_its_principal(identity: Identity, role: Any) -> None:
    token = identity.issuer.issue(Principal("user-1", role), AUDIENCE, HOUR)
    assert identity.verifier.verify(token) == Principal("user-1", role)


@pytest.mark.parametrize("second_factor", [False, True])
def test_an_issued_token_names_the_session(identity: Identity, second_factor: bool) -> None:
    signed_in = Principal("user-1", "admin", "session-1", 1_790_000_000, second_factor)
    token = identity.issuer.issue(signed_in, AUDIENCE, HOUR)
    assert identity.verifier.verify(token) == signed_in


def test_an_issued_token_says_what_a_resource_server_asks_for(identity: Identity) -> None:
    token = identity.issuer.issue(Principal("user-1", "learner"), AUDIENCE, HOUR)
    other = identity.issuer.issue(Principal("user-1", "learner"), AUDIENCE, HOUR)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims.keys() == {"iss", "aud", "sub", "role", "iat", "exp", "jti", "token_use"}
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["iat"] - time.time()) < 60
    assert claims["token_use"] == "access"
    assert claims["jti"] != jwt.decode(other, options={"verify_signature": False})["jti"]
    header = jwt.get_unverified_header(token)
    assert header == {"alg": "RS256", "kid": identity.signer.kid, "typ": identity.signer.type}


def test_the_published_keys_verify_a_token_and_keep_their_secret(identity: Identity) -> None:
    token = identity.issuer.issue(Principal("user-1", "learner"), AUDIENCE, HOUR)
    published = identity.public.jwks()
    (entry,) = published["keys"]
    assert entry.keys() == {"kty", "n", "e", "kid", "alg", "use"}
    key = jwt.PyJWKSet.from_dict({"keys": [dict(entry)]})[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, ["RS256"], audience=AUDIENCE)["sub"] == "user-1"


def test_a_well_made_token_passes(identity: Identity) -> None:
    assert identity.verifier.verify(identity.signer.token()) == Principal("learner-1", "learner")


def test_a_token_for_several_audiences_passes_at_each(identity: Identity) -> None:
    assert identity.verifier.verify(identity.signer.token(aud=["other", AUDIENCE]))


@pytest.mark.parametrize(
    "attack", [a for a in ATTACKS if a.forge is not None], ids=lambda attack: attack.name
)
def test_no_attack_is_accepted(identity: Identity, attack: Attack) -> None:
    assert attack.forge is not None
    with pytest.raises(Unauthenticated):
        identity.verifier.verify(attack.forge(identity.signer))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["other"]},
        {"iat": None},
        {"iat": 32503680000},
        {"sub": ""},
        {"sub": 7},
        {"role": None},
        {"role": "root"},
        {"role": ["admin"]},
        {"sid": 7},
        {"auth_time": "yesterday"},
        {"auth_time": True},
    ],
    ids=str,
)
def test_claims_of_another_kind_are_refused(identity: Identity, changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        identity.verifier.verify(identity.signer.token(**changes))


@pytest.mark.parametrize("type", ["at+jwt", "JWT", "dpop+jwt"])
def test_only_its_own_type_is_taken(identity: Identity, type: str) -> None:
    token = identity.signer.token({"typ": type})
    if type == identity.signer.type:
        assert identity.verifier.verify(token)
    else:
        with pytest.raises(Unauthenticated):
            identity.verifier.verify(token)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "ü.ü.ü", "A" * 100_000, "..", ".a.b"])
def test_what_is_no_token_is_refused(identity: Identity, text: str) -> None:
    with pytest.raises(Unauthenticated):
        identity.verifier.verify(text)


def test_no_letter_of_a_signature_may_change(identity: Identity) -> None:
    token = identity.signer.token()
    alphabet: Callable[[str], str] = lambda c: "A" if c != "A" else "B"  # noqa: E731
    for at in (-1, -2, -100, -342):
        with pytest.raises(Unauthenticated):
            identity.verifier.verify(token[:at] + alphabet(token[at]) + token[at:][1:])


def test_a_stranger_cannot_sign(identity: Identity) -> None:
    stranger = rsa.generate_private_key(65537, 2048)
    forged = Signer(stranger, identity.signer.kid, identity.signer.issuer, identity.signer.type)
    with pytest.raises(Unauthenticated):
        identity.verifier.verify(forged.token())
