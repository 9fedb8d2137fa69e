"""Cloud Run services and jobs over the Admin API v2.

Every write carries the etag of what was read, so that of two deliveries at once one stops.
https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from delivery.google import ConflictError, DeliveryError, Google, Json
from delivery.traffic import Target

_POLL_S: Final = 3.0
_TIMEOUT_S: Final = 900.0
_INTERNAL: Final = "INGRESS_TRAFFIC_INTERNAL_ONLY"


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it was read. Revisions are short names; `urls` are those of tags."""

    name: str
    etag: str
    url: str
    template: Json
    targets: list[Target]
    urls: dict[str, str]
    latest_ready: str
    latest_created: str
    reachable: bool

    @property
    def image(self) -> str:
        return str(_container(self.template)["image"])


class CloudRun:
    """The services and jobs of one project and region."""

    def __init__(self, google: Google, project: str, region: str) -> None:
        self._google = google
        self._parent = f"projects/{project}/locations/{region}"

    def service(self, name: str) -> Service:
        return _service(name, self._get(f"{self._parent}/services/{name}"))

    def move(self, service: Service, targets: list[Target]) -> Service:
        """Give its traffic to `targets`, and wait until it is so."""
        return self._patch(service, ["traffic"], {"traffic": _targets(targets)})

    def replace(self, service: Service, image: str, targets: list[Target]) -> Service:
        """A new revision with `image`, and the traffic beside it in the same step."""
        template = {name: value for name, value in service.template.items() if name != "revision"}
        first, *others = cast(list[Json], template["containers"])
        template["containers"] = [{**first, "image": image}, *others]
        fields: Json = {"template": template, "traffic": _targets(targets)}
        return self._patch(service, ["template", "traffic"], fields)

    def run_job(self, name: str, image: str) -> Json:
        """Give the job this image and run it to its end; raises where it fails."""
        path = f"{self._parent}/jobs/{name}"
        job = self._get(path)
        outer = cast(Json, job["template"])
        inner = cast(Json, outer["template"])
        first, *others = cast(list[Json], inner["containers"])
        containers = [{**first, "image": image}, *others]
        # All of the job, for its `patch` takes no mask.
        template = {**outer, "template": {**inner, "containers": containers}}
        self._finished(self._call("PATCH", path, {**job, "template": template}))
        changed = self._get(path)
        if _container(cast(Json, cast(Json, changed["template"])["template"]))["image"] != image:
            raise ConflictError(f"{name}: it was given another image.")
        # With the etag, for that may happen still.
        started = self._call("POST", f"{path}:run", {"etag": changed["etag"]})
        # As long as the job may take: what is given up here goes on there.
        limit_s = float(str(inner["timeout"]).removesuffix("s")) + _TIMEOUT_S
        execution = self._finished(started, limit_s)
        done = self._wait(lambda: self._get(str(execution["name"])), "completionTime")
        if int(str(done.get("succeededCount", 0))) != int(str(done.get("taskCount", 1))):
            raise DeliveryError(f"{name} failed; its log: {done.get('logUri')}")
        return done

    def _patch(self, service: Service, mask: list[str], fields: Json) -> Service:
        path = f"{self._parent}/services/{service.name}"
        body: Json = {"name": path, "etag": service.etag, **fields}
        self._finished(self._call("PATCH", path, body, {"updateMask": ",".join(mask)}))
        return self.service(service.name)

    def _finished(self, operation: Json, limit_s: float = _TIMEOUT_S) -> Json:
        """Its response; raises `DeliveryError` with its own words where it failed."""
        if not operation.get("done"):
            operation = self._wait(lambda: self._get(str(operation["name"])), "done", limit_s)
        if "error" in operation:
            error = cast(Json, operation["error"])
            raise DeliveryError(str(error.get("message", error)))
        return cast(Json, operation.get("response", {}))

    def _wait(self, read: Callable[[], Json], until: str, limit_s: float = _TIMEOUT_S) -> Json:
        waited = 0.0
        while not (answer := read()).get(until):
            if waited >= limit_s:
                raise DeliveryError(f"{answer.get('name')} did not end in {limit_s:.0f} s.")
            self._google.sleep(_POLL_S)
            waited += _POLL_S
        return answer

    def _get(self, path: str) -> Json:
        return self._google.call("GET", f"{self._google.run_url}/v2/{path}")

    def _call(
        self, method: str, path: str, body: Json, query: dict[str, str | list[str]] | None = None
    ) -> Json:
        url = f"{self._google.run_url}/v2/{path}"
        return self._google.call(method, url, query=query, body=body)


def _service(name: str, fields: Json) -> Service:
    statuses = cast(list[Json], fields.get("trafficStatuses", []))
    return Service(
        name=name,
        etag=str(fields["etag"]),
        url=str(fields["uri"]),
        template=cast(Json, fields["template"]),
        targets=[Target.parse(target) for target in cast(list[Json], fields.get("traffic", []))],
        urls={str(status["tag"]): str(status["uri"]) for status in statuses if "tag" in status},
        latest_ready=_short(fields.get("latestReadyRevision")),
        latest_created=_short(fields.get("latestCreatedRevision")),
        reachable=fields.get("ingress") != _INTERNAL,
    )


def _container(template: Json) -> Json:
    return cast(list[Json], template["containers"])[0]


def _targets(targets: list[Target]) -> list[Json]:
    return [target.to_json() for target in targets]


def _short(revision: object) -> str:
    return str(revision or "").rpartition("/")[2]
