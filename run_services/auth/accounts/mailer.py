"""Letters on their way: after the answer, tried again while the mail server is away."""

import logging
import time
from collections.abc import Callable
from urllib.parse import urlencode

from run_services.auth.accounts.mails import Letter
from run_services.auth.background import Background
from shared.domain.errors import AppError, Unavailable
from shared.ports.clock import Clock
from shared.ports.mail import Mail, Message

_log = logging.getLogger(__name__)
_RETRY_AFTER_S = (1.0, 5.0, 25.0)


class Mailer:
    """Sends in the background; `public_url` is the web app that the links lead to.

    `post` is for letters alone: while the mail server is away, they fill its threads.
    """

    def __init__(
        self,
        mail: Mail,
        clock: Clock,
        background: Background,
        post: Background,
        public_url: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._mail = mail
        self._clock = clock
        self._background = background
        self._post = post
        self._sleep = sleep
        self.public_url = public_url.rstrip("/")

    def soon(self, act: Callable[[], None]) -> None:
        """Look up and write in the background, so that the answer's time does not tell whom."""
        self._background.submit(act)

    def send(self, to: str, letter: Letter) -> None:
        """Send soon; a letter that cannot be sent is logged by its id, and lost."""
        message = Message(self._clock.new_id(), to, letter.subject, letter.text)
        self._post.submit(lambda: self._deliver(message))

    def link(self, page: str, token: str) -> str:
        return f"{self.public_url}/{page}?{urlencode({'token': token})}"

    def _deliver(self, message: Message) -> None:
        for pause in (*_RETRY_AFTER_S, None):
            try:
                self._mail.send(message)
            except Unavailable as error:
                if pause is None:
                    _log.error("mail lost: %s", error.code, extra={"message_id": message.id})
                    return
                self._sleep(pause)
            except AppError as error:
                _log.error("mail lost: %s", error.code, extra={"message_id": message.id})
                return
            else:
                return
