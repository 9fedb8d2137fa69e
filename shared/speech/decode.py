"""Bytes of a recording to samples, safe against hostile files."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from shared.domain.attempt import MAX_RECORDING_S
from shared.domain.errors import AttemptFailed
from shared.speech.containers import container_format, is_cut_short
from shared.speech.frames import SAMPLE_RATE, Samples

MIN_DURATION_S: Final = 0.5
GRACE_S: Final = 1.0  # a recorder told to stop at the limit stops a little later
MAX_CHANNELS: Final = 8
MIN_RATE: Final = 8_000  # telephone; lower rates only serve to blow a small file up
MAX_RATE: Final = 192_000
MAX_BAD_PACKETS: Final = 50
MAX_DECODE_S: Final = 30.0
_MISSING_S: Final = 0.5
_XING_TAGS: Final = (b"Xing", b"Info")
_FULL_SCALE: Final = np.float32(32_768.0)
_DECODERS: Final = (
    "opus,libopus,vorbis,libvorbis,aac,aac_fixed,mp3float,mp3,flac,alac,"
    "pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,pcm_alaw,pcm_mulaw"
)
_EXPECTED_ERRORS: Final = (FFmpegError, ValueError, EOFError, MemoryError)


@dataclass(frozen=True, slots=True)
class DecodedAudio:
    """Mono samples in -1..1 at 16 kHz; `codec` is FFmpeg's name of what the file held.

    `damaged` tells that part of the file is missing or could not be decoded.
    """

    samples: Samples
    duration_s: float
    codec: str
    damaged: bool


def decode(data: bytes, *, clock: Callable[[], float] = time.monotonic) -> DecodedAudio:
    """The first audio stream of a WebM, M4A, MP3, AAC, Ogg, FLAC or WAV file.

    Nothing the file declares is trusted: the format is sniffed, the decoders are a fixed list,
    and decoding stops at three minutes whatever the header says. Memory beyond `data` stays
    below 40 MB: 181 s of 16-bit samples twice, as 32-bit floats once, and one packet.

    Raises `AttemptFailed`: `audio_unreadable`, `audio_too_short` (below 0.5 s) or
    `audio_too_long` (above 180 s and a second of grace).
    """
    container = container_format(data)
    if container is None:
        raise AttemptFailed("audio_unreadable")
    try:
        opened = av.open(
            io.BytesIO(data),
            mode="r",
            format=container,
            options={"codec_whitelist": _DECODERS},
            timeout=MAX_DECODE_S,
        )
    except _EXPECTED_ERRORS as error:
        raise AttemptFailed("audio_unreadable") from error
    with opened:
        stream = _audio_stream(opened)
        decoding = _Decoding(opened, stream, clock)
        samples = decoding.samples()
        declared_s = _declared_duration_s(opened, data)
    if samples.size == 0:
        raise AttemptFailed("audio_unreadable")
    duration_s = samples.size / SAMPLE_RATE
    if duration_s < MIN_DURATION_S:
        raise AttemptFailed("audio_too_short")
    cut_short = declared_s - duration_s > _MISSING_S or is_cut_short(data, container)
    return DecodedAudio(
        samples=samples.astype(np.float32) / _FULL_SCALE,
        duration_s=round(duration_s, 3),
        codec=stream.codec_context.codec.canonical_name,
        damaged=decoding.damaged or cut_short,
    )


def _audio_stream(opened: InputContainer) -> AudioStream:
    stream = next(iter(opened.streams.audio), None)
    if (
        stream is None
        or not 0 < stream.codec_context.channels <= MAX_CHANNELS
        or not MIN_RATE <= stream.codec_context.sample_rate <= MAX_RATE
    ):
        raise AttemptFailed("audio_unreadable")
    stream.codec_context.thread_count = 1
    return stream


class _Decoding:
    """One pass over the stream, with its limits."""

    def __init__(
        self, opened: InputContainer, stream: AudioStream, clock: Callable[[], float]
    ) -> None:
        self.damaged = False
        self._opened = opened
        self._stream = stream
        self._clock = clock
        self._deadline = clock() + MAX_DECODE_S
        self._bad_packets = 0
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)

    def samples(self) -> NDArray[np.int16]:
        parts: list[NDArray[np.int16]] = []
        left_s = MAX_RECORDING_S + GRACE_S
        for frame in self._frames():
            if not MIN_RATE <= frame.sample_rate <= MAX_RATE:
                raise AttemptFailed("audio_unreadable")
            left_s -= frame.samples / frame.sample_rate
            if left_s < 0:
                raise AttemptFailed("audio_too_long")
            parts += self._resampled(frame)
        if parts:
            parts += self._resampled(None)
        return np.concatenate(parts) if parts else np.empty(0, np.int16)

    def _frames(self) -> Iterator[AudioFrame]:
        """Frames as far as the file can be read; past the limit of bad packets it cannot."""
        packets = self._opened.demux(self._stream)
        while self._bad_packets <= MAX_BAD_PACKETS:
            if self._clock() > self._deadline:
                raise AttemptFailed("audio_unreadable")
            try:
                packet = next(packets, None)
            except _EXPECTED_ERRORS:
                self.damaged = True
                return
            if packet is None:
                return
            self.damaged |= packet.is_corrupt
            try:
                yield from packet.decode()
            except _EXPECTED_ERRORS:
                self.damaged = True
                self._bad_packets += 1

    def _resampled(self, frame: AudioFrame | None) -> list[NDArray[np.int16]]:
        try:
            return [part.to_ndarray()[0] for part in self._resampler.resample(frame)]
        except _EXPECTED_ERRORS:  # a frame in another layout than the stream's first
            self.damaged = True
            self._bad_packets += 1
            return []


def _declared_duration_s(opened: InputContainer, data: bytes) -> float:
    """What the header says, 0 where it says nothing; MP3 without its Xing tag is a guess."""
    guessed = opened.format.name == "mp3" and not any(tag in data[:8192] for tag in _XING_TAGS)
    return 0.0 if guessed or opened.duration is None else opened.duration / av.time_base
