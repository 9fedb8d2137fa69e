"""The bodies and queries of administration; openapi/rostrum.yaml says the same."""

from typing import Self
from uuid import UUID

from pydantic import ConfigDict, model_validator

from run_services.auth.addresses import Email
from shared.domain.user import UserRole
from shared.runtime.bodies import Body, PageQuery


class UsersQuery(PageQuery):
    email: Email | None = None
    role: UserRole | None = None


class UserChange(Body):
    model_config = ConfigDict(strict=True)

    role: UserRole | None = None
    disabled: bool | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.role is None and self.disabled is None:
            raise ValueError("give role, disabled or both")
        return self


class AuditQuery(PageQuery):
    user_id: UUID | None = None
