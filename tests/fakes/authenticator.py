"""An authenticator app, and the ways to a session that has used it."""

from datetime import timedelta
from typing import Any

import pyotp
import sqlalchemy as sa

from shared.repositories.accounts.tables import users

STEP = timedelta(seconds=30)
PASSWORD = "seven green umbrellas"


class Authenticator:
    """Shows the codes of a secret at the time of the service's clock, or steps off it."""

    def __init__(self, secret: str, clock: Any) -> None:
        self._totp = pyotp.TOTP(secret)
        self._clock = clock

    def code(self, steps: int = 0) -> str:
        return self._totp.at(self._clock.now() + steps * STEP)

    def fresh_code(self) -> str:
        """The next step's code: none of the steps so far can have used it up."""
        self._clock.advance(STEP)
        return self.code()


def enrolled(auth: Any, session: dict[str, Any]) -> tuple[Authenticator, list[str]]:
    """Turn the second factor on; the app, and the recovery codes."""
    token = session["access_token"]
    enrolment = auth.post("totp", token)
    assert enrolment.status_code == 201, enrolment.text
    app = Authenticator(enrolment.json["secret"], auth.clock)
    confirmed = auth.post("totp/confirm", token, code=app.fresh_code())
    assert confirmed.status_code == 200, confirmed.text
    return app, confirmed.json["recovery_codes"]


def set_role(auth: Any, email: str, role: str) -> None:
    with auth.engine.begin() as connection:
        changed = sa.update(users).where(users.c.email == email).values(role=role)
        assert connection.execute(changed).rowcount == 1


def admin(auth: Any, email: str) -> dict[str, Any]:
    """The session of a new administrator, signed in with a second factor."""
    auth.register(email, PASSWORD)
    set_role(auth, email, "admin")
    app, _ = enrolled(auth, auth.login(email, PASSWORD))
    return auth.login(email, PASSWORD, totp_code=app.fresh_code())
