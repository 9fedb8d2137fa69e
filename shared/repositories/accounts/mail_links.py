"""Links sent by mail. Every method works in the caller's transaction."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from shared.domain.user import LinkPurpose, MailLink
from shared.repositories.accounts.tables import mail_links


class MailLinks:
    def replace(self, connection: sa.Connection, link: MailLink) -> None:
        """Add the link; the user's earlier one of that purpose no longer works.

        The caller has locked the user, or two at once would both stay.
        """
        earlier = sa.and_(
            mail_links.c.user_id == link.user_id, mail_links.c.purpose == link.purpose
        )
        connection.execute(sa.delete(mail_links).where(earlier))
        connection.execute(sa.insert(mail_links).values(asdict(link)))

    def owner(self, connection: sa.Connection, hash: bytes) -> str | None:
        """The user the link was sent to."""
        wanted = sa.select(mail_links.c.user_id).where(mail_links.c.hash == hash)
        owner: str | None = connection.scalar(wanted)
        return owner

    def take(
        self, connection: sa.Connection, hash: bytes, *purposes: LinkPurpose
    ) -> MailLink | None:
        """The link, lapsed or not, which is gone with this transaction: it works once."""
        taken = connection.execute(
            sa.delete(mail_links)
            .where(mail_links.c.hash == hash, mail_links.c.purpose.in_(purposes))
            .returning(*mail_links.c)
        )
        row = taken.mappings().first()
        return _load(row) if row else None

    def of_user(self, connection: sa.Connection, user_id: str) -> list[MailLink]:
        wanted = sa.select(mail_links).where(mail_links.c.user_id == user_id)
        return [_load(row) for row in connection.execute(wanted).mappings()]

    def forget(self, connection: sa.Connection, user_id: str) -> None:
        """No link sent to this user works any more."""
        connection.execute(sa.delete(mail_links).where(mail_links.c.user_id == user_id))


def _load(row: sa.RowMapping) -> MailLink:
    fields: dict[str, Any] = dict(row)
    return MailLink(**fields)
