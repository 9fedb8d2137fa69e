"""The lifecycle of the buckets as a backstop: behind what removes things, never before it."""

from datetime import timedelta

from annotated_types import Le

from functions.audio_processing.settings import Settings
from local import lifecycle
from shared.adapters.gcp.speech import PASSING_PREFIX
from shared.domain.attempt import UPLOAD_WINDOW, kept_name, object_name


def ages(bucket: str, name: str) -> list[timedelta]:
    """At which ages an object of that name is deleted."""
    return [rule.age for rule in lifecycle.rules()[bucket] if name.startswith(rule.prefix)]


def test_an_uploaded_recording_has_a_day() -> None:
    assert ages("uploads", object_name("u", "a")) == [timedelta(days=1)]
    assert timedelta(days=1) > UPLOAD_WINDOW


def test_a_recording_left_behind_by_its_recognition_has_a_day() -> None:
    assert ages("uploads", f"{PASSING_PREFIX}0") == [timedelta(days=1)]


def test_a_kept_recording_is_never_deleted_early() -> None:
    [longest] = [
        m.le for m in Settings.model_fields["recordings_kept_days"].metadata if isinstance(m, Le)
    ]
    [age] = ages("uploads", kept_name("u", "a"))
    assert timedelta(days=longest) < age <= timedelta(days=longest + 2)


def test_what_is_no_ones_to_delete_stays() -> None:
    assert ages("materials", "anything") == []
    assert ages("ledger", "anything") == []
    assert ages("features", "anything") == []
    assert ages("exports", "anything") == [timedelta(days=7)]
