"""What is measured of a recording once, and all that an analysis is judged from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from shared.domain.analysis import Strictness
from shared.domain.transcription import Transcription
from shared.speech.alignment import AlignedWord
from shared.speech.hearing import Hearing, hearing_of
from shared.speech.quality import Quality
from shared.speech.text import TextWord, words_of
from shared.speech.text_evidence import TextEvidence
from shared.speech.voice_activity import Segment

READ_ALOUD: Final = "read_aloud"
ENGLISH: Final = "en"


@dataclass(frozen=True)
class Task:
    """What was asked for: `kind` is an attempt's, `language` BCP 47, `reference` the text.

    `strictness` counts in the judgement alone.
    """

    kind: str
    language: str
    reference: str | None
    strictness: Strictness = "standard"

    @property
    def primary(self) -> str:
        """The language as ISO 639-1."""
        return self.language.split("-", maxsplit=1)[0].lower()

    @cached_property
    def text(self) -> list[TextWord]:
        """The words to read, [] where nothing is read aloud."""
        return words_of(self.reference or "", self.primary) if self.kind == READ_ALOUD else []


@dataclass(frozen=True, slots=True)
class Melody:
    """Of the voice: ranges in semitones and dB, None with less than a second of voice."""

    pitch_range_st: float | None
    pitch_sd_st: float | None
    loudness_variation_db: float | None


@dataclass(frozen=True, slots=True)
class Features:
    """`segments` hold the speech, `chunks` are what was given to the recogniser (s).

    `transcription` has no frames. `aligned` are the words of the text and those heard, () where
    there is no text; `sounds` are None where they were not measured. `clear_share` is of
    doubtful free speech alone, see `clarity.py`.
    """

    codec: str
    duration_s: float
    damaged: bool
    segments: tuple[Segment, ...]
    chunks: tuple[Segment, ...]
    quality: Quality
    melody: Melody
    transcription: Transcription
    aligned: tuple[AlignedWord, ...] = ()
    sounds: TextEvidence | None = None
    clear_share: float | None = None

    def hearing(self, language: str) -> Hearing:
        """What was heard where there was speech; `language` is ISO 639-1."""
        return hearing_of(self.transcription.words, self.segments, language)
