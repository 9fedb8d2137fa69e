"""The contract: valid, complete, within API Gateway's limits, and true to the domain.

Limits: https://cloud.google.com/api-gateway/docs/openapi-v3-limitations
"""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from openapi_spec_validator import validate

from local.gateway import contract
from shared.domain import (
    analysis,
    attempt,
    course,
    failure,
    feedback,
    identity,
    media_types,
    prompts,
    recurring_phones,
    transcription,
)

PATH = Path("openapi/rostrum.yaml")
TEMPLATES = {"AUTH_URL", "COURSE_URL", "PRACTICE_URL", "TOKEN_ISSUER", "TOKEN_JWKS_URI"}
DOCUMENT: dict[str, Any] = contract.load(PATH)
OPERATIONS = [
    pytest.param(path, item, item[method], id=item[method]["operationId"])
    for path, item in DOCUMENT["paths"].items()
    for method in contract.METHODS
    if method in item
]
# Kept by the workers, or shown in another shape.
UNSHOWN = {
    "Attempt": {"lease_until", "last_error", "traceparent", "kept_until"},
    "Recording": {"generation"},
    "PointEvidence": {"turns"},
}
ADDED = {"Recording": {"kept_until", "url", "url_expires_at"}}
SHOWN = [
    attempt.Attempt,
    attempt.Prompt,
    attempt.Recording,
    failure.Failure,
    analysis.Analysis,
    analysis.AnalysisWarning,
    analysis.Word,
    analysis.Phone,
    analysis.HeardPhone,
    analysis.RecurringPhone,
    analysis.Pause,
    analysis.Measures,
    analysis.Scores,
    analysis.Score,
    analysis.Evidence,
    recurring_phones.PhoneOverAttempts,
    transcription.Transcriber,
    feedback.Feedback,
    feedback.Strength,
    feedback.Improvement,
    feedback.PointEvidence,
    course.CourseContent,
    course.Unit,
    course.Lesson,
    prompts.ReadAloud,
    prompts.FreeSpeech,
    prompts.Interview,
    prompts.RolePlay,
    prompts.MinimalPair,
    prompts.Patient,
]


def walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def schema(name: str) -> dict[str, Any]:
    return DOCUMENT["components"]["schemas"][name]


def enum(name: str, field: str | None = None) -> set[str]:
    node = schema(name) if field is None else schema(name)["properties"][field]
    return set(node["enum"])


def test_it_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_no_key_is_written_twice() -> None:
    def pairs(node: yaml.Node) -> Iterator[tuple[int, list[str]]]:
        if isinstance(node, yaml.MappingNode):
            yield node.start_mark.line + 1, [key.value for key, _ in node.value]
        children = node.value if isinstance(node.value, list) else []
        for child in children:
            for part in child if isinstance(child, tuple) else (child,):
                yield from pairs(part)

    root = yaml.compose(PATH.read_text(encoding="utf-8"))
    twice = [line for line, keys in pairs(root) if len(keys) != len(set(keys))]
    assert twice == []


@pytest.mark.parametrize(("path", "item", "operation"), OPERATIONS)
def test_every_operation_is_described(
    path: str, item: dict[str, Any], operation: dict[str, Any]
) -> None:
    assert operation["summary"].strip()
    assert operation["description"].strip()
    assert operation["tags"]
    parameters = [
        contract.resolve(DOCUMENT, parameter)
        for parameter in [*item.get("parameters", ()), *operation.get("parameters", ())]
    ]
    assert all(p["description"] and p["schema"] for p in parameters)
    in_path = {p["name"] for p in parameters if p["in"] == "path"}
    assert in_path == set(re.findall(r"\{([^}]+)\}", path))


@pytest.mark.parametrize(("path", "item", "operation"), OPERATIONS)
def test_every_operation_answers_with_success_and_with_problems(
    path: str, item: dict[str, Any], operation: dict[str, Any]
) -> None:
    secured = bool(operation.get("security", DOCUMENT["security"]))
    wanted = {"503", "504"} | ({"401", "403", "429"} if secured else set())
    wanted |= {"404"} if "{" in path else set()
    wanted |= {"400", "413", "415"} if "requestBody" in operation else set()
    assert wanted <= set(operation["responses"])
    assert any(status.startswith("2") for status in operation["responses"])
    for status, node in operation["responses"].items():
        answer = contract.resolve(DOCUMENT, node)
        if int(status) < 400:
            continue
        assert list(answer["content"]) == ["application/problem+json"]
        problem = answer["content"]["application/problem+json"]
        assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
        for example in problem["examples"].values():
            assert str(example["value"]["status"]) == status
            assert example["value"]["type"] == f"/problems/{example['value']['code']}"


