"""HTTP of the second factor: parse, call one use case, serialise."""

from typing import Any

from flask import Blueprint, Response, jsonify

from run_services.auth.second_factor.schemas import EitherCodeBody, TotpBody
from run_services.auth.second_factor.usecases import SecondFactor
from shared.runtime import web


def blueprint(second_factor: SecondFactor) -> Blueprint:
    routes = Blueprint("second_factor", __name__, url_prefix="/v1/auth/totp")

    @routes.post("")
    def enrol() -> Response:
        enrolment = second_factor.enrol(web.principal())
        body = {"secret": enrolment.secret, "otpauth_uri": enrolment.otpauth_uri}
        return _kept_nowhere(body, 201)

    @routes.post("/confirm")
    def confirm() -> Response:
        caller = web.principal()
        codes = second_factor.confirm(caller, web.parse(TotpBody).code)
        return _kept_nowhere({"recovery_codes": codes})

    @routes.post("/disable")
    def disable() -> Response:
        caller = web.principal()
        second_factor.disable(caller, web.parse(EitherCodeBody).code)
        return Response(status=204)

    @routes.post("/recovery-codes")
    def new_recovery_codes() -> Response:
        caller = web.principal()
        codes = second_factor.new_recovery_codes(caller, web.parse(TotpBody).code)
        return _kept_nowhere({"recovery_codes": codes})

    return routes


def _kept_nowhere(body: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
