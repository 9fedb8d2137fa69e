"""The authorisation matrix: every operation of the contract by every kind of caller, as it is in
authorisation.yaml, through the gateway. An operation without a row fails, and so does a row without
an operation."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bench.accounts import Account, open_account, token
from bench.fuzz import UNLIMITED
from local.deployables import ROOT
from local.gateway import contract
from local.packages import canonical_files, read_folder
from local.processes import free_port
from local.stack import EngineName, Stack
from shared.repositories.course_packages.archive import pack

DOCUMENT: dict[str, Any] = contract.load(ROOT / "openapi" / "rostrum.yaml")
TABLE: dict[str, dict[str, list[int | str]]] = yaml.safe_load(
    Path(__file__).with_name("authorisation.yaml").read_text(encoding="utf-8")
)
CALLERS = ("nobody", "other_learner", "owner", "other_teacher", "admin", "admin_with_factor")
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    item[method]["operationId"]: (method.upper(), path, item[method])
    for path, item in DOCUMENT["paths"].items()
    for method in contract.METHODS
    if method in item
}
OWNED_BY_TEACHERS = {"courses", "authoring", "packages"}
# Each may do it once, or must be signed in anew.
ONCE = {"enrolTotp", "deleteMe", "requestExport"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
PACKAGE = pack(canonical_files(read_folder(ROOT / "courses" / "job-interview-basics")))


def roles(owner: str) -> dict[str, tuple[str, bool]]:
    """Role and second factor of every caller with a token."""
    return {
        "other_learner": ("learner", False),
        "owner": (owner, False),
        "other_teacher": ("teacher", False),
        "admin": ("admin", False),
        "admin_with_factor": ("admin", True),
    }


@dataclass
class World:
    """The stack, and an account for every kind of caller."""

    stack: Stack
    http: httpx.Client
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    courses: dict[str, dict[str, str]] = field(default_factory=dict)

    def account(self, caller: str, owner: str, *, fresh: bool = False) -> Account:
        role, _ = roles(owner)[caller]
        key = (caller, role)
        if fresh or key not in self.accounts:
            account = open_account(self.stack, role)
            if fresh:
                return account
            self.accounts[key] = account
        return self.accounts[key]

    def untouched(self, state: str) -> dict[str, str]:
        """A course in that state which no case changes."""
        if state not in self.courses:
            self.courses[state] = make_course(self, state, with_media=True)
        return self.courses[state]

    def headers(self, account: Account, *, second_factor: bool = False) -> dict[str, str]:
        bearer = token(self.stack, account, second_factor=second_factor)
        return {"Authorization": f"Bearer {bearer}"}

    def call(self, account: Account, method: str, path: str, **options: Any) -> dict[str, Any]:
        """What must succeed before the case can be tried."""
        headers = {**self.headers(account), **options.pop("headers", {})}
        response = self.http.request(method, path, headers=headers, **options)
        assert response.is_success, (path, response.status_code, response.text)
        return response.json() if response.content else {}


@pytest.fixture(scope="module")
def world(
    engine: EngineName, tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[World]:
    data = tmp_path_factory.mktemp("authorisation")
    with (
        Stack(data, models, free_port(), environment=UNLIMITED, engine=engine) as stack,
        httpx.Client(base_url=stack.url, timeout=60) as http,
    ):
        yield World(stack, http)


def make_course(world: World, state: str, *, with_media: bool) -> dict[str, str]:
    """A course of the teacher in that state; answers what paths to it need."""
    teacher = world.account("owner", "teacher")
    content = deepcopy(DOCUMENT["components"]["examples"]["CourseContent"]["value"])
    if with_media:
        content["units"][0]["lessons"][0]["media"] = ["ward.png"]
    made = world.call(teacher, "POST", "/v1/courses", json=content)
    place = f"/v1/courses/{made['id']}"
    wanted = {"name": "ward.png", "content_type": "image/png", "bytes": len(PNG)}
    upload = world.call(teacher, "POST", f"{place}/media", json=wanted)["upload"]
    sent = httpx.put(upload["url"], content=PNG, headers=upload["headers"])
    assert sent.is_success, sent.text
    if state != "draft":
        world.call(teacher, "POST", f"{place}/publish", json={})
    if state == "archived":
        world.call(teacher, "DELETE", place)
    return {
        "course_id": made["id"],
        "prompt_id": "clinic",
        "version": "1",
        "media_name": "ward.png",
    }


def owner_of(operation: str) -> str:
    return "teacher" if OWNED_BY_TEACHERS & set(OPERATIONS[operation][2]["tags"]) else "learner"


def objects(world: World, operation: str, state: str, *, changed: bool) -> dict[str, str]:
    """Values for the path, of objects the owner has made by real calls; new ones to be changed."""
    owner = world.account("owner", owner_of(operation))
    _, path, _ = OPERATIONS[operation]
    if state != "any":
        if changed:
            values = make_course(world, state, with_media=operation != "deleteMedia")
        else:
            values = world.untouched(state)
        if operation in ("getProgress", "leaveCourse"):
            world.call(owner, "PUT", f"/v1/courses/{values['course_id']}/enrolment")
        return values
    if "{attempt_id}" in path:
        attempt = {"kind": "free_speech", "recording": {"content_type": "audio/wav"}}
        return {"attempt_id": world.call(owner, "POST", "/v1/attempts", json=attempt)["id"]}
    if "{export_id}" in path:
        once = world.account("owner", "learner", fresh=True)
        world.accounts["owner", "learner"] = once
        return {"export_id": world.call(once, "POST", "/v1/users/me/exports")["id"]}
    if "{upload_id}" in path:
        upload = world.call(owner, "POST", "/v1/package-uploads", json={"bytes": 10})
        return {"upload_id": upload["id"]}
    if "{user_id}" in path:
        return {"user_id": world.account("other_learner", "learner").id}
    return {}


def body(operation: str, values: dict[str, str], account: Account | None) -> dict[str, Any]:
    """Arguments of the request: the contract's first example, made to fit the caller."""
    content = OPERATIONS[operation][2].get("requestBody", {}).get("content", {})
    if operation == "importPackage":
        query = {"course_id": values["course_id"]} if values else {}
        headers = {"Content-Type": "application/zip"}
        return {"content": PACKAGE, "params": query, "headers": headers}
    if not content:
        return {}
    first = next(iter(content["application/json"]["examples"].values()))
    example = dict(contract.resolve(DOCUMENT, first)["value"])
    if operation == "login":
        example["email"] = "nobody@example.com"
    if operation == "createPackageUpload" and values:
        example["course_id"] = values["course_id"]
    if operation == "changePassword" and account:
        example |= {"current_password": account.password, "new_password": account.password}
    if operation == "changeEmail" and account:
        example |= {"password": account.password, "new_email": f"new-{account.email}"}
    return {"json": example}


