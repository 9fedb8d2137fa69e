"""The Firestore emulator over REST: every document as it is, exports, and imports at the start.

Values keep Firestore's own notation, so that types are compared too:
https://cloud.google.com/firestore/docs/reference/rest/v1/Value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from local.emulators import programs
from local.emulators.engine import PROJECT
from local.processes import Processes

_RULES = Path(__file__).parents[2] / "infra" / "firestore" / "firestore.rules"
_DATABASE = f"projects/{PROJECT}/databases/(default)"
_ROOT = f"{_DATABASE}/documents"
_OWNER = {"Authorization": "Bearer owner"}
_PAGE = 300

Fields = Mapping[str, Any]


class Emulator:
    """One emulator, empty or with what `export` answered on another. Raises `AbsentError`."""

    def __init__(self, folder: Path, seed: Path | None = None) -> None:
        command = programs.firestore(_RULES)
        if seed is not None:
            arguments = [*command.arguments, "--seed_from_export", str(seed)]
            command = replace(command, arguments=arguments)
        self.host = f"127.0.0.1:{command.port}"
        self._http = httpx.Client(base_url=f"http://{self.host}", headers=_OWNER, timeout=60)
        self._command = command
        self._processes = Processes(folder / "logs", folder / "pids")

    def start(self) -> None:
        self._processes.start(self._command)

    def stop(self) -> None:
        self._http.close()
        self._processes.stop()

    def write(self, path: str, fields: Fields) -> None:
        update = {"name": f"{_ROOT}/{path}", "fields": fields}
        self._post(f"/v1/{_ROOT}:commit", {"writes": [{"update": update}]})

    def export(self, folder: Path) -> Path:
        """Write an export under `folder`; the file that an import names."""
        body = {
            "database": _DATABASE,
            "export_directory": str(folder),
            "export_name": "drill",
        }
        self._post(f"/emulator/v1/projects/{PROJECT}:export", body)
        return folder / "drill" / "drill.overall_export_metadata"

    def documents(self, parent: str = _ROOT) -> Iterator[tuple[str, Fields]]:
        """Path and fields of every document, those of subcollections included."""
        collections = self._post(f"/v1/{parent}:listCollectionIds", {}).get("collectionIds", [])
        for collection in collections:
            for document in self._pages(f"/v1/{parent}/{collection}"):
                name = str(document["name"])
                yield name.removeprefix(f"{_ROOT}/"), document.get("fields", {})
                yield from self.documents(name)

    def _pages(self, path: str) -> Iterator[Mapping[str, Any]]:
        token: str | None = ""
        while token is not None:
            answer = self._http.get(path, params={"pageSize": _PAGE, "pageToken": token})
            page = answer.raise_for_status().json()
            yield from page.get("documents", [])
            token = page.get("nextPageToken")

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._http.post(path, json=body).raise_for_status().json()
        return answer


def every_type(referenced: str) -> Fields:
    """One field of each type Firestore has; `referenced` is another document's path."""
    one: Fields = {"doubleValue": 0.1}
    vector = {"__type__": {"stringValue": "__vector__"}, "value": {"arrayValue": {"values": [one]}}}
    return {
        "null": {"nullValue": None},
        "boolean": {"booleanValue": True},
        "integer": {"integerValue": str(2**63 - 1)},
        "double": {"doubleValue": -1.5e-300},
        "not_a_number": {"doubleValue": "NaN"},
        "infinite": {"doubleValue": "-Infinity"},
        "timestamp": {"timestampValue": "2026-01-02T03:04:05.123456Z"},
        "string": {"stringValue": "naïve — 発音 🎙"},
        "bytes": {"bytesValue": "AAH/"},
        "reference": {"referenceValue": f"{_ROOT}/{referenced}"},
        "place": {"geoPointValue": {"latitude": 48.2, "longitude": -16.4}},
        "array": {"arrayValue": {"values": [one, {"stringValue": ""}]}},
        "empty_array": {"arrayValue": {}},
        "map": {"mapValue": {"fields": {"inner": {"mapValue": {"fields": {"one": one}}}}}},
        "empty_map": {"mapValue": {}},
        "vector": {"mapValue": {"fields": vector}},
    }
