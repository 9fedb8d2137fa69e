"""HTTP of sign-in with Firebase: parse, call one use case, serialise."""

from flask import Blueprint, Response, jsonify

from run_services.auth.firebase.schemas import FirebaseBody
from run_services.auth.firebase.usecases import Firebase
from run_services.auth.sessions.routes import session_answer
from shared.runtime import web

_CUSTOM_TOKEN_LIFETIME_S = 3600


def blueprint(firebase: Firebase, hops: int) -> Blueprint:
    routes = Blueprint("firebase", __name__, url_prefix="/v1/auth")

    @routes.post("/firebase")
    @web.public
    def sign_in() -> Response:
        body = web.parse(FirebaseBody)
        address = web.client_address(hops)
        return session_answer(firebase.sign_in(body.id_token, body.client_id, address))

    @routes.post("/firebase-token")
    def custom_token() -> Response:
        token = firebase.custom_token(web.principal())
        response = jsonify(custom_token=token, expires_in=_CUSTOM_TOKEN_LIFETIME_S)
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes
