"""The lifecycle of the buckets: the one file that the embedded engine and Terraform both read."""

import json
from dataclasses import dataclass
from datetime import timedelta

from local.deployables import ROOT

_FILE = ROOT / "infra" / "storage-lifecycle.json"


@dataclass(frozen=True, slots=True)
class Rule:
    """Objects whose names begin with `prefix` are deleted at that age, as Cloud Storage does."""

    prefix: str
    age: timedelta


def rules() -> dict[str, list[Rule]]:
    """By bucket, as the settings call it without `_bucket`."""
    written = json.loads(_FILE.read_text())
    return {
        bucket: [Rule(rule["prefix"], timedelta(days=rule["age_days"])) for rule in its_rules]
        for bucket, its_rules in written.items()
    }
