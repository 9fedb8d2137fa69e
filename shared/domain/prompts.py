"""What a course asks learners to say: one kind of prompt for each kind of attempt."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.analysis import Strictness

InterviewCategory = Literal["behavioural", "situational", "technical", "motivation", "general"]


@dataclass(frozen=True, slots=True)
class MinimalPair:
    """Two words that differ in one sound, as in ship and sheep."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Patient:
    """The person the other side of a role play speaks for; `age` in years."""

    name: str
    background: str
    age: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAloud:
    """A text to read; `strictness` where the course marks its words other than by the standard."""

    id: str
    kind: Literal["read_aloud"] = "read_aloud"
    title: str
    instructions: str | None = None
    media: str | None = None
    text: str
    minimal_pairs: tuple[MinimalPair, ...] = ()
    strictness: Strictness | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeSpeech:
    """A question to speak about; `preparation_s` and `speaking_s` in seconds."""

    id: str
    kind: Literal["free_speech"] = "free_speech"
    title: str
    instructions: str | None = None
    media: str | None = None
    question: str
    preparation_s: int | None = None
    speaking_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """A question of a job interview; times in seconds."""

    id: str
    kind: Literal["interview"] = "interview"
    title: str
    instructions: str | None = None
    media: str | None = None
    question: str
    category: InterviewCategory
    tips: tuple[str, ...] = ()
    preparation_s: int | None = None
    speaking_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePlay:
    """A consultation in which the learner plays `role` and has `tasks` to fulfil; times in s.

    `opening` is what the other side says first.
    """

    id: str
    kind: Literal["role_play"] = "role_play"
    title: str
    instructions: str | None = None
    media: str | None = None
    setting: str
    profession: str
    role: str
    patient: Patient
    tasks: tuple[str, ...]
    opening: str | None = None
    preparation_s: int | None = None
    speaking_s: int | None = None


CoursePrompt = ReadAloud | FreeSpeech | Interview | RolePlay
