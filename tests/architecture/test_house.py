"""The house rules that a tool does not already enforce."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("shared", "run_services", "functions", "local", "delivery")
MAX_LINES = 250
MAIN_LINES = {"run_services": 25, "functions": 40}
SDKS = ("firestore", "storage", "pubsub", "speech", "aiplatform", "texttospeech", "sql")
SDK_MODULES = ("google.genai", "firebase_admin", "vertexai", *(f"google.cloud.{s}" for s in SDKS))


def sources(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "node_modules" not in path.parts)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources(*CODE, "tests", "bench"), ids=name)
def test_a_file_stays_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", sources(*CODE), ids=name)
def test_names_say_what_is_inside(path: Path) -> None:
    assert path.stem not in {"utils", "common", "helpers", "base"}
    if path.stem != "__init__":
        assert path.stem not in sys.stdlib_module_names
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), "a module says in a sentence what it is"


@pytest.mark.parametrize("path", [p for p in sources(*CODE) if p.name == "__init__.py"], ids=name)
def test_packages_have_empty_inits(path: Path) -> None:
    assert path.read_text() == ""


@pytest.mark.parametrize(
    "path", [p for p in sources("run_services", "functions") if p.name == "main.py"], ids=name
)
def test_main_only_wires(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAIN_LINES[path.parts[-3]]
    tree = ast.parse(path.read_text())
    assert all(
        isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.Expr)
        for node in tree.body
    ), "nothing happens at import"


def modules_after_importing(module: str) -> set[str]:
    script = f"import sys, {module}; print('\\n'.join(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


DEPLOYABLES = [
    ".".join(p.relative_to(ROOT).with_suffix("").parts)
    for p in sources("run_services", "functions")
    if p.name == "main.py"
]


@pytest.mark.parametrize("module", [*DEPLOYABLES, "shared.wiring", "local.up"])
def test_no_sdk_is_loaded_by_an_import(module: str) -> None:
    loaded = modules_after_importing(module)
    assert [m for m in loaded if m.startswith(SDK_MODULES)] == []


def test_the_recogniser_is_loaded_with_the_first_recording() -> None:
    loaded = modules_after_importing("functions.audio_processing.main")
    assert loaded.isdisjoint({"faster_whisper", "ctranslate2", "onnxruntime"})


def test_the_top_level_is_the_agreed_one() -> None:
    agreed = {"run_services", "functions", "shared", "openapi", "tests", "requirements.txt"}
    present = {path.name for path in ROOT.iterdir()}
    assert agreed | {"README.md", "Makefile", "pyproject.toml", "local", "docs", "bench"} <= present


def test_both_pythons_get_one_lock() -> None:
    """numpy and PyAV decide the numbers, so they may not differ between Pythons."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    for package in ("numpy", "av", "ctranslate2", "onnxruntime", "faster-whisper"):
        pinned = [line for line in lines if line.startswith(f"{package}==")]
        assert len(pinned) == 1, pinned


def test_every_requirement_is_pinned_with_its_hashes() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        blocks = (ROOT / file).read_text().replace("\\\n", " ").splitlines()
        pins = [b for b in blocks if b and not b.lstrip().startswith("#")]
        assert len(pins) > 10
        assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)
