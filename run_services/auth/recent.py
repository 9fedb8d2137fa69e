"""Steps that a stolen token must not be enough for: they need a fresh sign-in."""

from datetime import timedelta

from shared.domain.errors import Forbidden
from shared.domain.identity import Principal
from shared.ports.clock import Clock

REAUTHENTICATE_AFTER = timedelta(minutes=10)


def require_recent(principal: Principal, clock: Clock) -> None:
    """Raises `Forbidden` (code `reauthentication_required`) unless the user signed in just now."""
    proved_at = principal.authenticated_at
    oldest = (clock.now() - REAUTHENTICATE_AFTER).timestamp()
    if proved_at is None or proved_at < oldest:
        raise Forbidden("Sign in again first.", code="reauthentication_required")
