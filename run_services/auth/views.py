"""Users as the API shows them."""

from typing import Any

from shared.domain.times import timestamp
from shared.domain.user import User


def user_document(user: User) -> dict[str, Any]:
    """What users see of themselves."""
    document: dict[str, Any] = {
        "id": user.id,
        "email": user.email,
        "email_verified": user.email_verified_at is not None,
        "role": user.role,
        "locale": user.locale,
        "time_zone": user.time_zone,
        "goals": list(user.goals),
        "keep_recordings": user.keep_recordings,
        "has_password": user.password_hash is not None,
        "second_factor": user.second_factor,
        "created_at": timestamp(user.created_at),
        "updated_at": timestamp(user.updated_at),
    }
    if user.name is not None:
        document["name"] = user.name
    return document
