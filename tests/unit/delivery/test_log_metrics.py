"""Alerts read what the code writes: names, fields, labels and bounds in infra/terraform."""

import ast
import io
import json
import logging
import re
from functools import cache
from pathlib import Path

import pytest

from shared.runtime import metrics
from shared.runtime.logs import JsonFormatter

ROOT = Path(__file__).parents[3]
MODULE = ROOT / "infra" / "terraform" / "modules" / "monitoring"
TABLE = (MODULE / "log_metrics.tf").read_text()
LOGGED = {i.name: i for i in metrics._instruments if i._logged}
CODE = [path for f in ("shared", "run_services", "functions") for path in (ROOT / f).rglob("*.py")]


def section(name: str) -> str:
    return re.search(rf"  {name} = {{\n(.*?)\n  }}\n", TABLE, re.S)[1]  # type: ignore[index]


def rows(name: str) -> dict[str, str]:
    """Key -> the lines of its object."""
    return dict(re.findall(r'^    "([\w.]+)" = {\n(.*?)\n    }', section(name), re.S | re.M))


def labels(row: str) -> dict[str, str]:
    found = re.search(r"labels = {(.*?)}", row)
    assert found
    return dict(re.findall(r'(\w+) = "([\w.]+)"', found[1]))


@cache
def literals() -> frozenset[str]:
    trees = (ast.walk(ast.parse(path.read_text())) for path in CODE)
    nodes = (node for tree in trees for node in tree if isinstance(node, ast.Constant))
    return frozenset(node.value for node in nodes if isinstance(node.value, str))


MEASUREMENTS = rows("_measurements")
ENTRIES = rows("_entries")


@pytest.fixture
def line() -> dict[str, object]:
    """A measurement as it is logged."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter("attempt_sweeper", "rostrum"))
    log = logging.getLogger(metrics.__name__)
    log.addHandler(handler)
    level = log.level
    log.setLevel(logging.INFO)
    metrics.ATTEMPTS_OLDEST.record(3.5, {"rostrum.attempt.status": "processing"})
    log.setLevel(level)
    log.removeHandler(handler)
    written: dict[str, object] = json.loads(stream.getvalue())
    return written


def test_every_logged_measurement_becomes_a_metric_and_no_other() -> None:
    assert MEASUREMENTS.keys() == LOGGED.keys()


def test_the_filter_and_the_extractors_name_fields_of_the_line(line: dict[str, object]) -> None:
    assert line["message"] == "metric"
    assert line["metric"] == "rostrum.attempts.oldest"
    assert line["value"] == 3.5
    assert line["attributes"] == {"rostrum.attempt.status": "processing"}
    entries = section("_entries")
    named = set(re.findall(r"jsonPayload\.(\w+)", TABLE.replace(entries, "")))
    assert named == {"message", "metric", "value", "attributes"}
    assert 'jsonPayload.message = \\"metric\\"' in TABLE


@pytest.mark.parametrize("name", sorted(MEASUREMENTS))
def test_labels_are_attributes_the_code_gives(name: str) -> None:
    assert set(labels(MEASUREMENTS[name]).values()) <= literals()


@pytest.mark.parametrize("name", sorted(n for n, i in LOGGED.items() if i._buckets is not None))
def test_bounds_are_those_of_the_histogram(name: str) -> None:
    bounds = LOGGED[name]._buckets
    assert bounds
    local = re.search(r"bounds = local\.(\w+)", MEASUREMENTS[name])
    assert local
    listed = re.search(rf"{local[1]} *= \[(.*?)\]", TABLE)
    assert listed
    assert [float(bound) for bound in listed[1].split(",")] == list(bounds)


def test_counted_entries_are_written_somewhere() -> None:
    written = literals()
    for row in ENTRIES.values():
        for message in re.findall(r'jsonPayload\.message = \\"(.*?)\\"', row):
            assert message in written
        fields = set(re.findall(r"jsonPayload\.(\w+)", row)) | set(labels(row).values())
        assert fields <= written | {"message"}


def test_alerts_and_charts_only_ask_for_metrics_that_are_there() -> None:
    text = "".join(path.read_text() for path in MODULE.glob("*.tf"))
    asked = set(re.findall(r'_prometheus\["([\w.]+)"\]', text))
    asked |= set(re.findall(r'google_logging_metric\.measurement\["([\w.]+)"\]', text))
    assert asked
    assert asked <= MEASUREMENTS.keys()
    assert set(re.findall(r'google_logging_metric\.entry\["([\w.]+)"\]', text)) <= ENTRIES.keys()


def test_labels_in_queries_are_labels_of_the_metric() -> None:
    text = "".join(path.read_text() for path in MODULE.glob("*.tf"))
    query = r'_prometheus\["([\w.]+)"\]}_\w+{\$\{local\._of\},(\w+)[!=]'
    found = re.findall(query, text)
    assert found
    for name, label in found:
        assert label in labels(MEASUREMENTS[name])
