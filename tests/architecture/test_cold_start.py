"""What a cold start loads: decision 0066."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAINS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("run_services", "functions")
    for path in (ROOT / folder).glob("*/main.py")
)
TOKENS_AND_CALLS = {"jwt", "httpx", "requests"}


def printed(script: str) -> set[str]:
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def loaded_by(*modules: str) -> set[str]:
    return printed(f"import sys, {', '.join(modules)}; print(*sys.modules)")


@pytest.mark.parametrize("main", MAINS)
def test_tokens_and_calls_are_loaded_with_the_first_of_them(main: str) -> None:
    assert loaded_by(main).isdisjoint(TOKENS_AND_CALLS)


def test_who_signs_urls_loads_neither_tokens_nor_their_client() -> None:
    loaded = loaded_by(
        *(f"shared.adapters.gcp.{name}" for name in ("iam_blobs", "iam_session", "storage"))
    )
    assert loaded.isdisjoint({"jwt", "httpx"})


def test_settings_are_built_when_they_are_read() -> None:
    modules = ", ".join(main.replace(".main", ".settings") for main in MAINS)
    script = (
        f"import {modules}\n"
        "from shared.runtime.settings import RuntimeSettings\n"
        "def kin(of):\n"
        "    return [of, *(k for each in of.__subclasses__() for k in kin(each))]\n"
        "print(*(k.__name__ for k in kin(RuntimeSettings) if k.__pydantic_complete__))"
    )
    assert printed(script) == set()


def test_validators_of_documents_are_built_when_one_is_read() -> None:
    script = (
        "import pydantic\n"
        "built = []\n"
        "init = pydantic.TypeAdapter.__init__\n"
        "def counted(self, kind, **options):\n"
        "    built.append(kind.__name__)\n"
        "    init(self, kind, **options)\n"
        "pydantic.TypeAdapter.__init__ = counted\n"
        f"import {', '.join(MAINS)}\n"
        "print(*built)"
    )
    assert printed(script) == set()
