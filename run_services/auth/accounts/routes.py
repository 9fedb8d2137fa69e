"""HTTP of accounts: parse, call one use case, serialise."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request

from run_services.auth.accounts.address_changes import AddressChanges
from run_services.auth.accounts.password_changes import PasswordChanges
from run_services.auth.accounts.profiles import Profiles
from run_services.auth.accounts.registration import NewAccount, Registration
from run_services.auth.accounts.schemas import (
    AddressBody,
    ChangeEmailBody,
    ChangePasswordBody,
    LinkBody,
    ProfileBody,
    RegisterBody,
    ResetPasswordBody,
)
from run_services.auth.views import user_document
from shared.runtime import web


@dataclass(frozen=True, slots=True)
class Accounts:
    """The use cases behind these routes."""

    registration: Registration
    passwords: PasswordChanges
    addresses: AddressChanges
    profiles: Profiles


def blueprint(accounts: Accounts, hops: int) -> Blueprint:
    routes = Blueprint("accounts", __name__, url_prefix="/v1")
    _add_registration(routes, accounts.registration, hops)
    _add_passwords(routes, accounts.passwords, hops)
    _add_profile(routes, accounts)
    return routes


def _add_registration(routes: Blueprint, registration: Registration, hops: int) -> None:
    @routes.post("/auth/register")
    @web.public
    def register() -> Response:
        body = web.parse(RegisterBody)
        registration.register(NewAccount(**body.model_dump()), web.client_address(hops))
        return _accepted()

    @routes.post("/auth/verify-email")
    @web.public
    def verify_email() -> Response:
        registration.verify(web.parse(LinkBody).token, web.client_address(hops))
        return Response(status=204)

    @routes.post("/auth/resend-verification")
    @web.public
    def resend_verification() -> Response:
        registration.resend(web.parse(AddressBody).email, web.client_address(hops))
        return _accepted()


def _add_passwords(routes: Blueprint, passwords: PasswordChanges, hops: int) -> None:
    @routes.post("/auth/forgot-password")
    @web.public
    def forgot_password() -> Response:
        passwords.forgot(web.parse(AddressBody).email, web.client_address(hops))
        return _accepted()

    @routes.post("/auth/reset-password")
    @web.public
    def reset_password() -> Response:
        body = web.parse(ResetPasswordBody)
        passwords.reset(body.token, body.password, web.client_address(hops))
        return Response(status=204)

    @routes.post("/auth/change-password")
    def change_password() -> Response:
        body = web.parse(ChangePasswordBody)
        passwords.change(web.principal(), body.current_password, body.new_password)
        return Response(status=204)


def _add_profile(routes: Blueprint, accounts: Accounts) -> None:
    @routes.post("/auth/change-email")
    def change_email() -> Response:
        body = web.parse(ChangeEmailBody)
        accounts.addresses.ask(web.principal().id, body.password, body.new_email)
        return _accepted()

    @routes.get("/users/me")
    def get_me() -> Response:
        user = accounts.profiles.get(web.principal().id)
        return web.versioned(user_document(user), user.etag)

    @routes.patch("/users/me")
    def update_me() -> Response:
        changes = web.parse(ProfileBody).model_dump(exclude_unset=True)
        any_version = "If-Match" not in request.headers or request.if_match.star_tag
        etag = None if any_version else web.if_match()
        user = accounts.profiles.update(web.principal().id, changes, etag)
        return web.versioned(user_document(user), user.etag)


def _accepted() -> Response:
    response = jsonify(status="accepted")
    response.status_code = 202
    return response
