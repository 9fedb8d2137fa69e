"""What `bench.fuzz` adds to Schemathesis: ZIP archives, and how refusals are judged.

Schemathesis' own check looks at the status alone. Here the code of the problem decides: a service
may refuse a request that fits the contract for what it means (a cursor of another list, an unknown
time zone), but never for its form.
"""

from typing import Any

import schemathesis

from local.deployables import ROOT
from local.packages import canonical_files, read_folder
from shared.repositories.course_packages.archive import pack

_ZIP = "application/zip"
_FORM = {"invalid_request", "malformed_json", "bad_request", "idempotency_key_invalid"}
_FORM_STATUSES = {405, 406, 413, 415, 426, 428, 431}
# What JSON Schema cannot say: addresses that exist, zones that are known, ids that are unique.
_MEANING = ("/email", "/new_email", "/time_zone", "/id")
_package = pack(canonical_files(read_folder(ROOT / "courses" / "job-interview-basics")))


@schemathesis.hook
def map_body(ctx: schemathesis.HookContext, body: Any) -> Any:  # noqa: ANN401
    """Now and then a whole package, or a damaged one, where random bytes would never make one."""
    if ctx.operation.label != "POST /v1/courses/import" or not isinstance(body, str):
        return body
    at = len(body) % len(_package)
    return (_package, _package[:at] + b"?" + _package[at + 1 :], body)[len(body) % 3]


@schemathesis.serializer(_ZIP)
def send_archive(
    ctx: schemathesis.SerializationContext,  # noqa: ARG001
    value: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """The bytes as they are; the contract's examples write each byte as one character."""
    data = value if isinstance(value, bytes) else str(value).encode("latin-1", errors="replace")
    return {"data": data}


@schemathesis.deserializer(_ZIP)
def read_archive(
    ctx: schemathesis.DeserializationContext,  # noqa: ARG001
    response: schemathesis.Response,
) -> str:
    """An archive as the schema has it, a string."""
    return response.content.decode("latin-1")


@schemathesis.check
def valid_data_acceptance(
    ctx: schemathesis.CheckContext,  # noqa: ARG001
    response: schemathesis.Response,
    case: schemathesis.Case,
) -> None:
    """A request that fits the contract is not refused for its form."""
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive:
        return
    if response.status_code in _FORM_STATUSES:
        raise AssertionError(f"{response.status_code} for a request that fits the contract")
    if response.status_code != 400:  # noqa: PLR2004
        return
    problem = response.json()
    pointers = [error["pointer"] for error in problem.get("errors", ())]
    if problem["code"] in _FORM and not (pointers and all(p.endswith(_MEANING) for p in pointers)):
        raise AssertionError(f"{problem['code']} for a request that fits the contract: {pointers}")
