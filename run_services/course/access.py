"""Who may do what with a course."""

from shared.domain.errors import Forbidden
from shared.domain.identity import Principal
from shared.repositories.courses.records import Course, course_not_found


def is_author(user: Principal) -> bool:
    """Whether the user may make courses at all."""
    return user.role in ("teacher", "admin")


def may_edit(user: Principal, course: Course) -> bool:
    """Owners may, and admins who gave a second factor; without it they are teachers."""
    if user.role == "admin" and user.second_factor:
        return True
    return is_author(user) and course.owner_id == user.id


def require_author(user: Principal) -> None:
    if not is_author(user):
        raise Forbidden("Your account may not do this.")


def require_owner(user: Principal, course: Course) -> None:
    """Raises `Forbidden`, or `NotFound` where the user may not know that the course is there."""
    if may_edit(user, course):
        return
    require_published(course)
    raise Forbidden("Only its owner may do this to a course.")


def require_published(course: Course) -> None:
    if course.status != "published":
        raise course_not_found()


def require_ever_published(course: Course) -> None:
    """Versions stay readable when their course is archived."""
    if course.version is None:
        raise course_not_found()
