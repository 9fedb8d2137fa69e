"""`make tf-check`: format, modules and their tests, plans of all environments, rules, checkov."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from delivery.terraform.resources import planned
from delivery.terraform.rules import broken
from delivery.terraform.workspace import (
    ENVIRONMENTS,
    ROOT,
    TerraformError,
    Workspace,
    formatted,
)

_AT_ONCE = 2
_NO_PROVIDERS = "Failed to query available provider packages"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m delivery.terraform", description=__doc__)
    parser.add_argument("--terraform", default="terraform", help="the program")
    parser.add_argument("--checkov", help="the program; without one its checks are left out")
    parser.add_argument(
        "--optional", action="store_true", help="only say so where providers cannot be had"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder), options.terraform)
        workspace.fill()
        try:
            formatted(options.terraform)
            workspace.run(workspace.modules()[0], "init", "-backend=false", "-input=false")
        except (OSError, TerraformError) as error:
            absent = isinstance(error, FileNotFoundError) or _NO_PROVIDERS in str(error)
            if not (absent and options.optional):
                print(error, file=sys.stderr)
                return 1
            print("SKIPPED: no Terraform with the providers here; name one with TERRAFORM=.")
            return 0
        try:
            problems = list(_checked(workspace, options.checkov))
        except TerraformError as error:
            problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _checked(workspace: Workspace, checkov: str | None) -> Iterator[str]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for line in pool.map(lambda module: _module(workspace, module), workspace.modules()):
            print(line, flush=True)
        for environment, wrong in zip(
            ENVIRONMENTS,
            pool.map(lambda name: _environment(workspace, name), ENVIRONMENTS),
            strict=True,
        ):
            print(f"environment {environment}: planned, {len(wrong)} against the rules", flush=True)
            yield from (f"{environment}: {sentence}" for sentence in wrong)
    if checkov is None:
        print("SKIPPED: checkov is not installed.")
        return
    for environment in ENVIRONMENTS:
        plan = workspace.environment(environment) / "plan.json"
        if not _passes_checkov(checkov, plan):
            yield f"{environment}: checkov"


def _module(workspace: Workspace, module: Path) -> str:
    workspace.run(module, "init", "-backend=false", "-input=false")
    workspace.run(module, "validate", "-no-color")
    return f"module {module.name}: valid, {_tested(workspace, module)}"


def _environment(workspace: Workspace, name: str) -> list[str]:
    folder = workspace.environment(name)
    workspace.run(folder, "init", "-input=false")
    workspace.run(folder, "validate", "-no-color")
    values = f"-var-file={folder.parent / 'example.tfvars'}"
    print(f"environment {name}: valid, {_tested(workspace, folder, values)}", flush=True)
    return broken(planned(workspace.plan(name)), name)


def _tested(workspace: Workspace, folder: Path, *arguments: str) -> str:
    if not list(folder.glob("tests/*.tftest.hcl")):
        return "without tests"
    return workspace.run(folder, "test", "-no-color", *arguments).strip().splitlines()[-1]


def _passes_checkov(program: str, plan: Path) -> bool:
    config = ROOT / "infra" / "terraform" / ".checkov.yaml"
    command = [program, "--config-file", str(config), "--file", str(plan)]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
