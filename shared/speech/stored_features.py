"""Features as bytes: what is kept of a recording so that it can be judged again.

A zip of `features.json` and, where the sounds were measured, NumPy's `.npy` arrays. The same
features give the same bytes, and those give the same features back.
"""

import io
import json
import zipfile
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from shared.domain.errors import AppError
from shared.domain.transcription import HeardWord, Transcriber, Transcription
from shared.speech.alignment import AlignedWord, Result
from shared.speech.features import Features, Melody
from shared.speech.networks import SHA256
from shared.speech.quality import Quality
from shared.speech.sounds import POSTERIORS
from shared.speech.stored_evidence import from_arrays, to_arrays
from shared.speech.text_evidence import TextEvidence
from shared.speech.voice_activity import Segment

# Raise it with any change of the form, or of what `extract` means by a number of it.
FORMAT: Final = 2
CONTENT_TYPE: Final = "application/zip"
_HEAD: Final = "features.json"
_WRITTEN_AT: Final = (1980, 1, 1, 0, 0, 0)
_ALIKE: Final = (
    "codec",
    "duration_s",
    "damaged",
    "segments",
    "chunks",
    "quality",
    "melody",
    "clear_share",
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Sounds:
    """`posteriors` is the SHA-256 of the network that the evidence comes from."""

    posteriors: str
    unknown: tuple[int, ...]
    fit: float


@dataclass(frozen=True, slots=True)
class _Heard:
    """A transcription without frames."""

    words: tuple[HeardWord, ...]
    transcriber: Transcriber
    language: str | None
    language_confidence: float | None
    keeps_fillers: bool


@dataclass(frozen=True, slots=True)
class _Head:
    """Features without arrays; the aligned words as result and half-open ranges."""

    format: int
    codec: str
    duration_s: float
    damaged: bool
    segments: tuple[Segment, ...]
    chunks: tuple[Segment, ...]
    quality: Quality
    melody: Melody
    clear_share: float | None
    transcription: _Heard
    aligned: tuple[tuple[Result, Span, Span], ...]
    sounds: _Sounds | None


def pack(features: Features) -> bytes:
    """`features`, whose sounds are `storable`; some 350 KB a minute of reading."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        head = asdict(_head(features))
        text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
        _add(file, _HEAD, text.encode())
        if features.sounds and features.sounds.sentences:
            for name, array in to_arrays(features.sounds.sentences).items():
                content = io.BytesIO()
                np.lib.format.write_array(content, np.asfortranarray(array), allow_pickle=False)
                _add(file, f"{name}.npy", content.getvalue())
    return buffer.getvalue()


def unpack(data: bytes) -> Features:
    """What `pack` was given.

    Raises `AppError`: `features_outdated` where format or network are others than this version's,
    `features_unreadable` where it is no such file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            stored = json.loads(file.read(_HEAD))
            if stored["format"] != FORMAT:
                raise _outdated(f"The features have format {stored['format']}, not {FORMAT}.")
            head = _adapter().validate_python(stored)
            if head.sounds and head.sounds.posteriors != SHA256[POSTERIORS]:
                raise _outdated("The features were measured with another network.")
            arrays = {
                name.removesuffix(".npy"): _array(file.read(name))
                for name in file.namelist()
                if name != _HEAD
            }
        sounds = None
        if head.sounds is not None:
            sentences = from_arrays(arrays) if arrays else ()
            sounds = TextEvidence(sentences, frozenset(head.sounds.unknown), head.sounds.fit)
    except AppError:
        raise
    # Whatever the readers of zip, JSON and arrays make of bytes that are none.
    except Exception as error:
        detail = f"The features cannot be read: {type(error).__name__}."
        raise AppError(detail, code="features_unreadable") from error
    return Features(
        **{name: getattr(head, name) for name in _ALIKE},
        transcription=Transcription(
            **{each.name: getattr(head.transcription, each.name) for each in fields(_Heard)}
        ),
        aligned=tuple(
            AlignedWord(result, range(*reference), range(*heard))
            for result, reference, heard in head.aligned
        ),
        sounds=sounds,
    )


@cache
def _adapter() -> TypeAdapter[_Head]:
    return TypeAdapter(_Head)


def _head(features: Features) -> _Head:
    heard, sounds = features.transcription, features.sounds
    measured = None
    if sounds is not None:
        measured = _Sounds(SHA256[POSTERIORS], tuple(sorted(sounds.unknown)), sounds.fit)
    return _Head(
        format=FORMAT,
        **{name: getattr(features, name) for name in _ALIKE},
        transcription=_Heard(**{each.name: getattr(heard, each.name) for each in fields(_Heard)}),
        aligned=tuple(
            (item.result, _span(item.reference), _span(item.heard)) for item in features.aligned
        ),
        sounds=measured,
    )


def _span(of: range) -> Span:
    return of.start, of.stop


def _add(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    file.writestr(zipfile.ZipInfo(name, _WRITTEN_AT), content, zipfile.ZIP_BZIP2)


def _array(data: bytes) -> NDArray[np.generic]:
    array: NDArray[np.generic] = np.load(io.BytesIO(data), allow_pickle=False)
    return array


def _outdated(detail: str) -> AppError:
    return AppError(detail, code="features_outdated")
