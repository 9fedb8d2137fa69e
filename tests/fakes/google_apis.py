"""Cloud Run Admin v2, Cloud Build, Cloud Monitoring and IAM Credentials, as far as a delivery goes.

State and rules are Cloud Run's: an old etag is refused, only a changed template makes a revision,
operations take a while, shares add up to a hundred. JSON has the shapes of the real APIs: 64-bit
numbers are strings, empty fields are left out.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from delivery.google import Google
from tests.fakes import google_time_series
from tests.fakes.local_http import LocalHttp

PROJECT, REGION = "rostrum-test", "europe-west1"
PARENT = f"projects/{PROJECT}/locations/{REGION}"
LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"


class RefusedError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class GoogleApis(LocalHttp):
    """One server for all of them; tests set what it knows and read what became of it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_800_000_000.0
        self.services: dict[str, dict[str, Any]] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.executed: list[tuple[str, str]] = []
        self.failing_jobs: set[str] = set()
        self.unready_images: set[str] = set()
        self.broken_operation: str | None = None
        self.counts: dict[str, dict[str, int]] = defaultdict(dict)
        self.latencies: dict[str, float] = {}
        self.builds: list[dict[str, Any]] = []
        self.failing_reads: Iterator[int] = iter(())
        self.answers: dict[str, int] = {}
        self.queries: list[dict[str, str]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.patches: list[tuple[str, list[tuple[str, int]]]] = []
        self.on_sleep: Callable[[], None] = lambda: None
        self.before_patch: Callable[[str], None] = lambda name: None
        self.before_run: Callable[[str], None] = lambda name: None
        self._operations: dict[str, dict[str, Any]] = {}

    def client(self, session: requests.Session) -> Google:
        return Google(session, *[self.url] * 4, self.sleep, lambda: self.now)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.on_sleep()

    def add(self, name: str, image: str = "host/rostrum@sha256:old", **fields: Any) -> None:
        """As Terraform makes it: all of the traffic to whichever revision is the latest."""
        container = {"image": image, "command": ["gunicorn"], "env": [{"name": "A", "value": "1"}]}
        template = {"containers": [container], "serviceAccount": f"svc-{name}@x"}
        service = {"template": template, "traffic": [{"type": LATEST, "percent": 100}], **fields}
        self.services[name] = {"etag": '"1"', "revisions": 1, **service}

    def shares(self, name: str) -> dict[str, int]:
        """Revision -> its share of the requests."""
        found: dict[str, int] = {}
        for target in self.services[name]["traffic"]:
            if percent := target.get("percent", 0):
                revision = target.get("revision", self.latest(name))
                found[revision] = found.get(revision, 0) + percent
        return found

    def tag(self, name: str, tag: str) -> str | None:
        targets = [t for t in self.services[name]["traffic"] if t.get("tag") == tag]
        return targets[0].get("revision", self.latest(name)) if targets else None

    def latest(self, name: str) -> str:
        return f"{name}-{self.services[name]['revisions']:05d}"

    def change(self, name: str, **fields: Any) -> None:
        """Somebody else changes the service."""
        service = self.services[name]
        service.update(fields)
        service["etag"] = f'"{int(service["etag"].strip(chr(34))) + 1}"'

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        body = json.loads(handler.rfile.read(length) or b"{}")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        try:
            if handler.command == "GET" and (failure := next(self.failing_reads, None)):
                raise RefusedError(failure, "The service is currently unavailable.")
            status, answer = self._reply(handler, parts.path, query, body)
        except RefusedError as error:
            names = {404: "NOT_FOUND", 409: "ABORTED"}
            reason = {"code": error.status, "message": str(error)}
            reason["status"] = names.get(error.status, "INVALID_ARGUMENT")
            status, answer = error.status, {"error": reason}
        data = json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json; charset=UTF-8")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _reply(
        self, handler: BaseHTTPRequestHandler, path: str, query: dict[str, str], body: Any
    ) -> tuple[int, Any]:
        if path.startswith("/at/"):
            self.asked.append((path, dict(handler.headers.items())))
            return self.answers.get(path, 200), {"status": "ok"}
        if path.endswith(":generateIdToken"):
            return 200, {"token": f"id-token-for-{body['audience']}"}
        if path == f"/v3/projects/{PROJECT}/timeSeries":
            self.queries.append(query)
            try:
                return 200, google_time_series.listed(query, self.counts, self.latencies)
            except ValueError as error:
                raise RefusedError(400, str(error)) from error
        if path.startswith(f"/v1/{PARENT}/builds"):
            return 200, self._cloud_build(path.removeprefix(f"/v1/{PARENT}/builds"), query)
        return 200, self._cloud_run(handler.command, path.removeprefix("/v2/"), query, body)

    def _cloud_build(self, path: str, query: dict[str, str]) -> Any:
        """One build, or those with the tag, a page each."""
        if path:
            return next(build for build in self.builds if path == f"/{build['id']}")
        tag = query["filter"].removeprefix("tags=").strip('"')
        found = [build for build in self.builds if tag in build.get("tags", [])]
        page = int(query.get("pageToken", "0"))
        more = {"nextPageToken": str(page + 1)} if page + 1 < len(found) else {}
        return {"builds": found[page : page + 1], **more}

    def _cloud_run(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        if path in self._operations:
            return self._operations[path] | {"done": True}
        kind, _, name = path.removeprefix(f"{PARENT}/").partition("/")
        known = self.services if kind == "services" else self.jobs
        name, _, action = name.partition(":")
        if name not in known:
            raise RefusedError(404, f"Resource '{name}' was not found.")
        if action == "run":
            self.before_run(name)
            self._check(known[name], body)
            return self._run(name)
        if method == "GET":
            return self._shown(name) if kind == "services" else known[name]
        self.before_patch(name)
        self._check(known[name], body)
        if kind == "services":
            self._patch(name, query["updateMask"].split(","), body)
        elif query:
            # https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs/patch
            raise RefusedError(400, f"Cannot bind query parameter: {', '.join(query)}.")
        else:
            known[name] |= {"template": body["template"], "etag": body["etag"] + "+"}
        return self._operation(self.broken_operation)

    def _check(self, known: dict[str, Any], body: Any) -> None:
        if body["etag"] != known["etag"]:
            raise RefusedError(409, "Conflict for the resource: version was specified.")

    def _patch(self, name: str, mask: list[str], body: dict[str, Any]) -> None:
        if sum(target.get("percent", 0) for target in body["traffic"]) != 100:
            raise RefusedError(400, "The sum of percentages has to be 100.")
        service = self.services[name]
        if self.broken_operation:
            return
        changed = {field: body[field] for field in mask}
        if "template" in mask and body["template"] != service["template"]:
            service["revisions"] += 1
        self.change(name, **changed)
        self.patches.append((name, sorted(self.shares(name).items())))

    def _run(self, name: str) -> dict[str, Any]:
        image = self.jobs[name]["template"]["template"]["containers"][0]["image"]
        self.executed.append((name, image))
        execution = {"name": f"{PARENT}/executions/{name}-1", "taskCount": 1, "logUri": "log"}
        outcome = {"failedCount": 1} if name in self.failing_jobs else {"succeededCount": 1}
        done = {**execution, **outcome, "completionTime": "2026-11-21T12:00:00Z"}
        self._operations[execution["name"]] = done
        return self._operation(None, execution)

    def _operation(self, error: str | None, response: Any = None) -> dict[str, Any]:
        name = f"{PARENT}/operations/{len(self._operations)}"
        result = {"error": {"code": 9, "message": error}} if error else {"response": response or {}}
        self._operations[name] = {"name": name, **result}
        return {"name": name}

    def _shown(self, name: str) -> dict[str, Any]:
        service = self.services[name]
        latest = self.latest(name)
        image = service["template"]["containers"][0]["image"]
        ready = f"{name}-{service['revisions'] - 1:05d}" if image in self.unready_images else latest
        prefix = f"{PARENT}/services/{name}/revisions"
        statuses = [
            target | ({"uri": f"{self.url}/at/{target['tag']}/{name}"} if "tag" in target else {})
            for target in service["traffic"]
        ]
        return {
            "name": f"{PARENT}/services/{name}",
            "generation": "7",
            "ingress": "INGRESS_TRAFFIC_ALL",
            **{field: value for field, value in service.items() if field != "revisions"},
            "uri": f"https://{name}.run.example",
            "trafficStatuses": statuses,
            "latestReadyRevision": f"{prefix}/{ready}",
            "latestCreatedRevision": f"{prefix}/{latest}",
        }
