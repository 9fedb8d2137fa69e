"""`projects.timeSeries.list` of Cloud Monitoring, for the two metrics a delivery asks about.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_COUNT = "run.googleapis.com/request_count"
_LATENCY = "run.googleapis.com/request_latencies"
# What each metric's kind and type allow: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/Aligner
_ALLOWED = {_COUNT: "REDUCE_SUM", _LATENCY: "REDUCE_PERCENTILE_95"}


def listed(
    query: Mapping[str, str],
    counts: Mapping[str, Mapping[str, int]],
    latencies: Mapping[str, float],
) -> dict[str, Any]:
    """`counts`: revision -> class of answer -> requests; raises ValueError as the API refuses."""
    of = dict(re.findall(r'([a-z_.]+) = "([^"]*)"', query["filter"]))
    metric, revision = of["metric.type"], of["resource.labels.revision_name"]
    if of["resource.type"] != "cloud_run_revision" or "resource.labels.service_name" not in of:
        raise ValueError("The filter names no Cloud Run service.")
    if query["aggregation.perSeriesAligner"] != "ALIGN_DELTA":
        raise ValueError("The aligner does not fit the metric.")
    if query["aggregation.crossSeriesReducer"] != _ALLOWED[metric]:
        raise ValueError("The reducer does not fit the metric.")
    start, end = (
        datetime.fromisoformat(query[f"interval.{name}Time"]) for name in ("start", "end")
    )
    period = int(query["aggregation.alignmentPeriod"].removesuffix("s"))
    if period < 60 or (end - start).total_seconds() < period:
        raise ValueError("The alignment period is too short, or longer than the interval.")
    interval = {"startTime": query["interval.startTime"], "endTime": query["interval.endTime"]}
    if metric == _LATENCY:
        found = {"": {"doubleValue": latencies[revision]}} if revision in latencies else {}
    else:
        assert query["aggregation.groupByFields"] == "metric.labels.response_code_class"
        # Two points of one series, as an alignment that does not fit the interval gives.
        found = {kind: {"int64Value": str(n)} for kind, n in counts.get(revision, {}).items()}
    series = [
        {
            "metric": {
                "type": metric,
                **({"labels": {"response_code_class": kind}} if kind else {}),
            },
            "resource": {"type": "cloud_run_revision", "labels": {"project_id": "rostrum-test"}},
            "metricKind": "DELTA",
            "valueType": "INT64" if metric == _COUNT else "DOUBLE",
            "points": [{"interval": interval, "value": value}],
        }
        for kind, value in found.items()
    ]
    if not series:
        return {}
    # A page each, for there may be several.
    page = int(query.get("pageToken", "0"))
    more = {"nextPageToken": str(page + 1)} if page + 1 < len(series) else {}
    return {"timeSeries": [series[page]], **more, "unit": "1"}
