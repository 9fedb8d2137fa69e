"""A change of e-mail address: wished with the password, done by a link to the new address."""

from run_services.auth.accounts import mails
from run_services.auth.accounts.links import Links
from run_services.auth.accounts.mailer import Mailer
from run_services.auth.accounts.profiles import Profiles
from run_services.auth.addresses import email_key
from run_services.auth.limits import Limits
from shared.domain.user import User
from shared.ports.database import Database
from shared.repositories.accounts.users import Users


class AddressChanges:
    def __init__(
        self,
        database: Database,
        profiles: Profiles,
        links: Links,
        mailer: Mailer,
        limits: Limits,
    ) -> None:
        self._database = database
        self._profiles = profiles
        self._links = links
        self._mailer = mailer
        self._limits = limits
        self._users = Users()

    def ask(self, user_id: str, password: str, new_email: str) -> None:
        """Mail a link to the new address and a notice to the old one.

        Answers the same when another account has the new address; its owner gets a mail. Raises
        `Forbidden` (code `password_wrong`).
        """
        user = self._profiles.require_password(user_id, password)
        self._limits.admit_mail(email_key(new_email))
        self._mailer.soon(lambda: self._write(user, new_email))

    def _write(self, user: User, new_email: str) -> None:
        with self._database.transaction() as connection:
            self._profiles.unchanged(connection, user)
            holder = self._users.by_email(connection, email_key(new_email))
            if holder is not None and holder.id != user.id:
                letter = mails.already_registered(self._mailer.public_url)
            else:
                token = self._links.make(connection, user.id, "change_email", new_email)
                letter = mails.confirm_new_address(self._mailer.link("verify", token))
        self._mailer.send(new_email, letter)
        self._mailer.send(user.email, mails.address_is_changing())
