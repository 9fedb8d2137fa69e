"""The published keys verify the tokens that are handed out, before and after a rotation."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from shared.adapters.embedded.signing_keys import rotate


def test_the_published_keys_verify_a_session(auth: Any) -> None:
    auth.register("eve@example.com")
    token = auth.login("eve@example.com")["access_token"]
    response = auth.call("GET", "/v1/auth/jwks")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=300"
    key = jwt.PyJWKSet.from_dict(response.json)[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token, key, ["RS256"], audience="rostrum", options={"verify_iat": False}, leeway=9e9
    )
    assert claims["iss"] == "rostrum-local"


def test_a_new_key_is_published_without_a_restart(auth: Any) -> None:
    before = auth.call("GET", "/v1/auth/jwks").json["keys"]
    new = rotate(auth.settings.token_keys, datetime.now(UTC), publish_before_use=timedelta(hours=1))
    after = auth.call("GET", "/v1/auth/jwks").json["keys"]
    assert after[:-1] == before
    assert after[-1]["kid"] == new.id
    assert all(key.keys() == {"kty", "n", "e", "kid", "alg", "use"} for key in after)
