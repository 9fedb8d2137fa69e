"""HTTP of sessions: parse, call one use case, serialise."""

from typing import Any

from flask import Blueprint, Response, jsonify

from run_services.auth.sessions.login import Credentials, Login
from run_services.auth.sessions.opened import SignedIn
from run_services.auth.sessions.schemas import LoginBody, LogoutBody, RefreshBody
from run_services.auth.sessions.usecases import Sessions
from run_services.auth.views import user_document
from shared.domain.times import timestamp
from shared.runtime import web


def blueprint(login: Login, sessions: Sessions, hops: int) -> Blueprint:
    routes = Blueprint("sessions", __name__, url_prefix="/v1/auth")

    @routes.post("/login")
    @web.public
    def log_in() -> Response:
        body = web.parse(LoginBody)
        return session_answer(
            login.login(Credentials(**body.model_dump()), web.client_address(hops))
        )

    @routes.post("/refresh")
    @web.public
    def refresh() -> Response:
        body = web.parse(RefreshBody)
        return session_answer(
            sessions.refresh(body.refresh_token, body.client_id, web.client_address(hops))
        )

    @routes.post("/logout")
    @web.public
    def logout() -> Response:
        sessions.logout(web.parse(LogoutBody).refresh_token, web.client_address(hops))
        return Response(status=204)

    @routes.post("/logout-all")
    def logout_everywhere() -> Response:
        sessions.logout_everywhere(web.principal())
        return Response(status=204)

    return routes


def session_answer(signed_in: SignedIn) -> Response:
    """A session as JSON that nothing on the way may keep (RFC 6749 §5.1)."""
    body: dict[str, Any] = {
        "access_token": signed_in.access_token,
        "token_type": "Bearer",
        "expires_in": signed_in.expires_in_s,
        "refresh_token": signed_in.refresh_token,
        "refresh_expires_at": timestamp(signed_in.refresh_expires_at),
        "user": user_document(signed_in.user),
    }
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response
