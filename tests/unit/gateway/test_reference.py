"""The API reference page."""

import json
import re
from typing import Any

from local.gateway import reference
from local.gateway.contract import METHODS


def test_every_operation_and_schema_is_there_and_every_link_leads_somewhere(
    document: dict[str, Any],
) -> None:
    html = reference.html(document)
    anchors = set(re.findall(r'id="([^"]+)"', html))
    operations = {
        item[method]["operationId"]
        for item in document["paths"].values()
        for method in METHODS
        if method in item
    }
    assert operations | {"schemas"} | set(document["components"]["schemas"]) == anchors
    assert set(re.findall(r'href="#([^"]+)"', html)) <= anchors
    contents = html[html.index("<nav>") : html.index("</nav>")]
    assert set(re.findall(r'href="#([^"]+)"', contents)) == operations | {"schemas"}


def test_the_page_needs_no_script_and_no_other_site(document: dict[str, Any]) -> None:
    html = reference.html(document)
    assert "<script" not in html
    assert re.findall(r'(?:src|href)="(?!#)([^"]+)"', html) == [reference.CONTRACT_PATH]


def test_text_from_the_contract_is_escaped(document: dict[str, Any]) -> None:
    hostile = document | {"info": {"title": "<b>", "description": "`<i>` & more"}}
    html = reference.html(hostile)
    assert "<b>" not in html
    assert "<code>&lt;i&gt;</code> &amp; more" in html


def test_the_contract_is_served_as_it_is(document: dict[str, Any]) -> None:
    _, contract_page = reference.pages(document)
    assert json.loads(contract_page.body) == document
