"""Environments differ in values only, and every module says what it takes and gives."""

from pathlib import Path
from typing import Any

import hcl2
import pytest

from local.deployables import ROOT

TERRAFORM = ROOT / "infra" / "terraform"
ENVIRONMENTS = ("dev", "staging", "prod")
MODULES = sorted(path.parent for path in TERRAFORM.glob("modules/*/versions.tf"))


def read(path: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = hcl2.loads(path.read_text())
    return {name: body for name, body in parsed.items() if not name.startswith("__")}


def declared(folder: Path, kind: str) -> dict[str, dict[str, Any]]:
    """Variables or outputs of a module in the order they stand in."""
    blocks = [
        (name.strip('"'), body)
        for path in sorted(folder.glob("*.tf"))
        for block in read(path).get(kind, [])
        for name, body in block.items()
    ]
    assert len(blocks) == len(dict(blocks))
    return dict(blocks)


@pytest.mark.parametrize("file", ["backend.tf", "outputs.tf", "variables.tf", "versions.tf"])
def test_environments_are_made_alike(file: str) -> None:
    texts = {(TERRAFORM / "environments" / name / file).read_text() for name in ENVIRONMENTS}
    assert len(texts) == 1


def test_environments_give_the_same_values() -> None:
    """The same arguments to the one module; some may be equal."""
    calls = [read(TERRAFORM / "environments" / name / "main.tf") for name in ENVIRONMENTS]
    assert all(call.keys() == {"module"} and len(call["module"]) == 1 for call in calls)
    arguments = [call["module"][0]['"rostrum"'] for call in calls]
    assert arguments[0].keys() == arguments[1].keys() == arguments[2].keys()
    assert {str(given["source"]) for given in arguments} == {'"../../modules/rostrum"'}
    named = [str(given["environment"]).strip('"') for given in arguments]
    assert named == list(ENVIRONMENTS)


def test_what_an_installation_gives_is_shown() -> None:
    """Every value an environment needs stands in the example."""
    variables = declared(TERRAFORM / "environments" / "prod", "variable")
    needed = {name for name, body in variables.items() if "default" not in body}
    example = read(TERRAFORM / "environments" / "example.tfvars").keys()
    assert needed <= example <= variables.keys()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_says_what_it_takes_and_gives(module: Path) -> None:
    variables, outputs = declared(module, "variable"), declared(module, "output")
    assert all({"description", "type"} <= body.keys() for body in variables.values())
    assert all("description" in body for body in outputs.values())
    assert list(outputs) == sorted(outputs)
    for path in module.glob("variables*.tf"):
        names = [name for block in read(path).get("variable", []) for name in block]
        assert names == sorted(names)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_has_tests(module: Path) -> None:
    assert list(module.glob("tests/*.tftest.hcl"))
