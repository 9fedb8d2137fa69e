"""The bodies and queries the practice service takes; openapi/rostrum.yaml says the same."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.domain.attempt import MAX_RECORDING_BYTES, Kind

_AUDIO_TYPE = (
    r"^audio/(webm|ogg|mp4|m4a|x-m4a|aac|mpeg|mp3|wav|x-wav|wave|flac|x-flac)"
    r"( ?; ?[A-Za-z0-9_-]+=[A-Za-z0-9_.,\"-]+)*$"
)
AudioType = Annotated[str, StringConstraints(pattern=_AUDIO_TYPE, max_length=100)]
# PostgreSQL's text knows no NUL.
_NO_NUL = r"^[^\x00]*$"
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=_NO_NUL, min_length=1, max_length=2000)
]
Question = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=_NO_NUL, min_length=1, max_length=1000)
]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=_NO_NUL, min_length=1, max_length=200)
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PromptBody(_Body):
    language: Literal["en"] = "en"
    title: Title | None = None
    text: Text | None = None
    question: Question | None = None


class RecordingBody(_Body):
    content_type: AudioType
    bytes: Annotated[int, Field(ge=1, le=MAX_RECORDING_BYTES)] | None = None


class NewAttempt(_Body):
    kind: Kind
    prompt: PromptBody = PromptBody()
    recording: RecordingBody

    @model_validator(mode="after")
    def _text_is_for_reading(self) -> Self:
        if self.kind == "read_aloud" and self.prompt.text is None:
            raise ValueError("read_aloud needs prompt.text, the text to read")
        if self.kind == "read_aloud" and self.prompt.question is not None:
            raise ValueError("read_aloud has no prompt.question; its text is the task")
        if self.kind != "read_aloud" and self.prompt.text is not None:
            raise ValueError("only read_aloud has prompt.text; give prompt.question instead")
        return self


class RetryBody(_Body):
    recording: RecordingBody | None = None


class PageQuery(_Body):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
