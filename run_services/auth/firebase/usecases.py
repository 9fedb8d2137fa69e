"""Sign-in with Firebase, and tokens that open Firestore for our own users."""

from typing import Any, Final

import sqlalchemy as sa

from run_services.auth.addresses import email_key, normalised
from run_services.auth.limits import Limits
from run_services.auth.sessions.opened import SignedIn
from run_services.auth.sessions.usecases import Sessions
from shared.domain.errors import Forbidden, NotFound, Unauthenticated
from shared.domain.identity import Principal
from shared.domain.user import User
from shared.ports.clock import Clock
from shared.ports.database import Database
from shared.ports.social_identity import SocialIdentities, SocialIdentity
from shared.repositories.accounts.audit import AuditLog
from shared.repositories.accounts.identities import Identities
from shared.repositories.accounts.mail_links import MailLinks
from shared.repositories.accounts.second_factor import SecondFactors
from shared.repositories.accounts.sessions import SessionStore
from shared.repositories.accounts.users import Users

_NAME_LENGTH: Final = 100


class Firebase:
    """`social` is None in an installation without a Firebase project."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sessions: Sessions,
        limits: Limits,
        social: SocialIdentities | None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._limits = limits
        self._social = social
        self._users = Users()
        self._identities = Identities()
        self._audit = AuditLog(clock)

    def sign_in(self, id_token: str, client_id: str | None, address: str) -> SignedIn:
        """A session for an ID token, of the identity's user or a new one.

        An unknown identity needs a verified address to be linked or to make an account. Raises
        `NotFound` (`firebase_not_configured`), `Unauthenticated` (`firebase_token_invalid`),
        `Forbidden` (`email_unverified`, `account_disabled`), `RateLimited`.
        """
        social = self._configured()
        self._limits.admit("firebase", address)
        identity = social.verify(id_token)
        with self._database.transaction() as connection:
            user = self._user_of(connection, identity)
            opened = self._sessions.open(
                connection,
                user,
                client_id,
                second_factor=identity.second_factor,
                authenticated_at=min(identity.authenticated_at, self._clock.now()),
            )
        return self._sessions.signed_in(opened)

    def custom_token(self, caller: Principal) -> str:
        """A Firebase token under the caller's id, while their account and session last."""
        social = self._configured()
        with self._database.transaction() as connection:
            user = self._users.get(connection, caller.id)
            session = SessionStore().get(connection, caller.session_id or "")
        if user is None or session is None or session.revoked_at:
            raise Unauthenticated("Sign in again.")
        _require_enabled(user)
        return social.custom_token(user.id)

    def _configured(self) -> SocialIdentities:
        if self._social is None:
            raise NotFound("There is no Firebase project here.", code="firebase_not_configured")
        return self._social

    def _user_of(self, connection: sa.Connection, identity: SocialIdentity) -> User:
        user = self._linked(connection, identity)
        if user is None:
            user = self._by_verified_address(connection, identity)
            _require_enabled(user)
            if not user.email_verified_at:
                user = self._reclaim(connection, user, identity)
            user = self._link(connection, user, identity)
        _require_enabled(user)
        return user

    def _linked(self, connection: sa.Connection, identity: SocialIdentity) -> User | None:
        user_id = self._identities.user_of(connection, identity.issuer, identity.subject)
        return self._users.get(connection, user_id, lock=True) if user_id else None

    def _by_verified_address(self, connection: sa.Connection, identity: SocialIdentity) -> User:
        """The account with the identity's address, locked; a new one where there is none."""
        if not identity.email or not identity.email_verified:
            raise _unverified()
        try:
            email = normalised(identity.email)
        except ValueError:
            raise _unverified() from None
        now = self._clock.now()
        new = User(
            id=self._clock.new_id(),
            email=email,
            email_key=email_key(email),
            role="learner",
            locale="en",
            time_zone="UTC",
            created_at=now,
            updated_at=now,
            email_verified_at=now,
            name=_name(identity),
        )
        user = self._users.by_email(connection, new.email_key, lock=True)
        if user is None and self._users.add(connection, new):
            self._record(connection, "registered", new, {"by": "firebase"})
            return new
        # Somebody else may have made it just now, and `add` has waited for that.
        user = user or self._users.by_email(connection, new.email_key, lock=True)
        if user is None:
            raise Unauthenticated("This account is gone.")
        return user

    def _reclaim(self, connection: sa.Connection, user: User, identity: SocialIdentity) -> User:
        """Hand an account to the proven owner of its address.

        Whoever made it never proved that address. So nothing they may have planted stays: no
        password, session, mailed link, second factor or identity of theirs opens it any more.
        """
        self._sessions.revoke_all(connection, user.id, "account_reclaimed", actor_id=user.id)
        MailLinks().forget(connection, user.id)
        SecondFactors().remove(connection, user.id)
        self._identities.unlink_all(connection, user.id)
        self._record(connection, "account_reclaimed", user, {})
        now = self._clock.now()
        changes: dict[str, Any] = {
            "password_hash": None,
            "email_verified_at": now,
            "name": _name(identity),
        }
        return self._users.change(connection, user.id, changes, now) or user

    def _link(self, connection: sa.Connection, user: User, identity: SocialIdentity) -> User:
        issuer, subject, now = identity.issuer, identity.subject, self._clock.now()
        if self._identities.link(connection, issuer, subject, user.id, now):
            self._record(connection, "identity_linked", user, {"issuer": issuer})
            return user
        return self._linked(connection, identity) or user

    def _record(
        self, connection: sa.Connection, action: str, user: User, details: dict[str, str]
    ) -> None:
        self._audit.record(
            connection, action, actor_id=user.id, subject_id=user.id, details=details
        )


def _name(identity: SocialIdentity) -> str | None:
    """The name as a profile takes it."""
    name = (identity.name or "").replace("\0", "").strip()[:_NAME_LENGTH].strip()
    return name or None


def _require_enabled(user: User) -> None:
    if user.disabled_at:
        raise Forbidden("This account has been disabled.", code="account_disabled")


def _unverified() -> Forbidden:
    return Forbidden("Firebase has not confirmed your e-mail address.", code="email_unverified")
