"""The bodies and queries the practice service takes; openapi/rostrum.yaml says the same."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from shared.domain.analysis import Strictness
from shared.domain.attempt import MAX_RECORDING_BYTES, Kind
from shared.runtime.bodies import Body, text

_AUDIO_TYPE = (
    r"^audio/(webm|ogg|mp4|m4a|x-m4a|aac|mpeg|mp3|wav|x-wav|wave|flac|x-flac)"
    r"( ?; ?[A-Za-z0-9_-]+=[A-Za-z0-9_.,\"-]+)*$"
)
AudioType = Annotated[str, StringConstraints(pattern=_AUDIO_TYPE, max_length=100)]
Text = Annotated[str, text(1, 2000)]
Question = Annotated[str, text(1, 1000)]
Title = Annotated[str, text(1, 200)]
CourseId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
PromptId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]


class PromptBody(Body):
    """Either a prompt of the learner's own, or one of a course, by its name alone."""

    language: Literal["en"] = "en"
    title: Title | None = None
    text: Text | None = None
    question: Question | None = None
    course_id: CourseId | None = None
    prompt_id: PromptId | None = None
    version: Version | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        given = self.model_fields_set
        if not given & {"course_id", "prompt_id", "version"}:
            return self
        if not given >= {"course_id", "prompt_id"}:
            raise ValueError("a course's prompt is named by both course_id and prompt_id")
        if given & {"language", "title", "text", "question"}:
            raise ValueError("a course's prompt brings its own language, title, text and question")
        return self


class RecordingBody(Body):
    content_type: AudioType
    bytes: Annotated[int, Field(strict=True, ge=1, le=MAX_RECORDING_BYTES)] | None = None


class NewAttempt(Body):
    kind: Kind | None = None
    prompt: PromptBody = PromptBody()
    recording: RecordingBody
    strictness: Strictness | None = None

    def fingerprinted(self) -> dict[str, Any]:
        """What a repeat has to say again; without `strictness` the same in every release."""
        return self.model_dump(exclude=None if self.strictness else {"strictness"})

    @model_validator(mode="after")
    def _kind_and_prompt_agree(self) -> Self:
        if self.prompt.course_id is not None:
            if self.kind is not None:
                raise ValueError("a course's prompt brings its own kind; leave kind out")
            return self
        if self.kind is None:
            raise ValueError("kind is needed, unless prompt names a course's prompt")
        if self.kind == "read_aloud" and self.prompt.text is None:
            raise ValueError("read_aloud needs prompt.text, the text to read")
        if self.kind == "read_aloud" and self.prompt.question is not None:
            raise ValueError("read_aloud has no prompt.question; its text is the task")
        if self.kind != "read_aloud" and self.prompt.text is not None:
            raise ValueError("only read_aloud has prompt.text; give prompt.question instead")
        if self.kind != "read_aloud" and self.strictness is not None:
            raise ValueError("only read_aloud has strictness; nothing else marks words")
        return self


class RetryBody(Body):
    recording: RecordingBody | None = None
