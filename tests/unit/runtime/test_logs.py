"""Every entry is one line of JSON, and what callers send as headers is none of its words."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from shared.runtime import logs, tracing

GIVEN = f"00-{'ab' * 16}-{'cd' * 8}-01"


@pytest.fixture
def stdout(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.BytesIO]:
    """A standard output that takes ASCII alone, as in a container without a locale."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "ascii", write_through=True))
    logs.configure("practice", level="INFO", project="p")
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    "text", ["caf\u00e9 \U0001f600", "half \ud800", 'a\n{"severity": "x"}\u2028']
)
def test_an_entry_is_one_line_whatever_it_says(stdout: io.BytesIO, text: str) -> None:
    logging.getLogger("x").info("%s", text)
    [line] = stdout.getvalue().decode("ascii").splitlines()
    assert json.loads(line)["message"] == text


@pytest.mark.parametrize(
    ("traceparent", "tracestate"),
    [
        (GIVEN, "Bearer token"),
        (GIVEN, "eve@example.org=1,eve@example.org=2"),
        (GIVEN, "a=1,a=2"),
        ("x" * 9000, ""),
        (GIVEN, "x" * 9000),
    ],
)
def test_headers_of_a_trace_are_not_logged(
    stdout: io.BytesIO, traceparent: str, tracestate: str
) -> None:
    tracing.remote({"traceparent": traceparent, "tracestate": tracestate})
    assert stdout.getvalue() == b""
