"""A plan that destroys what holds data is stopped, unless each loss is named."""

import io
import json

import pytest

from delivery import plans

DATABASE = "module.rostrum.module.database.google_sql_database_instance.rostrum"


def change(kind: str, *actions: str, address: str = "") -> dict[str, object]:
    return {"address": address or f"{kind}.x", "type": kind, "change": {"actions": list(actions)}}


def run(*changes: dict[str, object], arguments: tuple[str, ...] = ()) -> int:
    return plans.main(arguments, io.StringIO(json.dumps({"resource_changes": changes})))


def test_what_is_made_changed_or_left_passes(capsys: pytest.CaptureFixture[str]) -> None:
    made = change("google_storage_bucket", "create")
    changed = change("google_sql_database_instance", "update", address=DATABASE)
    assert run(made, changed, change("google_pubsub_topic", "no-op")) == 0
    shown = capsys.readouterr().out
    assert f"update {DATABASE}" in shown
    assert "google_pubsub_topic" not in shown
    assert "1 create, 1 no-op, 1 update" in shown


@pytest.mark.parametrize(
    "actions", [("delete",), ("delete", "create"), ("create", "delete")], ids="+".join
)
@pytest.mark.parametrize("kind", sorted(plans.HOLDS_DATA))
def test_what_holds_data_is_not_deleted_nor_replaced(kind: str, actions: tuple[str, ...]) -> None:
    assert run(change(kind, *actions)) == 1


def test_a_named_loss_is_allowed_and_no_other() -> None:
    database = change("google_sql_database_instance", "delete", "create", address=DATABASE)
    allowed = ("--allow-destroy", DATABASE)
    assert run(database, arguments=allowed) == 0
    assert run(database, change("google_storage_bucket", "delete"), arguments=allowed) == 1


def test_what_the_next_apply_makes_again_may_go() -> None:
    config = change("google_api_gateway_api_config", "create", "delete")
    assert run(config, change("google_monitoring_alert_policy", "delete")) == 0


def test_a_plan_without_resources_is_an_empty_one() -> None:
    assert run() == 0