def test_every_operation_has_its_rows_and_every_row_its_operation() -> None:
    assert set(TABLE) == set(OPERATIONS)
    for operation, rows in TABLE.items():
        assert all(len(row) == len(CALLERS) for row in rows.values()), operation
        (_, path, _) = OPERATIONS[operation]
        assert ("any" not in rows) or "{course_id}" not in path


@pytest.mark.parametrize(
    ("operation", "state", "caller", "expected"),
    [
        pytest.param(operation, state, caller, str(cell), id=f"{operation}-{state}-{caller}")
        for operation, rows in TABLE.items()
        for state, row in rows.items()
        for caller, cell in zip(CALLERS, row, strict=True)
    ],
)
def test_each_caller_gets_what_the_table_says(
    world: World, operation: str, state: str, caller: str, expected: str
) -> None:
    method, path, _ = OPERATIONS[operation]
    status, _, code = expected.partition(" ")
    changed = status.startswith("2") and method != "GET"
    values = objects(world, operation, state, changed=changed)
    account, headers = None, {}
    if caller != "nobody":
        owner = owner_of(operation)
        account = world.account(caller, owner, fresh=operation in ONCE)
        headers = world.headers(account, second_factor=roles(owner)[caller][1])
    options = body(operation, values, account)
    if operation == "putDraft":
        draft = world.http.get(
            f"/v1/courses/{values['course_id']}/draft",
            headers=world.headers(world.account("owner", "teacher")),
        )
        headers["If-Match"] = draft.headers["ETag"]
    headers |= options.pop("headers", {})
    response = world.http.request(method, path.format(**values), headers=headers, **options)
    assert response.status_code == int(status), response.text
    default = {"401": "unauthenticated", "403": "forbidden"}.get(status)
    if wanted := code or default:
        assert json.loads(response.content)["code"] == wanted
