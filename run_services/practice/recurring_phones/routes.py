"""HTTP of a learner's recurring phones."""

from flask import Blueprint, Response, jsonify

from run_services.practice.recurring_phones.schemas import RecurringPhonesQuery
from run_services.practice.recurring_phones.usecases import Pronunciation
from shared.domain.documents import to_document
from shared.runtime import web


def blueprint(pronunciation: Pronunciation) -> Blueprint:
    routes = Blueprint("recurring_phones", __name__, url_prefix="/v1/users/me")

    @routes.get("/recurring-phones")
    def read() -> Response:
        user = web.principal()
        query = web.parse_query(RecurringPhonesQuery)
        response = jsonify(to_document(pronunciation.recurring_phones(user.id, query.attempts)))
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return routes
