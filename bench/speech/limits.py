"""What a function of the deployment may use, as its Terraform says."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.deployables import ROOT

_MODULES: Final = ROOT / "infra" / "terraform" / "modules"
_UNITS: Final = {"Mi": 1, "Gi": 1024}


@dataclass(frozen=True, slots=True)
class Limits:
    timeout_s: float
    memory_mb: float


def recogniser_limits() -> Limits:
    """Of audio_processing; the files of its weights lie in the memory as well."""
    memory = _found(
        _MODULES / "rostrum" / "functions.tf",
        r'audio_processing .*capacity = \{ memory = "(\d+)(Mi|Gi)" \}',
    )
    timeout = _found(
        _MODULES / "event_function" / "variables.tf", r"timeout_s\s*= optional\(number, (\d+)\)"
    )
    return Limits(float(timeout[1]), float(memory[1]) * _UNITS[memory[2]])


def weights_mb(models: Path) -> float:
    """Of the files the weights are put together in."""
    return sum(file.stat().st_size for file in models.rglob("*") if file.is_file()) / 2**20


def _found(file: Path, pattern: str) -> re.Match[str]:
    match = re.search(pattern, file.read_text())
    if match is None:
        raise LookupError(f"{file.name} has no {pattern}")
    return match
