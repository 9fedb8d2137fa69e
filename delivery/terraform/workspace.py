"""A copy of the configuration in which Terraform may write, without the remote state."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
ENVIRONMENTS: Final = ("dev", "staging", "prod")
_COPIED: Final = ("infra", "openapi")
_LOCAL_STATE: Final = 'terraform {\n  backend "local" {}\n}\n'


class TerraformError(RuntimeError):
    """What Terraform said when it refused."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The copy in `folder`, worked on by the program `terraform`."""

    folder: Path
    terraform: str

    def fill(self) -> None:
        for name in _COPIED:
            shutil.copytree(
                ROOT / name, self.folder / name, ignore=shutil.ignore_patterns(".terraform*")
            )
        for environment in ENVIRONMENTS:
            override = self.environment(environment) / "backend_override.tf"
            override.write_text(_LOCAL_STATE)
        self.archives.mkdir()
        for main in (ROOT / "functions").glob("*/main.py"):
            # Only the content's hash matters to a plan.
            (self.archives / f"{main.parent.name}.zip").write_text(main.parent.name)

    @property
    def archives(self) -> Path:
        return self.folder / "archives"

    def modules(self) -> list[Path]:
        return sorted(
            path.parent for path in self.folder.glob("infra/terraform/modules/*/versions.tf")
        )

    def environment(self, name: str) -> Path:
        return self.folder / "infra" / "terraform" / "environments" / name

    def run(self, folder: Path, *arguments: str) -> str:
        """What Terraform printed. Raises `TerraformError`."""
        return _output(
            [self.terraform, f"-chdir={folder}", *arguments],
            # Tests of what takes archives find them here.
            {**os.environ, "TF_VAR_archives": str(self.archives)},
        )

    def plan(self, environment: str) -> dict[str, Any]:
        """The plan of an environment whose folder is initialised, as JSON; kept as plan.json."""
        folder = self.environment(environment)
        self.run(
            folder,
            "plan",
            "-input=false",
            "-no-color",
            "-refresh=false",
            "-out=tfplan",
            f"-var-file={folder.parent / 'example.tfvars'}",
            f"-var=project_id=rostrum-{environment}",
            f"-var=archives={self.archives}",
        )
        shown = self.run(folder, "show", "-json", "tfplan")
        (folder / "plan.json").write_text(shown)
        plan: dict[str, Any] = json.loads(shown)
        return plan


def formatted(terraform: str) -> None:
    """Raises `TerraformError` where a file is not formatted."""
    folder = str(ROOT / "infra" / "terraform")
    _output([terraform, "fmt", "-check", "-recursive", folder], os.environ)


def _output(command: Sequence[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise TerraformError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout
