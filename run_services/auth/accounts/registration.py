"""From the wish for an account to a confirmed address. Nothing tells who has an account."""

from dataclasses import dataclass

import sqlalchemy as sa

from run_services.auth.accounts import mails
from run_services.auth.accounts.links import Links, link_invalid
from run_services.auth.accounts.mailer import Mailer
from run_services.auth.addresses import email_key
from run_services.auth.limits import Limits
from run_services.auth.passwords import Passwords, require_strong
from shared.domain.user import MailLink, User
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.accounts.audit import AuditLog
from shared.repositories.accounts.users import Users


@dataclass(frozen=True, slots=True)
class NewAccount:
    email: str
    password: str
    name: str | None
    locale: str
    time_zone: str


class Registration:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        passwords: Passwords,
        links: Links,
        mailer: Mailer,
        limits: Limits,
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._links = links
        self._mailer = mailer
        self._limits = limits
        self._users = Users()
        self._audit = AuditLog(clock)

    def register(self, new: NewAccount, address: str) -> None:
        """Add the account unless the address has one; either way a mail says what is next."""
        self._limits.admit("register", address)
        require_strong(new.password, new.email, "/password")
        key = email_key(new.email)
        self._limits.admit_mail(key)
        now = self._clock.now()
        user = User(
            id=self._clock.new_id(),
            email=new.email,
            email_key=key,
            role="learner",
            locale=new.locale,
            time_zone=new.time_zone,
            created_at=now,
            updated_at=now,
            password_hash=self._passwords.hash(new.password),
            name=new.name,
        )
        self._mailer.soon(lambda: self._open(user, new.password))

    def resend(self, email: str, address: str) -> None:
        """A fresh link to an address that waits for its confirmation."""
        self._limits.admit("resend-verification", address)
        key = email_key(email)
        self._limits.admit_mail(key)
        self._mailer.soon(lambda: self._write(key, tell_verified=False))

    def verify(self, token: str, address: str) -> None:
        """Follow a link to an address. Raises `Invalid` (code `link_invalid`)."""
        self._limits.admit("verify-email", address)
        try:
            with self._database.transaction() as connection:
                link = self._links.follow(connection, token, "verify_email", "change_email")
                self._confirm(connection, link)
        except sa.exc.IntegrityError:
            # Meanwhile another account has confirmed the new address.
            raise link_invalid() from None

    def _confirm(self, connection: sa.Connection, link: MailLink) -> None:
        now = self._clock.now()
        if link.new_email is None:
            self._users.change(connection, link.user_id, {"email_verified_at": now}, now)
            return
        changes = {
            "email": link.new_email,
            "email_key": email_key(link.new_email),
            "email_verified_at": now,
        }
        self._users.change(connection, link.user_id, changes, now)
        # Links to the old address must not open the account any more.
        self._links.forget(connection, link.user_id)
        self._audit.record(
            connection, "email_changed", actor_id=link.user_id, subject_id=link.user_id
        )

    def _open(self, user: User, password: str) -> None:
        # In the background too: to add one takes longer than to find one.
        with self._database.transaction() as connection:
            added = self._users.add(connection, user)
            known = None if added else self._users.by_email(connection, user.email_key)
        unconfirmed = known if known and not known.email_verified_at else None
        # Compared for everyone, so that what follows on this machine is as slow for all.
        same = self._passwords.matches(unconfirmed.password_hash if unconfirmed else None, password)
        if unconfirmed and not same:
            self._void(unconfirmed)
        self._write(user.email_key, tell_verified=True)

    def _void(self, contested: User) -> None:
        """Take the password from an unconfirmed account that is registered with another one.

        Whoever comes first has not proved the address: a stranger's password must not be the one
        that the owner confirms. The owner chooses theirs by a link.
        """
        with self._database.transaction() as connection:
            user = self._users.get(connection, contested.id, lock=True)
            if (
                user
                and not user.email_verified_at
                and user.password_hash == contested.password_hash
            ):
                voided = {"password_hash": None, "name": None}
                self._users.change(connection, user.id, voided, self._clock.now())

    def _write(self, key: str, *, tell_verified: bool) -> None:
        with self._database.transaction() as connection:
            user = self._users.by_email(connection, key, lock=True)
            if user is None or (user.email_verified_at and not tell_verified):
                return
            if user.email_verified_at:
                letter = mails.already_registered(self._mailer.public_url)
            elif user.password_hash is None:
                self._links.forget(connection, user.id)
                token = self._links.make(connection, user.id, "reset_password")
                letter = mails.choose_password(self._mailer.link("reset-password", token))
            else:
                token = self._links.make(connection, user.id, "verify_email")
                letter = mails.verify_address(self._mailer.link("verify", token))
        self._mailer.send(user.email, letter)
