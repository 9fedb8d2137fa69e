"""Which queries need which index, by Firestore's rules.

https://firebase.google.com/docs/firestore/query-data/index-overview
"""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.gcp.firestore_indexes import Indexes, MissingIndexError
from shared.ports.documents import Filter

A, B, MORE = Filter("a", "==", 1), Filter("b", "==", 1), Filter("n", ">", 1)


def indexes(*composites: str, **overrides: list[str]) -> Indexes:
    """Composites of the collection `c` as "a n-", overrides as the directions left of a field."""
    return Indexes(
        {
            "indexes": [
                {
                    "collectionGroup": "c",
                    "queryScope": "COLLECTION",
                    "fields": [_field(name) for name in composite.split()],
                }
                for composite in composites
            ],
            "fieldOverrides": [
                {
                    "collectionGroup": "c",
                    "fieldPath": "*" if name == "every" else name,
                    "indexes": [
                        {"order": order, "queryScope": "COLLECTION"} for order in directions
                    ],
                }
                for name, directions in overrides.items()
            ],
        }
    )


def _field(name: str) -> dict[str, str]:
    order = "DESCENDING" if name.endswith("-") else "ASCENDING"
    return {"fieldPath": name.removesuffix("-"), "order": order}


ANSWERED: list[tuple[Indexes, list[Filter], dict[str, Any]]] = [
    (indexes(), [], {}),
    (indexes(), [A], {}),
    (indexes(), [A, B], {}),
    (indexes(), [], {"order_by": "n"}),
    (indexes(), [], {"order_by": "n", "descending": True}),
    (indexes(), [MORE], {"order_by": "n", "descending": True}),
    (indexes(), [A], {"order_by": "a"}),
    (indexes("a n"), [A], {"order_by": "n"}),
    (indexes("a n __name__"), [A], {"order_by": "n"}),
    (indexes("a- n"), [A, MORE], {"order_by": "n"}),
    (indexes("b a n-"), [A, B], {"order_by": "n", "descending": True}),
    (indexes("a __name__-"), [A], {"descending": True}),
    (indexes("m n"), [MORE], {"order_by": "m"}),
    (indexes("a b", every=[]), [A, B], {}),
    (indexes("a n", every=[]), [A], {"order_by": "n"}),
    (indexes(every=[], a=["ASCENDING"]), [A], {}),
]
REFUSED: list[tuple[Indexes, list[Filter], dict[str, Any], str]] = [
    (indexes(), [A], {"order_by": "n"}, '"fieldPath": "n", "order": "ASCENDING"'),
    (indexes(), [A, MORE], {"order_by": "n", "descending": True}, '"n", "order": "DESCENDING"'),
    (indexes(), [A], {"descending": True}, '"__name__", "order": "DESCENDING"'),
    (indexes("a n"), [A], {"descending": True}, "__name__"),
    (indexes("a n"), [A], {"order_by": "n", "descending": True}, "DESCENDING"),
    (indexes("a n __name__-"), [A], {"order_by": "n"}, "add to indexes"),
    (indexes("n a"), [A], {"order_by": "n"}, "add to indexes"),
    (indexes("a n"), [A, B], {"order_by": "n"}, "add to indexes"),
    (indexes("a b n"), [A], {"order_by": "n"}, "add to indexes"),
    (indexes(), [MORE], {"order_by": "m"}, '"m".*"n"'),
    (indexes(), [MORE], {}, "by n"),
    (indexes(), [], {"descending": True}, "descending id"),
    (indexes(a=[]), [A], {}, 'fieldOverrides: .*"fieldPath": "a"'),
    (indexes(every=[]), [A], {}, 'fieldOverrides: .*"fieldPath": "a"'),
    (indexes(every=[], a=["ASCENDING"]), [A, B], {}, '"fieldPath": "b"'),
    (indexes("a n", every=[]), [A], {}, '"fieldPath": "a"'),
    (indexes(n=["ASCENDING"]), [], {"order_by": "n", "descending": True}, "DESCENDING"),
]


@pytest.mark.parametrize(("given", "filters", "order"), ANSWERED)
def test_answered(given: Indexes, filters: list[Filter], order: dict[str, Any]) -> None:
    given.check("c", filters, **{"order_by": "id", **order})


@pytest.mark.parametrize(("given", "filters", "order", "named"), REFUSED)
def test_refused_naming_what_is_missing(
    given: Indexes, filters: list[Filter], order: dict[str, Any], named: str
) -> None:
    with pytest.raises(MissingIndexError, match=named):
        given.check("c", filters, **{"order_by": "id", **order})


def test_an_index_serves_its_own_collection_and_scope(tmp_path: Path) -> None:
    index = {
        "collectionGroup": "c",
        "queryScope": "COLLECTION",
        "fields": [_field("a"), _field("n")],
    }
    path = tmp_path / "indexes.json"
    path.write_text(json.dumps({"indexes": [index], "fieldOverrides": []}))
    Indexes.load(path).check("c", [A], "n")
    with pytest.raises(MissingIndexError):
        Indexes.load(path).check("d", [A], "n")
    wider = {"indexes": [{**index, "queryScope": "COLLECTION_GROUP"}], "fieldOverrides": []}
    with pytest.raises(MissingIndexError):
        Indexes(wider).check("c", [A], "n")
