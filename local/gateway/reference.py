"""The API reference: the contract as one HTML page that needs no script and no other file."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from local.gateway.contract import METHODS, resolve
from local.gateway.routing import Page

PAGE_PATH = "/reference"
CONTRACT_PATH = "/reference/openapi.json"

_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code, pre { font: 14px/1.4 ui-monospace, monospace }
pre { overflow-x: auto; padding: 1rem; border: 1px solid; border-radius: .25rem }
table { border-collapse: collapse; width: 100% }
nav td:first-child { width: 40% }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0 }
section { border-top: 1px solid; margin-top: 2rem }
"""


def pages(document: Mapping[str, Any]) -> tuple[Page, Page]:
    """The reference to read, and the contract itself as JSON."""
    return (
        Page(PAGE_PATH, "text/html; charset=utf-8", html(document)),
        Page(CONTRACT_PATH, "application/json", json.dumps(document, ensure_ascii=False)),
    )


def html(document: Mapping[str, Any]) -> str:
    """Every operation and every schema of `document`, each with an anchor of its name."""
    title = escape(document["info"]["title"])
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} API</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{_STYLE}</style><h1>{title} API</h1>",
        _text(document["info"].get("description", "")),
        f'<p><a href="{CONTRACT_PATH}">The contract as OpenAPI {document["openapi"]}</a></p>',
        *_contents(document),
    ]
    for path, method, item in _operations(document):
        parts += _operation(document, path, method, item)
    parts.append('<h2 id="schemas">Schemas</h2>')
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        parts += _schema(name, schema)
    return "\n".join(parts)


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        yield from ((path, method, item) for method in METHODS if method in item)


def _contents(document: Mapping[str, Any]) -> Iterator[str]:
    """Every operation under its first tag, in the order of the tags."""
    tags = {tag["name"]: tag.get("description", "") for tag in document.get("tags", ())}
    rows: dict[str, list[tuple[str, ...]]] = {name: [] for name in tags}
    for path, method, item in _operations(document):
        operation = item[method]
        tag = next(iter(operation.get("tags", ())), "other")
        link = f'<a href="#{escape(operation["operationId"])}">{escape(operation["summary"])}</a>'
        call = f"<code>{method.upper()} {escape(path)}</code>"
        rows.setdefault(tag, []).append((link, call))
    yield "<nav>"
    for tag, operations in rows.items():
        if operations:
            yield f"<h2>{escape(tag.capitalize())}</h2>{_text(tags.get(tag, ''))}"
            yield _table(operations)
    yield '<p><a href="#schemas">Schemas</a></p></nav>'


def _operation(
    document: Mapping[str, Any], path: str, method: str, item: Mapping[str, Any]
) -> Iterator[str]:
    operation = item[method]
    security = operation.get("security", document.get("security", []))
    yield f'<section id="{escape(operation["operationId"])}">'
    yield f"<h2>{escape(operation['summary'])}</h2>"
    yield f"<p><code>{method.upper()} {escape(path)}</code>"
    yield f"{'' if security else ' (open to all)'}</p>"
    yield _text(operation.get("description", ""))
    parameters = [
        resolve(document, parameter)
        for parameter in [*item.get("parameters", ()), *operation.get("parameters", ())]
    ]
    if parameters:
        yield "<h3>Parameters</h3>"
        yield _table(
            (
                f"<code>{escape(p['name'])}</code> ({p['in']})",
                _type(p["schema"]),
                _text(p.get("description", "")),
            )
            for p in parameters
        )
    if "requestBody" in operation:
        yield "<h3>Body</h3>"
        yield from _content(document, resolve(document, operation["requestBody"]))
    yield "<h3>Answers</h3>"
    for status, answer in operation["responses"].items():
        answer = resolve(document, answer)  # noqa: PLW2901
        yield f"<h4>{status}</h4>{_text(answer['description'])}"
        yield from _content(document, answer)
    yield "</section>"


def _content(document: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[str]:
    for media_type, content in body.get("content", {}).items():
        yield f"<p><code>{media_type}</code>: {_type(content['schema'])}</p>"
        for name, example in content.get("examples", {}).items():
            example = resolve(document, example)  # noqa: PLW2901
            value = json.dumps(example["value"], indent=2, ensure_ascii=False)
            yield f"<details><summary>{escape(example.get('summary', name))}</summary>"
            yield f"<pre>{escape(value)}</pre></details>"


def _schema(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f'<section id="{escape(name)}"><h3>{escape(name)}</h3>'
    yield _text(schema.get("description", ""))
    properties = schema.get("properties", {})
    if not properties:
        yield f"<p>{_type(schema)}</p>"
    else:
        required = schema.get("required", ())
        yield _table(
            (
                f"<code>{escape(field)}</code>{' (required)' if field in required else ''}",
                _type(value),
                _text(value.get("description", "")),
            )
            for field, value in properties.items()
        )
    yield "</section>"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    if "oneOf" in schema:
        return " or ".join(map(_type, schema["oneOf"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    words = [schema.get("format", schema.get("type", "anything"))]
    words += [
        f"{label} {schema[key]}"
        for key, label in (
            ("minimum", "from"),
            ("maximum", "to"),
            ("minLength", "at least"),
            ("maxLength", "at most"),
            ("pattern", "matching"),
            ("default", "default"),
        )
        if key in schema
    ]
    if "enum" in schema:
        words.append("one of " + ", ".join(map(str, schema["enum"])))
    if schema.get("nullable"):
        words.append("or null")
    return escape(" ".join(words))


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{body}</table>"


def _text(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", escape(text.strip()))
    marked = (re.sub(r"`([^`]+)`", r"<code>\1</code>", paragraph) for paragraph in paragraphs)
    return "".join(f"<p>{paragraph}</p>" for paragraph in marked if paragraph)
