"""Who calls."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["learner", "teacher", "admin", "service"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller: a user, or a deployable calling another one (role `service`)."""

    id: str
    role: Role
