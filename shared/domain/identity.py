"""Who calls."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["learner", "teacher", "admin", "service"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller: a user, or a deployable calling another one (role `service`).

    `session_id` names the sign-in the token stems from, `authenticated_at` (seconds since 1970)
    when the user last proved who they are, `second_factor` whether by more than a password.
    """

    id: str
    role: Role
    session_id: str | None = None
    authenticated_at: int | None = None
    second_factor: bool = False
