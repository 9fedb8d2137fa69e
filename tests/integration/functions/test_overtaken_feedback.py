"""Two workers with one event: the slower finds the attempt completed when it has its feedback."""

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug import Response
from werkzeug.serving import make_server

from shared.domain.analysis import Analysis, Measures, Scores
from shared.domain.attempt import complete
from shared.domain.documents import to_document
from shared.domain.feedback import Feedback
from shared.domain.transcription import Transcriber

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Bench

ANALYSIS = Analysis("1", Transcriber("t", "1"), "en", "", (), (), Measures(), Scores())
FEEDBACK = Feedback("feedback", 1, "rubric", "Well read.", (), ())


def test_the_slower_worker_announces_what_the_faster_may_not_have(
    bench: "Bench", start: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The faster one may be killed before it publishes, and this event is then acknowledged."""
    attempt = bench.attempt(status="analyzed", analysis=ANALYSIS)

    def overtake(environ: Any, start_response: Any) -> Iterable[bytes]:
        feedback = replace(FEEDBACK, summary="The first stands.")
        finish = partial(complete, feedback=feedback, now=bench.clock.now())
        bench.attempts.update(attempt.id, finish)
        answer = json.dumps({"feedback": to_document(FEEDBACK)})
        return Response(answer, content_type="application/json")(environ, start_response)

    server = make_server("127.0.0.1", 0, overtake)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    monkeypatch.setenv("ROSTRUM_AI_GATEWAY_URL", f"http://127.0.0.1:{server.server_port}")
    start("feedback_writer", "on_attempt_analyzed")
    changed = {"attempt_id": attempt.id, "user_id": attempt.user_id}
    try:
        assert bench.send_message("feedback_writer", changed) == 200
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    done = bench.now(attempt)
    assert done.feedback is not None
    assert done.feedback.summary == "The first stands."
    assert bench.published("attempt-completed") == [changed]
