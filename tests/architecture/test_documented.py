"""What the code answers and reads is what docs/ says."""

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from local.settings import StackSettings
from shared.domain.failure import FAILURES
from shared.runtime.settings import RuntimeSettings

ROOT = Path(__file__).parents[2]
SETTINGS = [
    *sorted(ROOT.glob("run_services/*/settings.py")),
    *sorted(ROOT.glob("functions/*/settings.py")),
    ROOT / "local/object_server/settings.py",
    ROOT / "local/event_pump.py",
]


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
    assert set(documented) == codes_in_source() | set(FAILURES)


def test_every_failure_is_documented_word_for_word() -> None:
    text = (ROOT / "docs/problems.md").read_text()
    for failure in FAILURES.values():
        assert f"| `{failure.code}` | {failure.detail} | {failure.next_step} |" in text


def documented_settings() -> dict[str, dict[str, str]]:
    """Heading → variable → default, as docs/configuration.md has it."""
    sections: dict[str, dict[str, str]] = {}
    heading = ""
    for line in (ROOT / "docs/configuration.md").read_text().splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif match := re.match(r"\| `(\w+)` \| (.+?) \| (.+) \|$", line):
            sections.setdefault(heading, {})[match[1]] = match[2]
    return sections


def expected(settings: Any, prefix: str, without: set[str]) -> dict[str, str]:
    rows = {}
    for name, field in settings.model_fields.items():
        if name in without:
            continue
        default = "–" if field.is_required() else field.default  # noqa: RUF001
        text = "(none)" if default is None else str(default)
        rows[f"{prefix}{name}".upper()] = text.lower() if isinstance(default, bool) else text
    return rows


@pytest.mark.parametrize("path", SETTINGS, ids=lambda path: path.parent.name)
def test_every_setting_of_a_deployable_is_documented(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    settings = import_module(module).Settings
    heading = path.stem if path.stem != "settings" else path.parent.name
    common = set(RuntimeSettings.model_fields)
    assert documented_settings()[heading] == expected(settings, "rostrum_", common)


def test_the_common_settings_and_the_stacks_are_documented() -> None:
    sections = documented_settings()
    assert sections["Of every deployable"] == expected(RuntimeSettings, "rostrum_", set())
    stack = sections["The stack on one machine (`make up`, `make demo`)"]
    assert stack == expected(StackSettings, "", set())


@pytest.mark.parametrize("path", SETTINGS, ids=lambda path: path.parent.name)
def test_secrets_are_never_printed(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for name, field in import_module(module).Settings.model_fields.items():
        if name.endswith(("_secret", "_password", "database_url")):
            assert field.annotation is SecretStr
