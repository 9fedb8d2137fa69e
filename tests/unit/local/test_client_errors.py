"""One code for a refused upload, whichever engine refused it."""

import httpx
import pytest

from local.client import ApiError
from local.emulators.storage_door.refusals import RefusalError


def refusal(status: int, code: str) -> httpx.Response:
    document = RefusalError(status, code, "No <code> in here.").document
    return httpx.Response(status, text=document, headers={"Content-Type": "application/xml"})


@pytest.mark.parametrize(
    ("status", "named", "code"),
    [
        (400, "EntityTooLarge", "upload_too_large"),
        (400, "ExpiredToken", "url_expired"),
        (400, "MalformedSecurityHeader", "url_signature_invalid"),
        (403, "SignatureDoesNotMatch", "url_signature_invalid"),
        (404, "NoSuchKey", "object_not_found"),
        (412, "PreconditionFailed", "already_uploaded"),
    ],
)
def test_cloud_storages_refusals_have_the_codes_of_the_api(
    status: int, named: str, code: str
) -> None:
    error = ApiError(refusal(status, named))
    assert (error.status, error.problem) == (status, {"code": code})


def test_a_problem_is_kept_whole() -> None:
    problem = {"code": "already_uploaded", "detail": "This upload URL has been used."}
    response = httpx.Response(
        412, json=problem, headers={"Content-Type": "application/problem+json"}
    )
    assert ApiError(response).problem == problem
    assert str(ApiError(response)) == problem["detail"]


@pytest.mark.parametrize(
    "response",
    [
        refusal(400, "SomethingNew"),
        httpx.Response(
            502, text="<Code>ExpiredToken</Code>", headers={"Content-Type": "text/html"}
        ),
        httpx.Response(503),
    ],
)
def test_anything_else_has_none(response: httpx.Response) -> None:
    error = ApiError(response)
    assert error.problem == {}
    assert str(response.status_code) in str(error)
