"""docs/operations.md names nothing that is not there: targets, modules, files, alerts, commands."""

import re
import runpy
import shlex
import shutil
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.emulators import official

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
TERRAFORM = ROOT / "infra" / "terraform"
MODULES = TERRAFORM / "modules"
BLOCKS = [re.sub(r"\\\n\s*", "", b) for b in re.findall(r"```\n(.*?)```", TEXT, re.DOTALL)]
INLINE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
LINES = [line.strip() for block in BLOCKS for line in block.splitlines() if line.strip()]
CODE = [*LINES, *INLINE]


def commands(program: str) -> list[list[str]]:
    """The words of each command of that program, without those before it in a pipe."""
    calls = [part.strip() for line in CODE for part in line.split(" | ")]
    return [shlex.split(call) for call in calls if call.startswith(f"{program} ")]


def sources(module: str) -> str:
    return "\n".join(path.read_text() for path in sorted((MODULES / module).glob("*.tf")))


@cache
def gcloud_tree() -> dict[str, Any]:
    """Every command and flag of gcloud, from the SDK's own table for completion."""
    program = shutil.which("gcloud")
    table = Path("data/cli/gcloud_completions.py")
    root = Path(program).resolve().parents[1] if program else None
    if root is None or not (root / table).exists():
        official.absent("the Google Cloud SDK is not installed: its commands are not looked up")
    tree: dict[str, Any] = runpy.run_path(str(root / table))["STATIC_COMPLETION_CLI_TREE"]
    return tree


@pytest.mark.parametrize("words", commands("make"), ids=" ".join)
def test_every_target_of_make_is_there(words: list[str]) -> None:
    targets = [word for word in words[1:] if "=" not in word]
    assert targets
    for target in targets:
        assert re.search(rf"^{re.escape(target)}:", MAKEFILE, re.MULTILINE), target
    for name in (word.partition("=")[0] for word in words[1:] if "=" in word):
        assert re.search(rf"\$\$?[({{]?{name}\b|\({name}\)", MAKEFILE), f"{name} is not used"


def test_every_module_that_is_run_is_there() -> None:
    modules = {m for code in CODE for m in re.findall(r"python -m ([\w.]+)", code)}
    assert modules
    assert [module for module in modules if find_spec(module) is None] == []


def test_every_option_of_a_module_is_there() -> None:
    calls = [line for line in LINES if "python -m delivery." in line]
    assert calls
    for call in calls:
        module = re.findall(r"python -m delivery\.(\w+)", call)[0]
        known = "".join((ROOT / "delivery" / f"{m}.py").read_text() for m in (module, "options"))
        for option in re.findall(r" (--[a-z-]+)", call):
            assert f'"{option}"' in known, f"{module} {option}"


def test_every_path_is_there() -> None:
    tops = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != ".")
    named = {p for c in INLINE for p in re.findall(rf"^(?:{tops})/[\w./*-]*$", c)}
    named |= {c for c in INLINE if re.fullmatch(r"[\w-]+\.(?:yaml|toml|md)", c)}
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    headings = {h.lower().replace(" ", "-") for h in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings


def test_every_alert_has_its_section() -> None:
    text = sources("monitoring")
    titles = set(re.findall(r'^\s+title\s+= "([a-z][^"]*)"$', text, re.MULTILINE))
    titles |= {re.sub(r"\$\{[^}]*\} ", "", s) for s in re.findall(r'subject = "(\$[^"]*)"', text)}
    titles |= set(re.findall(r'"Rostrum: \$\{each\.key\} ([a-z ]+)"', text))
    titles -= {"${each.value.title}"}
    alerts = {title.replace("job ${name}", "a job") for title in titles if title[0] != "$"}
    section = TEXT.split("\n## Alerts\n")[1].split("\n## ")[0]
    parts = re.split(r"^### ", section, flags=re.MULTILINE)[1:]
    assert {part.partition("\n")[0] for part in parts} == alerts
    for part in parts:
        first = re.findall(r"^(?:gcloud|make|terraform) ", part, re.MULTILINE)
        assert len(first) == 3, f"three commands to begin with: {part}"


def test_every_name_is_known() -> None:
    terraform = "\n".join(path.read_text() for path in TERRAFORM.rglob("*.tf"))
    known = terraform + (ROOT / "docs" / "problems.md").read_text()
    names = {code for code in INLINE if re.fullmatch(r"[a-z]+(?:_[a-z]+)+", code)}
    assert names
    assert [n for n in sorted(names) if not re.search(rf"\b{n}\b", known)] == []
    settings = {s for code in CODE for s in re.findall(r"ROSTRUM_[A-Z_]+", code)}
    configuration = (ROOT / "docs" / "configuration.md").read_text()
    assert [name for name in settings if f"`{name}`" not in configuration] == []


def test_every_secret_job_and_schedule_is_terraforms() -> None:
    composition = sources("rostrum")
    secrets = {
        s for code in CODE for s in re.findall(r"\bauth-[a-z]+-(?:secret|password|key)\b", code)
    }
    jobs = {j for code in CODE for j in re.findall(r"jobs execute ([a-z-]+)", code)}
    migrations = {j for code in CODE for j in re.findall(r"\bmigrate-([a-z]+)\b", code)}
    assert secrets
    assert jobs
    assert all(f'"{name}"' in composition for name in secrets), secrets
    assert all(re.search(rf"\b{name}\s+= ", composition) for name in jobs), jobs
    assert all(f'"{name}"' in composition for name in migrations), migrations
    assert all('"sweep"' in sources("schedules") for code in CODE if "scheduler jobs" in code)


def test_every_address_of_terraform_is_there() -> None:
    addresses = {a for code in CODE for a in re.findall(r"module\.rostrum\.module\.([\w.]+)", code)}
    assert addresses
    for address in addresses:
        module, *resource = address.split(".")
        assert f'module "{module}"' in sources("rostrum"), module
        if resource:
            assert f'resource "{resource[0]}" "{resource[1]}"' in sources(module), address


@pytest.mark.parametrize("words", commands("gcloud"), ids=" ".join)
def test_gcloud_knows_every_command_and_flag(words: list[str]) -> None:
    tree = gcloud_tree()
    node, rest = tree, words[1:]
    while rest and rest[0] in node.get("commands", {}):
        node, rest = node["commands"][rest[0]], rest[1:]
    assert not node.get("commands"), f"{rest[:1]} is no command"
    flags = {word.partition("=")[0] for word in rest if word.startswith("--")}
    assert flags <= node.get("flags", {}).keys() | tree["flags"].keys()
