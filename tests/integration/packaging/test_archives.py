"""Every function from its archive: unpacked into an empty folder, with its own requirements alone.

On the Google engine, as it is deployed, and started as the buildpack starts it.
"""

import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from delivery import archives
from local.deployables import FUNCTIONS, ROOT
from shared.domain.attempt import Prompt, object_name
from shared.domain.failure import FAILURES
from tests.fakes.analyses import speech
from tests.fakes.event_delivery import Send, by_eventarc, by_push, finalized
from tests.fakes.installed import Environments, running

if TYPE_CHECKING:
    from tests.integration.packaging.conftest import Google

SOUND = (ROOT / "tests" / "fixtures" / "audio" / "austen.wav").read_bytes()
TARGETS = {function.name: function.target for function in FUNCTIONS}


def analyses_a_recording(google: "Google", send: Send) -> None:
    attempt = google.attempt("awaiting_upload")
    name = object_name(google.user_id, attempt.id)
    info = google.bucket("uploads").write(name, SOUND, "audio/wav")
    analyzed = google.watch("attempt-analyzed")
    send("uploads-finalized", finalized("uploads", info))
    done = google.now(attempt)
    assert done.status == "analyzed"
    assert done.analysis is not None
    assert done.analysis.words[0].text == "He"
    assert google.published(analyzed) == [{"attempt_id": attempt.id, "user_id": google.user_id}]


def writes_feedback(google: "Google", send: Send) -> None:
    attempt = google.attempt("analyzed", analysis=speech("hello there"))
    changed = {"attempt_id": attempt.id, "user_id": google.user_id}
    completed = google.watch("attempt-completed")
    send("attempt-analyzed", changed)
    done = google.now(attempt)
    assert done.status == "completed"
    assert done.feedback is not None
    assert done.feedback.written_by == "a-model"
    assert google.published(completed) == [changed]


def ends_what_is_stale(google: "Google", send: Send) -> None:
    attempt = google.attempt("processing", age=timedelta(minutes=16))
    failed = google.watch("attempt-failed")
    send("sweep-due", {})
    assert google.now(attempt).failure == FAILURES["processing_timeout"]
    assert {"attempt_id": attempt.id, "user_id": google.user_id} in google.published(failed)


def reports_a_completion(google: "Google", send: Send) -> None:
    prompt = Prompt("en", "Th", "The doctor.", None, "thought", 3, "course-1", "lesson-1")
    attempt = google.attempt("completed", prompt=prompt)
    send("attempt-completed", {"attempt_id": attempt.id, "user_id": google.user_id})
    [(method, path, body)] = google.calls()
    assert (method, path) == ("POST", "/course/internal/v1/completions")
    assert body["attempt_id"] == attempt.id


def writes_an_export(google: "Google", send: Send) -> None:
    exports = google.bucket("exports")
    before = list(exports.under(""))
    send("account-export-requested", {"export_id": "e1", "user_id": google.user_id})
    [written] = set(exports.under("")) - set(before)
    report = {"user_id": google.user_id, "status": "ready", "bytes": written.size}
    assert google.calls()[-1] == ("POST", "/auth/internal/v1/exports/e1", report)


def erases_everywhere(google: "Google", send: Send) -> None:
    send("account-erased", {"user_id": google.user_id})
    *deletions, last = google.calls()
    data = f"internal/v1/users/{google.user_id}/data"
    owners = ("ai_gateway", "auth", "course", "practice")
    assert sorted(deletions) == [("DELETE", f"/{owner}/{data}", None) for owner in owners]
    assert last[:2] == ("POST", f"/auth/internal/v1/erasures/{google.user_id}/finished")


def has_the_unfinished_announced(google: "Google", send: Send) -> None:
    send("sweep-due", {})
    swept = [(method, path) for method, path, _ in google.calls()]
    paths = ("erasures", "exports")
    assert swept == [("POST", f"/auth/internal/v1/{path}/sweep") for path in paths]


def has_a_package_imported(google: "Google", send: Send) -> None:
    materials = google.bucket("materials")
    name = f"packages/tom/{google.clock.new_id()}.zip"
    info = materials.write(name, b"PK", "application/zip")
    send("materials-finalized", finalized("materials", info))
    upload = Path(name).stem
    imported = f"/course/internal/v1/package-uploads/{upload}/import"
    assert google.calls() == [("POST", imported, {"generation": info.generation})]
    assert list(materials.under(name)) == []


EFFECTS: dict[str, Callable[["Google", Send], None]] = {
    "account_eraser": erases_everywhere,
    "account_exporter": writes_an_export,
    "account_sweeper": has_the_unfinished_announced,
    "attempt_sweeper": ends_what_is_stale,
    "audio_processing": analyses_a_recording,
    "feedback_writer": writes_feedback,
    "lesson_completion": reports_a_completion,
    "package_importer": has_a_package_imported,
}


@pytest.mark.parametrize("name", archives.names())
def test_a_function_does_its_work_from_its_archive(
    environments: Environments, google: "Google", tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "workspace"
    zipfile.ZipFile(archives.write(name, tmp_path / "archives")).extractall(folder)
    programs = environments.programs(folder / "requirements.txt")
    environment = {
        **google.environment,
        "PATH": f"{programs}{os.pathsep}/usr/bin:/bin",
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        # https://github.com/GoogleCloudPlatform/functions-framework-python#configure-the-functions-framework
        "FUNCTION_TARGET": TARGETS[name],
        "FUNCTION_SIGNATURE_TYPE": "cloudevent",
    }
    command = [programs / "functions-framework", "--host=127.0.0.1"]
    with running(command, environment, folder, tmp_path / "log") as server:
        for delivered in (by_push, by_eventarc):
            EFFECTS[name](google, delivered(server.url))