def _examples() -> Iterator[Any]:
    for _, _, operation in (param.values for param in OPERATIONS):
        name = operation["operationId"]
        bodies = [("request", operation.get("requestBody", {}), OAS30WriteValidator)] + [
            (status, contract.resolve(DOCUMENT, answer), OAS30ReadValidator)
            for status, answer in operation["responses"].items()
        ]
        for where, body, validator in bodies:
            for media_type, content in body.get("content", {}).items():
                examples = content.get("examples")
                assert examples, f"{name} {where} {media_type} has no example"
                for label, example in examples.items():
                    value = contract.resolve(DOCUMENT, example)["value"]
                    yield pytest.param(
                        content["schema"], value, validator, id=f"{name}-{where}-{label}"
                    )


@pytest.mark.parametrize(("node", "value", "validator"), list(_examples()))
def test_every_example_is_valid(node: dict[str, Any], value: Any, validator: Any) -> None:
    whole = node | {"components": DOCUMENT["components"]}
    validator(whole, format_checker=validator.FORMAT_CHECKER).validate(value)


def test_it_keeps_within_the_limits_of_api_gateway() -> None:
    text = PATH.read_text(encoding="utf-8")
    assert len(text.encode()) < 10 * 1024 * 1024
    assert set(re.findall(r"[$%]\{([^}]*)\}", text)) == TEMPLATES
    contract.read(DOCUMENT)  # whole-segment parameters, inner references, backends, audiences
    names = [operation["operationId"] for _, _, operation in (p.values for p in OPERATIONS)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-zA-Z][a-zA-Z0-9]*", name) for name in names)
    for scheme in DOCUMENT["components"]["securitySchemes"].values():
        assert set(scheme["x-google-auth"]) == {"issuer", "jwksUri", "audiences"}
    references = [node["$ref"] for node in walk(DOCUMENT) if isinstance(node.get("$ref"), str)]
    assert all(reference.startswith("#/components/") for reference in references)


def test_no_component_is_unused() -> None:
    used = {node["$ref"] for node in walk(DOCUMENT) if isinstance(node.get("$ref"), str)}
    defined = {
        f"#/components/{kind}/{name}"
        for kind, members in DOCUMENT["components"].items()
        if kind != "securitySchemes"
        for name in members
    }
    assert defined == used


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.__name__)
def test_schemas_have_the_fields_of_the_domain(shown: Any) -> None:
    name = shown.__name__
    named = {field.name for field in fields(shown)} - UNSHOWN.get(name, set())
    assert set(schema(name)["properties"]) == named | ADDED.get(name, set())


def test_schemas_have_the_values_of_the_domain() -> None:
    assert enum("Status") == set(get_args(attempt.Status))
    assert enum("PromptLanguage") == enum("CourseLanguage") == set(attempt.LANGUAGES)
    assert enum("Kind") == set(get_args(attempt.Kind))
    assert enum("Strictness") == set(get_args(analysis.Strictness))
    assert enum("Word", "result") == set(get_args(analysis.WordResult))
    assert enum("Word", "level") == set(get_args(analysis.Level))
    assert enum("Score", "confidence") == set(get_args(analysis.Confidence))
    assert enum("Failure", "code") == set(failure.FAILURES)
    assert enum("Role") == set(get_args(identity.Role)) - {"service"}
    assert enum("CourseStatus") == set(get_args(course.CourseStatus))
    assert enum("CourseLevel") == set(get_args(course.Level))
    assert enum("Interview", "category") == set(get_args(prompts.InterviewCategory))
    assert enum("MediaType") == set(get_args(media_types.MediaType))
    assert schema("MaterialSize")["maximum"] == course.MAX_MEDIA_BYTES
    limit = schema("RecordingRequest")["properties"]["bytes"]["maximum"]
    assert limit == schema("Upload")["properties"]["max_bytes"]["maximum"]
    assert limit == attempt.MAX_RECORDING_BYTES


def test_text_knows_no_nul() -> None:
    """PostgreSQL's text cannot hold it, so no pattern of a request's text may let it through."""
    free = [
        node["pattern"]
        for node in walk(DOCUMENT)
        if node.get("type") == "string" and isinstance(node.get("pattern"), str)
    ]
    assert free
    assert [pattern for pattern in free if re.search(pattern, "a\0a" * 5)] == []


def test_every_code_shown_is_a_documented_one() -> None:
    page = Path("docs/problems.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    shown = {
        node["code"] for node in walk(DOCUMENT) if str(node.get("type", ""))[:10] == "/problems/"
    }
    assert len(shown) > 30
    assert shown <= documented
