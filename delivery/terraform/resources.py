"""What a plan of Terraform's makes, as `terraform show -json` tells it.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource after the plan; what is known only when it is applied is None in `values`."""

    address: str
    type: str
    values: Mapping[str, Any]

    def block(self, *path: str) -> Mapping[str, Any]:
        """The block at this path, the first where there may be several; empty if there is none."""
        found: Any = self.values
        for name in path:
            inner = found.get(name)
            found = inner[0] if isinstance(inner, list) and inner else inner or {}
        return found if isinstance(found, Mapping) else {}


def planned(plan: Mapping[str, Any]) -> list[Resource]:
    """Every managed resource of the plan, those of modules too."""
    return list(_of_module(plan["planned_values"]["root_module"]))


def of_type(resources: Iterable[Resource], *types: str) -> Iterator[Resource]:
    return (resource for resource in resources if resource.type in types)


def _of_module(module: Mapping[str, Any]) -> Iterator[Resource]:
    for found in module.get("resources", ()):
        if found["mode"] == "managed":
            yield Resource(found["address"], found["type"], found["values"])
    for child in module.get("child_modules", ()):
        yield from _of_module(child)
