"""Attacks on bearer tokens, each of which must end in 401 or 403 (RFC 8725)."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

_STRANGER = rsa.generate_private_key(65537, 2048)
_EVIL = "https://evil.example/keys"


@dataclass(frozen=True)
class Signer:
    """The true key and names of a deployment: what an attacker does not have, but a test does.

    Its tokens are good where users' are taken, unless it is told another audience and role;
    `other` are audience and role of the kind of caller that is not taken there.
    """

    key: rsa.RSAPrivateKey
    kid: str
    issuer: str
    type: str = "at+jwt"
    audience: str = "rostrum"
    role: str = "learner"
    other: tuple[str, str] = ("practice", "service")

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": "learner-1",
            "role": self.role,
            "iat": now,
            "exp": now + 600,
            "jti": "1",
            "token_use": "access",
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def header(self, **changes: Any) -> dict[str, Any]:
        header = {"alg": "RS256", "kid": self.kid, "typ": self.type} | changes
        return {name: value for name, value in header.items() if value is not None}

    def token(self, headers: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """One with the true signature."""
        return self.sign(self.header(**(headers or {})), self.claims(**changes))

    def sign(self, header: Any, payload: Any, algorithm: str = "RS256", key: Any = None) -> str:
        """Header and payload (text as it is, all else as JSON), signed with the true key."""
        signed = f"{part(header)}.{part(payload)}"
        signature = jwt.get_algorithm_by_name(algorithm).sign(signed.encode(), key or self.key)
        return f"{signed}.{b64(signature)}"

    def hmac(self, secret: bytes, **header: Any) -> str:
        """By hand, because libraries refuse to make such a token."""
        signed = f"{part(self.header(alg='HS256', **header))}.{part(self.claims())}"
        return f"{signed}.{b64(hmac.digest(secret, signed.encode(), 'sha256'))}"

    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Attack:
    """One case: a token to forge, or a request that carries a good one in a wrong way.

    `at_gateway` is false for what Envoy, and so API Gateway, leaves to the services: it checks
    signature, issuer, audience and times, and reads a good token's other spellings.
    """

    name: str
    forge: Callable[[Signer], str] | None = None
    headers: Callable[[Signer], Headers] | None = field(default=None, repr=False)
    query: Callable[[Signer], str] = field(default=lambda _: "", repr=False)
    at_gateway: bool = True

    def request(self, signer: Signer) -> tuple[Headers, str]:
        """Headers and query string."""
        headers: Headers = []
        if self.forge is not None:
            headers = [("Authorization", f"Bearer {self.forge(signer)}")]
        elif self.headers is not None:
            headers = self.headers(signer)
        return headers, self.query(signer)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(value: Any) -> str:
    return b64((value if isinstance(value, str) else json.dumps(value)).encode())


def unsigned(algorithm: str) -> Callable[[Signer], str]:
    return lambda s: f"{part(s.header(alg=algorithm))}.{part(s.claims())}."


def by_stranger(**header: Any) -> Callable[[Signer], str]:
    return lambda s: s.sign(s.header(**header), s.claims(), key=_STRANGER)


def claims(**changes: Any) -> Callable[[Signer], str]:
    return lambda s: s.token(**changes)


def jwk_of(key: rsa.RSAPrivateKey) -> dict[str, Any]:
    return dict(RSAAlgorithm.to_jwk(key.public_key(), as_dict=True))


def hmac_with(secret: Callable[[Signer], bytes]) -> Callable[[Signer], str]:
    return lambda s: s.hmac(secret(s))


def other_payload(**changes: Any) -> Callable[[Signer], str]:
    def forge(signer: Signer) -> str:
        header, _, signature = signer.token().split(".")
        return f"{header}.{part(signer.claims(**changes))}.{signature}"

    return forge


def claim_twice(signer: Signer) -> str:
    text = json.dumps(signer.claims())
    return signer.sign(signer.header(), text.replace('"role"', '"role": "admin", "role"'))


def jwe(signer: Signer) -> str:
    header = {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": signer.kid, "cty": "JWT"}
    return ".".join([part(header), *(b64(b"x" * n) for n in (256, 12, 400, 16))])


def loose_bits(signer: Signer) -> str:
    """The same signature in letters whose unused last bits differ."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = signer.token()
    return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


def carried(pattern: str) -> Callable[[Signer], Headers]:
    return lambda s: [("Authorization", pattern.format(token=s.token(), other=unsigned("none")(s)))]


