"""The caller's address, and paths that nothing can be behind."""

import pytest
from flask import Blueprint, Response, jsonify

from shared.runtime import web


def shown(hops: int, **environ: str) -> str:
    routes = Blueprint("x", __name__)

    @routes.get("/address")
    def address() -> Response:
        return jsonify(web.client_address(hops))

    @routes.get("/things/<id>")
    def thing(id: str) -> Response:
        return jsonify(id)

    client = web.public_app("x", routes, max_body_bytes=1).test_client()
    assert client.get("/things/a").status_code == 200
    assert client.get("/things/a%00").json["code"] == "not_found"
    answer: str = client.get("/address", environ_base=environ).json
    return answer


@pytest.mark.parametrize(
    ("forwarded", "seen"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("garbage", "garbage"),
    ],
)
def test_the_address_stands_for_one_subscriber(forwarded: str, seen: str) -> None:
    assert shown(1, HTTP_X_FORWARDED_FOR=forwarded) == seen
    assert shown(0, REMOTE_ADDR=forwarded) == (forwarded if "," in forwarded else seen)
