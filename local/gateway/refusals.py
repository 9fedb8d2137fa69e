"""The gateway's own refusals as RFC 9457 problem documents, in the services' words."""

from dataclasses import dataclass
from typing import Any

_OWN_WORDS = "%LOCAL_REPLY_BODY%"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """`answered` replaces Envoy's `status` where another one is right."""

    status: int
    code: str
    title: str
    detail: str
    answered: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


_NOT_SIGNED_IN = "Sign in first"
_TOKEN = f"The access token was not accepted: {_OWN_WORDS}."

_REFUSALS = (
    _Refusal(400, "bad_request", "The request is not valid", "The request is malformed."),
    _Refusal(401, "unauthenticated", _NOT_SIGNED_IN, _TOKEN),
    # Envoy answers 403 for another audience's token; to RFC 6750 that is invalid_token, a 401.
    _Refusal(
        403,
        "unauthenticated",
        _NOT_SIGNED_IN,
        _TOKEN,
        answered=401,
        headers=(("WWW-Authenticate", 'Bearer error="invalid_token"'),),
    ),
    _Refusal(404, "route_not_found", "Not found", "Nothing is served at this path."),
    _Refusal(
        405,
        "method_not_allowed",
        "Method not allowed",
        "This path is not served for this method; Allow names those that are.",
    ),
    _Refusal(408, "request_timeout", "Request timeout", "The request did not arrive in time."),
    _Refusal(413, "too_large", "Too large", "A request may have at most 32 MB."),
    _Refusal(
        426, "http_version_not_supported", "HTTP version not supported", "Speak HTTP/1.1 or later."
    ),
    _Refusal(431, "headers_too_large", "Headers too large", "Headers may have at most 60 KB."),
    _Refusal(502, "bad_gateway", "Bad gateway", "The service gave no valid answer."),
    _Refusal(
        503,
        "unavailable",
        "Temporarily unavailable",
        "The service cannot be reached; please try again.",
        headers=(("Retry-After", "1"),),
    ),
    _Refusal(504, "deadline_exceeded", "Deadline exceeded", "The service did not answer in time."),
)


def local_reply_config() -> dict[str, Any]:
    """Envoy's LocalReplyConfig: a problem for each status it makes itself, and for any other."""
    known = [_mapper(refusal, "EQ") for refusal in _REFUSALS]
    other = _Refusal(400, "refused", "The gateway refused the request", _OWN_WORDS)
    return {"mappers": [*known, _mapper(other, "GE")]}


def _mapper(refusal: _Refusal, op: str) -> dict[str, Any]:
    status: int | str = refusal.answered or refusal.status
    problem = {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": status if op == "EQ" else "%RESPONSE_CODE%",
        "detail": refusal.detail,
        # Without its query: a signed URL's signature stays where it was sent.
        "instance": "%PATH(NQ)%",
        "code": refusal.code,
        "trace_id": "%DYNAMIC_METADATA(trace:id)%",
    }
    mapper: dict[str, Any] = {
        "filter": {
            "status_code_filter": {
                "comparison": {
                    "op": op,
                    "value": {"default_value": refusal.status, "runtime_key": "refusals.status"},
                }
            }
        },
        "body_format_override": {
            "json_format": problem,
            "content_type": "application/problem+json",
            # A request too broken to be read has no trace yet.
            "omit_empty_values": True,
        },
        "headers_to_add": [
            {
                "header": {"key": key, "value": value},
                "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
            }
            for key, value in refusal.headers
        ],
    }
    if refusal.answered is not None:
        mapper["status_code"] = refusal.answered
    return mapper