ATTACKS = (
    *(Attack(f"alg {name}", unsigned(name)) for name in ("none", "None", "nOnE", "NONE")),
    Attack("no alg", lambda s: s.sign(s.header(alg=None), s.claims())),
    Attack("public key as HMAC secret", hmac_with(Signer.public_pem)),
    Attack("published JWK as HMAC secret", hmac_with(lambda s: json.dumps(jwk_of(s.key)).encode())),
    Attack("empty HMAC secret", hmac_with(lambda s: b"")),
    Attack("embedded jwk", by_stranger(jwk=jwk_of(_STRANGER))),
    Attack("embedded jwk without kid", by_stranger(jwk=jwk_of(_STRANGER), kid=None)),
    Attack("jku", by_stranger(jku=_EVIL)),
    Attack("x5u", by_stranger(x5u=_EVIL)),
    Attack("x5c", by_stranger(x5c=[base64.b64encode(b"certificate").decode()])),
    Attack("kid is a path", by_stranger(kid="../../../../dev/null")),
    Attack("kid is a path, empty secret", lambda s: s.hmac(b"", kid="../../../../dev/null")),
    Attack("kid is SQL", by_stranger(kid="x' UNION SELECT 'key'; --")),
    Attack("kid is unknown", by_stranger(kid="unknown")),
    Attack("kid is a list", lambda s: s.token({"kid": [s.kid]})),
    Attack("kid is an object", lambda s: s.token({"kid": {"$ne": ""}})),
    Attack("other key, true kid", by_stranger()),
    Attack("wrong issuer", claims(iss="https://evil.example")),
    Attack("no issuer", claims(iss=None)),
    Attack("issuer is a list", lambda s: s.token(iss=[s.issuer])),
    Attack("wrong audience", claims(aud="other")),
    Attack("no audience", claims(aud=None)),
    Attack("other kind of caller", lambda s: s.token(aud=s.other[0], role=s.other[1])),
    Attack("ID token type", lambda s: s.token({"typ": "id_token+jwt"}), at_gateway=False),
    Attack("no type", lambda s: s.token({"typ": None}), at_gateway=False),
    Attack("no subject", claims(sub=None), at_gateway=False),
    Attack("unknown role", claims(role="root"), at_gateway=False),
    Attack("never expires", claims(exp=None)),
    Attack("expired", claims(exp=int(time.time()) - 120)),
    Attack("not valid yet", claims(nbf=int(time.time()) + 86_400)),
    Attack("role raised, old signature", other_payload(role="admin")),
    Attack("subject changed, old signature", other_payload(sub="learner-2")),
    Attack("signature stripped", lambda s: s.token().rpartition(".")[0] + "."),
    Attack("two parts", lambda s: s.token().rpartition(".")[0]),
    Attack("signature truncated", lambda s: s.token()[:-8]),
    Attack("signature of zeros", lambda s: f"{s.token().rpartition('.')[0]}.{b64(bytes(256))}"),
    Attack("signature in other letters", loose_bits, at_gateway=False),
    Attack("claim twice", claim_twice),
    Attack(
        "header twice",
        lambda s: s.sign(
            json.dumps(s.header()).replace('"alg"', '"alg": "none", "alg"', 1), s.claims()
        ),
    ),
    Attack("nested JWT", lambda s: s.sign(s.header(cty="JWT"), s.token())),
    Attack("JWE", jwe),
    Attack("oversized", other_payload(padding="x" * 30_000)),
    Attack("oversized, well signed", claims(padding="x" * 10_000), at_gateway=False),
    Attack("RS512", lambda s: s.sign(s.header(alg="RS512"), s.claims(), "RS512")),
    Attack("PS256", lambda s: s.sign(s.header(alg="PS256"), s.claims(), "PS256")),
    Attack("PS256 said to be RS256", lambda s: s.sign(s.header(), s.claims(), "PS256")),
    Attack("RS256 said to be ES256", lambda s: s.sign(s.header(alg="ES256"), s.claims())),
    Attack("garbage", lambda s: "garbage"),
    Attack("nothing", headers=lambda s: []),
    Attack("token in the query", headers=lambda s: [], query=lambda s: f"access_token={s.token()}"),
    Attack("Basic", headers=carried("Basic {token}")),
    Attack("no scheme", headers=carried("{token}")),
    Attack("two tokens, the good one first", headers=carried("Bearer {token}, Bearer {other}")),
    Attack("two tokens, the good one last", headers=carried("Bearer {other}, Bearer {token}")),
    Attack("something after the token", headers=carried("Bearer {token} x")),
    Attack("padding after the token", headers=carried("Bearer {token}=="), at_gateway=False),
    Attack("a no-break space after the token", headers=carried("Bearer {token}\u00a0")),
    Attack("a letter before the token", headers=carried("Bearer \u00ff{token}"), at_gateway=False),
    Attack("a tab after the scheme", headers=carried("Bearer\t{token}")),
)
