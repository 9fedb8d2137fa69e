"""A course's content, small and complete, as an author sends it."""

from typing import Any

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


def read_aloud(id: str = "clinic", **changes: Any) -> dict[str, Any]:
    text = "The doctor listens to the patient."
    return {"id": id, "kind": "read_aloud", "title": "In the clinic", "text": text, **changes}


def every_kind() -> list[dict[str, Any]]:
    return [
        read_aloud(minimal_pairs=[{"first": "ship", "second": "sheep"}], strictness="strict"),
        {"id": "town", "kind": "free_speech", "title": "Town", "question": "Where do you live?"},
        {
            "id": "conflict",
            "kind": "interview",
            "title": "A conflict",
            "question": "When did you last disagree with a colleague?",
            "category": "behavioural",
            "tips": ["Name the situation first."],
            "preparation_s": 30,
            "speaking_s": 120,
        },
        {
            "id": "headache",
            "kind": "role_play",
            "title": "A headache",
            "setting": "A ward in the evening",
            "profession": "nurse",
            "role": "You are the nurse on duty",
            "patient": {"name": "Ms Lee", "age": 40, "background": "Admitted this morning."},
            "tasks": ["Ask about the pain."],
            "opening": "My head hurts.",
        },
    ]


def lesson(id: str, *prompts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"id": id, "title": f"Lesson {id}", "prompts": list(prompts), **changes}


def content(*lessons: dict[str, Any], **changes: Any) -> dict[str, Any]:
    lessons = lessons or (lesson("first", *every_kind()),)
    unit = {"id": "basics", "title": "Basics", "lessons": list(lessons)}
    return {"title": "At work", "language": "en", "units": [unit], **changes}
