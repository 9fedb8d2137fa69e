"""Letters are tried again, and a process that is shut down sends what waits."""

import subprocess
import sys
from threading import Event

import pytest

from run_services.auth.accounts.mailer import Mailer
from run_services.auth.accounts.mails import Letter
from run_services.auth.background import Background
from shared.adapters.embedded.clock import SystemClock
from shared.domain.errors import AppError, Invalid, Unavailable
from shared.ports.mail import Message

LETTER = Letter("Subject", "Text")


class Flaky:
    """Fails as told, then takes everything."""

    def __init__(self, *failures: AppError) -> None:
        self.failures = list(failures)
        self.tries: list[Message] = []

    def send(self, message: Message) -> None:
        self.tries.append(message)
        if self.failures:
            raise self.failures.pop(0)


def sent(mail: Flaky) -> list[float]:
    """The pauses between the tries."""
    pauses: list[float] = []
    background = Background()
    mailer = Mailer(mail, SystemClock(), Background(), background, "https://x/", pauses.append)
    mailer.send("eve@example.com", LETTER)
    background.join()
    return pauses


def test_a_server_that_is_away_is_asked_again_with_the_same_message() -> None:
    mail = Flaky(Unavailable("away"), Unavailable("away"))
    assert sent(mail) == [1.0, 5.0]
    assert len({message.id for message in mail.tries}) == 1
    assert len(mail.tries) == 3


@pytest.mark.parametrize("failures", [[Unavailable("away")] * 4, [Invalid("no")]])
def test_a_letter_given_up_is_logged_without_its_address(failures, caplog) -> None:
    mail = Flaky(*failures)
    sent(mail)
    assert len(mail.tries) == len(failures)
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert record.message_id == mail.tries[0].id
    assert "eve@" not in str(vars(record))


def test_a_link_leads_to_the_web_app() -> None:
    mailer = Mailer(Flaky(), SystemClock(), Background(), Background(), "https://x/")
    assert mailer.link("verify", "a-_b") == "https://x/verify?token=a-_b"


def test_letters_that_wait_for_the_server_hold_up_nothing_else() -> None:
    back = Event()
    post, background, mail = Background(), Background(), Flaky(*[Unavailable("away")] * 9)
    mailer = Mailer(mail, SystemClock(), background, post, "https://x/", lambda _: back.wait(30))
    for _ in range(9):
        mailer.send("eve@example.com", LETTER)
    done = Event()
    mailer.soon(done.set)
    assert done.wait(20)
    back.set()
    post.join()


def test_background_work_never_waits_and_never_raises(caplog) -> None:
    background, go = Background(threads=1, waiting=2), Event()
    done: list[int] = []
    background.submit(go.wait)
    background.submit(lambda: done.append(1))
    background.submit(lambda: done.append(2))
    go.set()
    background.join()
    assert done == [1]
    assert "the queue is full" in caplog.text
    background.submit(lambda: done.append(1 // 0))
    background.submit(lambda: done.append(3))
    background.join()
    assert done == [1, 3]
    assert "background work failed" in caplog.text


def test_what_that_work_submits_in_its_turn_is_done_as_well() -> None:
    script = (
        "import time\n"
        "from run_services.auth.background import Background\n"
        "background = Background(threads=1)\n"
        "def write():\n"
        "    time.sleep(0.3)\n"
        "    background.submit(lambda: print('sent', flush=True))\n"
        "background.submit(write)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    assert ended.stdout.split() == ["sent"]


def test_what_waits_is_done_before_the_process_ends() -> None:
    script = (
        "import time\n"
        "from run_services.auth.background import Background\n"
        "background = Background(threads=1)\n"
        "for n in range(3):\n"
        "    background.submit(lambda n=n: (time.sleep(0.1), print(n, flush=True)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    assert ended.stdout.split() == ["0", "1", "2"]
