"""Courses as the API shows them."""

from dataclasses import dataclass
from typing import Any

from shared.domain.documents import to_document
from shared.domain.times import timestamp
from shared.repositories.courses.records import Course, PlacedPrompt, Version

# Of every course's first draft.
CREATED_ETAG = "1-0-draft"


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course with one content of its own; `etag` changes whenever `document` does."""

    document: dict[str, Any]
    etag: str


@dataclass(frozen=True, slots=True)
class Page:
    """Items of a list; `next_cursor` while there are more."""

    items: list[dict[str, Any]]
    next_cursor: str | None = None

    @property
    def document(self) -> dict[str, Any]:
        more = {"next_cursor": self.next_cursor} if self.next_cursor else {}
        return {"items": self.items, **more}


def draft_view(course: Course, content: dict[str, Any]) -> CourseView:
    etag = f"{course.draft_version}-{course.version or 0}-{course.status}"
    return CourseView(_document(course, content), etag)


def names_draft(etag: str, course: Course) -> bool:
    """Whether this ETag of a draft is of its present content, published since or not."""
    return etag.partition("-")[0] == str(course.draft_version)


def version_view(course: Course, version: Version, content: dict[str, Any]) -> CourseView:
    """What others see: no trace of work on the draft, so that its ETag outlives that."""
    document = _document(course, content) | {
        "version": version.version,
        "updated_at": timestamp(version.published_at),
        "published_at": timestamp(version.published_at),
    }
    return CourseView(document, f"v{version.version}-{course.status}-{course.owner_id}")


def version_document(version: Version) -> dict[str, Any]:
    document: dict[str, Any] = to_document(version)
    return document | {"published_at": timestamp(version.published_at)}


def prompt_document(placed: PlacedPrompt) -> dict[str, Any]:
    document: dict[str, Any] = to_document(placed)
    return document


def _document(course: Course, content: dict[str, Any]) -> dict[str, Any]:
    document = {
        "id": course.id,
        "owner_id": course.owner_id,
        "status": course.status,
        "version": course.version,
        "created_at": timestamp(course.created_at),
        "updated_at": timestamp(course.updated_at),
        "published_at": timestamp(course.published_at) if course.published_at else None,
        "content": content,
    }
    return {name: value for name, value in document.items() if value is not None}
