"""The builds: every command exists, every variable is declared, the order is the safe one."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from delivery import smoke, turn

ROOT = Path(__file__).parents[2]
RELEASE = ROOT / "cloudbuild.yaml"
REVIEW = ROOT / "infra" / "cloudbuild" / "review.yaml"
DELIVERY = ROOT / "infra" / "terraform" / "modules" / "delivery"
# https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values
BUILT_IN = {"BUILD_ID", "COMMIT_SHA", "PROJECT_ID", "SERVICE_ACCOUNT_EMAIL"}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
BUILDS = pytest.mark.parametrize("path", [RELEASE, REVIEW], ids=["release", "review"])


def build(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def words(step: dict[str, Any]) -> list[str]:
    return [step.get("entrypoint", ""), *step["args"]]


def order(path: Path) -> list[str]:
    return [step["id"] for step in build(path)["steps"]]


@BUILDS
def test_steps_call_targets_and_modules_that_exist(path: Path) -> None:
    for step in build(path)["steps"]:
        line = " ".join(words(step))
        called = re.findall(r"\bmake ((?:[a-z-]+ ?)+)", line)
        targets = {name for names in called for name in names.split()}
        modules = re.findall(r"-m (delivery\.\w+)", line)
        assert targets <= TARGETS, step["id"]
        assert all(importlib.util.find_spec(name) for name in modules), step["id"]
        # Nothing is done here that nobody can do elsewhere.
        assert targets or modules or step["id"] == "tools"


@BUILDS
def test_options_of_modules_are_theirs(path: Path) -> None:
    for step in build(path)["steps"]:
        line = " ".join(words(step))
        for module in re.findall(r"-m (delivery\.\w+)", line):
            sources = [ROOT / f"{module.replace('.', '/')}.py", ROOT / "delivery" / "options.py"]
            known = set(re.findall(r'"(--[a-z-]+)"', "".join(s.read_text() for s in sources)))
            assert set(re.findall(r"(--[a-z-]+)=", line)) <= known, step["id"]


@BUILDS
def test_variables_of_targets_are_read_by_the_makefile(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for step in build(path)["steps"]:
        if step.get("entrypoint") == "make":
            for variable in re.findall(r"^([A-Z_]+)=", "\n".join(step["args"]), re.M):
                assert f"$${variable}" in makefile or f"$({variable}" in makefile, variable


@BUILDS
def test_substitutions_are_declared_and_used(path: Path) -> None:
    text = path.read_text()
    declared = set(build(path)["substitutions"])
    used = set(re.findall(r"(?<!\$)\${(\w+)}", text))
    assert used - BUILT_IN == declared


@BUILDS
def test_the_trigger_knows_no_other_substitutions(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    triggers = (DELIVERY / "triggers.tf").read_text().split('\nresource "')
    trigger = next(text for text in triggers if f'"{name}"' in text)
    given = set(re.findall(r"^    (_[A-Z_]+) +=", trigger, re.M))
    assert given
    assert given <= set(build(path)["substitutions"])


def test_nothing_is_deployed_that_was_not_tested_and_nobody_reaches_it_unasked() -> None:
    assert order(RELEASE) == [
        "tools",
        "test",
        "archives",
        "image",
        "sbom",
        "turn",
        "values",
        "plan",
        "apply",
        "migrate",
        "deploy",
        "smoke",
        "canary",
    ]


def test_steps_wait_for_each_other() -> None:
    # Without waitFor each step waits for all before it.
    assert not any("waitFor" in step for step in build(RELEASE)["steps"])
    assert not any(step.get("allowFailure") for step in build(RELEASE)["steps"])


def test_releases_know_each_other_and_no_review() -> None:
    assert build(RELEASE)["tags"] == [turn.TAG]
    assert "tags" not in build(REVIEW)


def test_a_review_changes_nothing() -> None:
    changing = {"apply", "deploy", "migrate", "canary", "image", "release", "rollback"}
    text = " ".join(word for step in build(REVIEW)["steps"] for word in words(step))
    assert not changing & set(text.split())
    assert "LOCK=false" in text


def test_images_go_by_digest_with_provenance() -> None:
    release = build(RELEASE)
    assert release["options"]["requestedVerifyOption"] == "VERIFIED"
    pushed = next(step for step in release["steps"] if step["id"] == "image")
    assert [f"IMAGE={image}" in pushed["args"] for image in release["images"]] == [True]
    for step in release["steps"]:
        if "--image=" in " ".join(words(step)):
            assert '--image="$$(cat build/image)"' in " ".join(words(step))


def test_production_is_released_with_approval() -> None:
    variables = (DELIVERY / "variables.tf").read_text()
    assert 'var.environment != "prod" ? true : var.source_repository.approval' in variables
    production = ROOT / "infra" / "terraform" / "environments" / "prod" / "variables.tf"
    assert "approval" in production.read_text()


def test_smoke_asks_routes_that_take_a_token() -> None:
    contract = yaml.safe_load((ROOT / "openapi" / "rostrum.yaml").read_text())
    for path in smoke.PROTECTED.values():
        operation = contract["paths"][path]["get"]
        assert operation.get("security", contract["security"]) != []
