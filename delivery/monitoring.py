"""What Cloud Monitoring says of one revision: requests, the share that failed, and their time.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from delivery.google import Google, Json

# Points of Cloud Run's metrics are a minute apart: https://cloud.google.com/monitoring/api/metrics_gcp
_PERIOD_S: Final = 60
_FAILED: Final = "5xx"


@dataclass(frozen=True, slots=True)
class Observed:
    """`latency_ms` is the 95th percentile, the worst of several; None: unknown."""

    requests: int
    failed: int
    latency_ms: float | None

    @property
    def error_ratio(self) -> float:
        return self.failed / self.requests if self.requests else 0.0


def observe(google: Google, project: str, service: str, revision: str, start: float) -> Observed:
    """Of the revision's requests since `start` (seconds since 1970), as far as they are known.

    Cloud Monitoring knows a request up to some minutes after it.
    """
    of = (
        'resource.type = "cloud_run_revision"'
        f' AND resource.labels.service_name = "{service}"'
        f' AND resource.labels.revision_name = "{revision}"'
    )
    counts: dict[str, int] = {}
    aligned = {"perSeriesAligner": "ALIGN_DELTA", "crossSeriesReducer": "REDUCE_SUM"}
    aligned["groupByFields"] = "metric.labels.response_code_class"
    metric = f'metric.type = "run.googleapis.com/request_count" AND {of}'
    for series in _series(google, project, metric, start, aligned):
        labels = cast(dict[str, str], cast(Json, series["metric"]).get("labels", {}))
        kind = labels.get("response_code_class", "")
        counts[kind] = counts.get(kind, 0) + sum(int(str(v["int64Value"])) for v in _values(series))
    aligned = {"perSeriesAligner": "ALIGN_DELTA", "crossSeriesReducer": "REDUCE_PERCENTILE_95"}
    metric = f'metric.type = "run.googleapis.com/request_latencies" AND {of}'
    latencies = [
        float(str(value["doubleValue"]))
        for series in _series(google, project, metric, start, aligned)
        for value in _values(series)
    ]
    return Observed(sum(counts.values()), counts.get(_FAILED, 0), max(latencies, default=None))


def _series(
    google: Google, project: str, metric: str, start: float, aligned: dict[str, str]
) -> Iterator[Json]:
    now = google.now()
    # Not a minute more: what was asked before `start` was the delivery's own smoke test.
    whole = max(1, int((now - start) // _PERIOD_S)) * _PERIOD_S
    query: dict[str, str | list[str]] = {
        "filter": metric,
        "interval.startTime": _timestamp(now - whole),
        "interval.endTime": _timestamp(now),
        "aggregation.alignmentPeriod": f"{whole}s",
        **{f"aggregation.{name}": value for name, value in aligned.items()},
    }
    url = f"{google.monitoring_url}/v3/projects/{project}/timeSeries"
    while True:
        answer = google.call("GET", url, query=query)
        yield from cast(list[Json], answer.get("timeSeries", []))
        if not answer.get("nextPageToken"):
            return
        query["pageToken"] = str(answer["nextPageToken"])


def _values(series: Json) -> list[Json]:
    return [cast(Json, point["value"]) for point in cast(list[Json], series["points"])]


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
