"""What modules/rostrum gives the deployables, read from its source: no Terraform is needed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import hcl2

from local.deployables import ROOT, SERVICES

_FOLDER = ROOT / "infra" / "terraform" / "modules" / "rostrum"
_LOCAL = re.compile(r"\$\{local\.(\w+)\}")
_ADDED = re.compile(r"\$\{lookup\(var\.settings, .*\)\}")


@dataclass(frozen=True)
class Composition:
    """Expressions are HCL's text, strings with their quotes."""

    locals: Mapping[str, Any]
    modules: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, folder: Path = _FOLDER) -> Self:
        values: dict[str, Any] = {}
        modules: dict[str, Mapping[str, Any]] = {}
        for path in sorted(folder.glob("*.tf")):
            parsed = hcl2.loads(path.read_text())
            for block in parsed.get("locals", []):
                values |= block
            for block in parsed.get("module", []):
                modules |= {name.strip('"'): body for name, body in block.items()}
        return cls(values, modules)

    def given(self, deployable: str, *, optional: bool = True) -> dict[str, str]:
        """Environment variable -> expression; secrets too."""
        if deployable in SERVICES:
            body = self.modules[deployable]
            groups = [*body["settings"], body.get("secrets", {})]
            chosen = body["optional_settings"]
        elif deployable == "migrate":
            groups = [*self.modules["migration"]["settings"]]
            chosen = self.modules["migration"]["optional_settings"]
        else:
            groups = [*self.locals["function_settings"][deployable]]
            chosen = ["${local.collector_settings}"]
        found: dict[str, str] = {}
        for group in groups + (chosen if optional else []):
            found |= self._group(group)
        return found

    def secrets(self, deployable: str) -> set[str]:
        return set(self.modules.get(deployable, {}).get("secrets", {}))

    def tunable(self, deployable: str) -> set[str]:
        listed = self.locals["tunable_settings"].get(deployable, [])
        return {name.strip('"') for name in listed}

    def functions(self) -> dict[str, tuple[str, str]]:
        """Entry point and topic of each."""
        return {
            name: (function["entry_point"].strip('"'), function["topic"].strip('"'))
            for name, function in self.locals["_functions"].items()
        }

    def callers(self) -> dict[str, set[str]]:
        return {
            service: {caller.strip('"') for caller in callers}
            for service, callers in self.locals["_callers"].items()
        }

    def arguments(self, service: str) -> set[str]:
        """What follows the image's entrypoint, with eight threads."""
        assert self.modules[service]["args"] == f"${{local._server.{service}}}"
        parts = re.findall(r'"((?:[^"]|(?<=\$\{)")*)"', str(self.locals["_server"]))
        filled = [part.replace("${key}", service) for part in parts]
        return {part.replace("${service.concurrency}", "8") for part in filled}

    def _group(self, group: Any) -> dict[str, str]:
        if isinstance(group, dict):
            return {name: value for name, value in group.items() if not name.startswith("__")}
        if _ADDED.fullmatch(group):
            return {}
        match = _LOCAL.fullmatch(group)
        assert match, f"a group of settings is written out or a local: {group}"
        return self._group(self.locals[match[1]])
