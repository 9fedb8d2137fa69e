"""Sounds made for a test, and audio files of them."""

import io

import av
import numpy as np

RATE = 16_000


def tone(seconds, hz=150.0, level=0.2, rate=RATE):
    """A voice-like tone: five harmonics."""
    t = np.arange(round(seconds * rate)) / rate
    wave = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 6))
    return (level * wave / np.max(np.abs(wave))).astype(np.float32)


def silence(seconds, rate=RATE):
    return np.zeros(round(seconds * rate), np.float32)


def encode(samples, *, container, codec, rate=RATE, layout="mono"):
    """`samples` (mono, repeated on every channel of `layout`) as the bytes of a file."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        channels = stream.codec_context.channels
        whole = (np.clip(samples, -1, 1) * 32_767).astype(np.int16)
        resampler = av.AudioResampler(stream.format, stream.layout, stream.rate)
        for start in range(0, len(whole), rate):
            block = np.repeat(whole[start : start + rate], channels)[None, :]
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout=layout)
            frame.rate = rate
            for part in resampler.resample(frame):
                output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return file.getvalue()


def wav(samples, **rest):
    return encode(samples, container="wav", codec="pcm_s16le", **rest)
