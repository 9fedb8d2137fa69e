"""Passwords forgotten, reset and changed."""

from run_services.auth.accounts import mails
from run_services.auth.accounts.links import Links
from run_services.auth.accounts.mailer import Mailer
from run_services.auth.accounts.profiles import Profiles
from run_services.auth.addresses import email_key
from run_services.auth.limits import Limits
from run_services.auth.passwords import Passwords, require_strong
from run_services.auth.recent import require_recent
from run_services.auth.sessions.usecases import Sessions
from shared.domain.identity import Principal
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.repositories.accounts.audit import AuditLog
from shared.repositories.accounts.users import Users


class PasswordChanges:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        passwords: Passwords,
        profiles: Profiles,
        links: Links,
        mailer: Mailer,
        sessions: Sessions,
        limits: Limits,
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._profiles = profiles
        self._links = links
        self._mailer = mailer
        self._sessions = sessions
        self._limits = limits
        self._users = Users()
        self._audit = AuditLog(clock)

    def forgot(self, email: str, address: str) -> None:
        """Mail a link to choose a new password with, if there is such an account."""
        self._limits.admit("forgot-password", address)
        key = email_key(email)
        self._limits.admit_mail(key)
        self._mailer.soon(lambda: self._write(key))

    def reset(self, token: str, password: str, address: str) -> None:
        """Set the password by a mailed link, which proves the address, and end every session.

        Raises `Invalid` (`link_invalid`, `password_too_weak`; the latter leaves the link usable).
        """
        self._limits.admit("reset-password", address)
        fresh = self._passwords.hash(password)
        now = self._clock.now()
        with self._database.transaction() as connection:
            link = self._links.follow(connection, token, "reset_password")
            user = self._profiles.own(connection, link.user_id)
            require_strong(password, user.email, "/password")
            changes = {"password_hash": fresh, "email_verified_at": user.email_verified_at or now}
            self._users.change(connection, user.id, changes, now)
            self._links.forget(connection, user.id)
            self._sessions.revoke_all(connection, user.id, "password_reset", actor_id=user.id)
            self._audit.record(connection, "password_reset", actor_id=user.id, subject_id=user.id)
        self._limits.succeed(f"login:{user.email_key}")
        self._mailer.send(user.email, mails.password_changed())

    def change(self, caller: Principal, current: str | None, password: str) -> None:
        """Set the password and end every other session.

        Raises `Forbidden`: `password_wrong`, or `reauthentication_required` when the account has
        no password yet and the sign-in is not recent; `Invalid` (code `password_too_weak`).
        """
        user = self._profiles.require_password(caller.id, current, none_is_fine=True)
        if user.password_hash is None:
            require_recent(caller, self._clock)
        require_strong(password, user.email, "/new_password")
        fresh = self._passwords.hash(password)
        with self._database.transaction() as connection:
            self._profiles.unchanged(connection, user)
            self._users.change(connection, user.id, {"password_hash": fresh}, self._clock.now())
            self._links.forget(connection, user.id)
            self._sessions.revoke_all(
                connection,
                user.id,
                "password_changed",
                actor_id=user.id,
                but=caller.session_id,
            )
            self._audit.record(connection, "password_changed", actor_id=user.id, subject_id=user.id)
        self._mailer.send(user.email, mails.password_changed())

    def _write(self, key: str) -> None:
        with self._database.transaction() as connection:
            user = self._users.by_email(connection, key, lock=True)
            if user is None:
                return
            token = self._links.make(connection, user.id, "reset_password")
        letter = mails.reset_password(self._mailer.link("reset-password", token))
        self._mailer.send(user.email, letter)
