"""Kinto, the nearest peer of records over HTTP with authentication, in an environment of its own.

https://docs.kinto-storage.org: memory backends, which is its fastest, and waitress as it ships.
"""

import base64
import re
import subprocess
import sys
from pathlib import Path

import httpx

from bench.load import Target
from local.processes import Command

_REQUIREMENTS = Path(__file__).with_name("kinto.txt")
_USER, _PASSWORD = "bench", "bench-password"
_RECORDS = "/v1/buckets/default/collections/attempts/records"
_BODY = b'{"data":{"kind":"free_speech","recording":{"content_type":"audio/webm"}}}'


def command(folder: Path, port: int) -> Command:
    """Kinto on `port`, installed into `folder` unless it is there."""
    binary = folder / "venv" / "bin"
    if not (folder / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        pip = [binary / "python", "-m", "pip", "install", "--quiet", "--require-hashes"]
        subprocess.run([*pip, "-r", _REQUIREMENTS], check=True)
        (folder / "installed").touch()
    settings = folder / "kinto.ini"
    settings.unlink(missing_ok=True)
    memory = ["--backend=memory", "--cache-backend=memory", "--host=127.0.0.1", "--quiet"]
    subprocess.run([binary / "kinto", "init", f"--ini={settings}", *memory], check=True)
    # Ours writes no line for a request either.
    quiet = re.sub(r"level = (DEBUG|INFO)", "level = WARNING", settings.read_text())
    settings.write_text(quiet)
    serve = [
        str(binary / "python"),
        "-W",
        "ignore",
        str(binary / "kinto"),
        "start",
        f"--ini={settings}",
        f"--port={port}",
    ]
    return Command("kinto", serve, port=port)


def targets(port: int) -> tuple[Target, Target]:
    """Reading one record and writing new ones, as an account that was made for it."""
    authorization = base64.b64encode(f"{_USER}:{_PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {authorization}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        account = {"data": {"password": _PASSWORD}}
        client.put(f"/v1/accounts/{_USER}", json=account).raise_for_status()
        written = client.post(
            _RECORDS, content=_BODY, headers={**headers, "Content-Type": "application/json"}
        )
        record = written.raise_for_status().json()["data"]["id"]
    return (
        Target(port, "GET", f"{_RECORDS}/{record}", headers),
        Target(port, "POST", _RECORDS, headers, body=lambda _: _BODY, expected=201),
    )
