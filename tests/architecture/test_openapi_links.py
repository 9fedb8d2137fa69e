"""The contract's links, by which tests and clients go from one operation to the next."""

from pathlib import Path
from typing import Any

from local.gateway import contract

DOCUMENT: dict[str, Any] = contract.load(Path("openapi/rostrum.yaml"))


def operations() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Each operation by its id, with the path item it stands in."""
    return {
        item[method]["operationId"]: (item, item[method])
        for item in DOCUMENT["paths"].values()
        for method in contract.METHODS
        if method in item
    }


def test_every_link_leads_to_an_operation_and_its_parameters() -> None:
    by_id = operations()
    links = [
        link
        for _, operation in by_id.values()
        for answer in operation["responses"].values()
        for link in contract.resolve(DOCUMENT, answer).get("links", {}).values()
    ]
    assert len(links) > 10
    for link in links:
        item, operation = by_id[link["operationId"]]
        named = {
            name
            for node in [*item.get("parameters", ()), *operation.get("parameters", ())]
            for parameter in [contract.resolve(DOCUMENT, node)]
            for name in (parameter["name"], f"{parameter['in']}.{parameter['name']}")
        }
        assert set(link.get("parameters", ())) <= named
        assert "requestBody" not in link or "requestBody" in operation
