"""docs/configuration.md, rendered from the settings classes (`make docs`)."""

import json
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from local.deployables import ROOT
from local.settings import StackSettings
from shared.runtime.settings import RuntimeSettings

PAGE = ROOT / "docs" / "configuration.md"
_NOT_GIVEN = "–"  # noqa: RUF001
_INTRODUCTION = f"""# Configuration

Every setting is an environment variable, read once: by a service when it starts, by a function at
its first event. Secrets are marked; they come from the secret store of the place it runs.
"{_NOT_GIVEN}" means it must be given.
"""
_CONCLUSION = """Functions also obey functions-framework's `PORT`, `THREADS` and `WORKERS`. The
stack on one machine gives every deployable its settings itself.
"""


def modules() -> list[tuple[str, str]]:
    """Name and settings module of every deployable."""
    found = [
        (path.parent.name, _module(path))
        for folder in ("run_services", "functions")
        for path in sorted((ROOT / folder).glob("*/settings.py"))
    ]
    return [
        *found,
        ("migrate", "shared.runtime.migration_settings"),
        ("event_pump", "local.event_pump"),
        ("eventarc", "local.emulators.eventarc.main"),
        ("scheduler", "local.emulators.scheduler"),
        ("object_server", "local.object_server.settings"),
        ("storage_door", "local.emulators.storage_door.settings"),
    ]


def page() -> str:
    """The whole text of docs/configuration.md."""
    common = set(RuntimeSettings.model_fields)
    parts = [_INTRODUCTION, _section("Of every deployable", RuntimeSettings, ())]
    for name, module in modules():
        parts.append(_section(name, import_module(module).Settings, common))
    parts.append(_section("The stack on one machine (`make up`, `make demo`)", StackSettings, ()))
    return "\n".join([*parts, _CONCLUSION])


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _section(heading: str, settings: type[BaseSettings], without: Sequence[str] | set[str]) -> str:
    rows = [row for name, row in _rows(settings) if name not in without]
    return "\n".join(
        [
            f"## {heading}",
            "",
            "| variable | default | meaning |",
            "|---|---|---|",
            *sorted(rows),
            "",
        ]
    )


def _rows(settings: type[BaseSettings]) -> Iterator[tuple[str, str]]:
    prefix = settings.model_config.get("env_prefix", "")
    for name, field in settings.model_fields.items():
        secret = " Secret." if _is_secret(field) else ""
        own_name = field.validation_alias
        variable = own_name if isinstance(own_name, str) else f"{prefix}{name}".upper()
        yield name, f"| `{variable}` | {_default(field)} | {field.description}{secret} |"


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in (field.annotation, *get_args(field.annotation))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return _NOT_GIVEN
    value = field.default
    if value in (None, "", ()):
        return "(none)"
    if isinstance(value, bool | dict | tuple):
        return json.dumps(value)
    return str(value)


if __name__ == "__main__":
    PAGE.write_text(page())
