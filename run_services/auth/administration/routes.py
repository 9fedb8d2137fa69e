"""HTTP of administration: parse, call one use case, serialise."""

from typing import Any

from flask import Blueprint, Response, jsonify

from run_services.auth.addresses import email_key
from run_services.auth.administration.schemas import AuditQuery, UserChange, UsersQuery
from run_services.auth.administration.usecases import Administration
from run_services.auth.views import user_document
from shared.domain.times import timestamp
from shared.domain.user import User
from shared.repositories.accounts.audit import AuditEntry
from shared.runtime import web


def blueprint(administration: Administration) -> Blueprint:
    routes = Blueprint("administration", __name__, url_prefix="/v1/admin")

    @routes.get("/users")
    def list_users() -> Response:
        caller = web.principal("admin")
        query = web.parse_query(UsersQuery)
        page = administration.list_users(
            caller,
            email_key=email_key(query.email) if query.email else None,
            role=query.role,
            cursor=query.cursor,
            limit=query.limit,
        )
        return _listing([_user(user) for user in page.items], page.next_cursor)

    @routes.patch("/users/<user_id>")
    def update_user(user_id: str) -> Response:
        caller = web.principal("admin")
        change = web.parse(UserChange)
        user = administration.update_user(
            caller, user_id, role=change.role, disabled=change.disabled
        )
        return jsonify(_user(user))

    @routes.get("/audit")
    def list_audit() -> Response:
        caller = web.principal("admin")
        query = web.parse_query(AuditQuery)
        page = administration.list_audit(
            caller,
            user_id=str(query.user_id) if query.user_id else None,
            cursor=query.cursor,
            limit=query.limit,
        )
        return _listing([_entry(entry) for entry in page.items], page.next_cursor)

    return routes


def _listing(items: list[dict[str, Any]], next_cursor: str | None) -> Response:
    body: dict[str, Any] = {"items": items}
    if next_cursor:
        body["next_cursor"] = next_cursor
    return jsonify(body)


def _user(user: User) -> dict[str, Any]:
    document = {**user_document(user), "disabled": user.disabled_at is not None}
    if user.last_login_at is not None:
        document["last_login_at"] = timestamp(user.last_login_at)
    return document


def _entry(entry: AuditEntry) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": entry.id,
        "at": timestamp(entry.at),
        "action": entry.action,
        "actor_id": entry.actor_id,
        "details": dict(entry.details),
    }
    if entry.subject_id is not None:
        document["subject_id"] = entry.subject_id
    return document
