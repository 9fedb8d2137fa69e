"""What the code answers and reads is what docs/ says."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import SecretStr

from local import configuration
from shared.domain.failure import FAILURES
from shared.speech.quality import _DETAILS as WARNINGS

ROOT = Path(__file__).parents[2]


def codes_in_source() -> set[str]:
    """Every literal given as an error's code, as a keyword or as a class attribute."""
    codes = set()
    for folder in ("shared", "run_services", "functions", "local"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                value = None
                if (isinstance(node, ast.keyword) and node.arg == "code") or (
                    isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code"
                ):
                    value = node.value
                elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("_Refusal"):
                    value = node.args[1]
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    codes.add(value.value)
    return codes


def test_every_problem_code_is_documented_and_every_documented_one_exists() -> None:
    documented = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/problems.md").read_text(), re.M)
    assert len(documented) == len(set(documented))
    assert set(documented) == codes_in_source() | set(FAILURES) | set(WARNINGS)


def test_every_failure_is_documented_word_for_word() -> None:
    text = (ROOT / "docs/problems.md").read_text()
    for failure in FAILURES.values():
        assert f"| `{failure.code}` | {failure.detail} | {failure.next_step} |" in text


def test_every_warning_is_documented_word_for_word() -> None:
    text = (ROOT / "docs/problems.md").read_text()
    for code, detail in WARNINGS.items():
        assert f"| `{code}` | {detail} |" in text


def test_every_setting_is_documented() -> None:
    assert configuration.PAGE.read_text() == configuration.page(), "run: make docs"


@pytest.mark.parametrize("module", [module for _, module in configuration.modules()])
def test_every_setting_says_what_it_means(module: str) -> None:
    settings = import_module(module).Settings
    assert all(field.description for field in settings.model_fields.values())


@pytest.mark.parametrize("module", [module for _, module in configuration.modules()])
def test_secrets_are_never_printed(module: str) -> None:
    for name, field in import_module(module).Settings.model_fields.items():
        if name.endswith(("_secret", "_password", "database_url")):
            assert field.annotation in (SecretStr, SecretStr | None)
