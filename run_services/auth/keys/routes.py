"""The public keys of our tokens, for whoever verifies them."""

from flask import Blueprint, Response, jsonify

from shared.ports.identity import PublicKeys
from shared.runtime import web

# A new key is published longer than this before it signs.
_FRESH_FOR_S = 300


def blueprint(keys: PublicKeys) -> Blueprint:
    routes = Blueprint("keys", __name__, url_prefix="/v1/auth")

    @routes.get("/jwks")
    @web.public
    def jwks() -> Response:
        response = jsonify(keys.jwks())
        response.headers["Cache-Control"] = f"public, max-age={_FRESH_FOR_S}"
        return response

    return routes
