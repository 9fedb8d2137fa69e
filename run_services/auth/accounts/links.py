"""The links mailed to users: made, and followed once."""

from datetime import timedelta

import sqlalchemy as sa

from run_services.auth.opaque import new_token, token_hash
from shared.domain.errors import Invalid
from shared.domain.user import LinkPurpose, MailLink
from shared.ports.clock import Clock
from shared.repositories.accounts.mail_links import MailLinks
from shared.repositories.accounts.users import Users

_LIFETIME: dict[LinkPurpose, timedelta] = {
    "verify_email": timedelta(hours=24),
    "change_email": timedelta(hours=24),
    "reset_password": timedelta(hours=1),
}


class Links:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._links = MailLinks()
        self._users = Users()

    def make(
        self,
        connection: sa.Connection,
        user_id: str,
        purpose: LinkPurpose,
        new_email: str | None = None,
    ) -> str:
        """The token of a fresh link; the earlier one of that purpose no longer works.

        The caller has locked the user.
        """
        token = new_token()
        expires_at = self._clock.now() + _LIFETIME[purpose]
        link = MailLink(token_hash(token), user_id, purpose, expires_at, new_email)
        self._links.replace(connection, link)
        return token

    def follow(self, connection: sa.Connection, token: str, *purposes: LinkPurpose) -> MailLink:
        """The link of this token, used up, and its user locked.

        Raises `Invalid` (code `link_invalid`).
        """
        hashed = token_hash(token)
        # The user first, as everywhere, or two transactions could wait for each other.
        if owner := self._links.owner(connection, hashed):
            self._users.get(connection, owner, lock=True)
        link = self._links.take(connection, hashed, *purposes)
        if link is None or link.expires_at <= self._clock.now():
            raise link_invalid()
        return link

    def forget(self, connection: sa.Connection, user_id: str) -> None:
        self._links.forget(connection, user_id)


def link_invalid() -> Invalid:
    return Invalid("This link was used before, or it has lapsed.", code="link_invalid")
