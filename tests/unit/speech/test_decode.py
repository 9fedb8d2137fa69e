import io
import json
import subprocess
import sys

import av
import numpy as np
import pytest

from shared.domain.errors import AttemptFailed
from shared.speech.containers import container_format
from shared.speech.decode import MAX_DECODE_S, decode
from tests.fakes.sounds import RATE, encode, silence, tone, wav


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("two-cities.webm", "opus"),
        ("two-cities.m4a", "aac"),
        ("two-cities.mp3", "mp3"),
        ("two-cities.ogg", "opus"),
    ],
)
def test_one_reading_in_four_formats_is_the_same_sound(audio, name, codec):
    decoded = decode(audio(name))
    assert decoded.codec == codec
    assert decoded.duration_s == pytest.approx(20.85, abs=0.05)
    assert not decoded.damaged
    assert decoded.samples.dtype == np.float32
    assert decoded.samples.size == pytest.approx(decoded.duration_s * RATE, abs=8)
    assert np.sqrt(np.mean(decoded.samples**2)) == pytest.approx(0.0127, abs=0.001)


@pytest.mark.parametrize(("name", "codec"), [("austen.wav", "pcm_s16le"), ("kennedy.flac", "flac")])
def test_lossless_files_keep_their_samples(audio, name, codec):
    decoded = decode(audio(name))
    assert decoded.codec == codec
    assert not decoded.damaged
    assert 0.1 < np.max(np.abs(decoded.samples)) <= 1


@pytest.mark.parametrize(
    ("rate", "layout"), [(8_000, "mono"), (44_100, "mono"), (48_000, "stereo"), (48_000, "5.1")]
)
def test_other_rates_and_layouts_become_mono_at_16_khz(rate, layout):
    decoded = decode(wav(tone(2, 200, rate=rate), rate=rate, layout=layout))
    assert decoded.duration_s == pytest.approx(2, abs=0.01)
    spectrum = np.abs(np.fft.rfft(decoded.samples[: 2 * RATE]))
    assert np.argmax(spectrum) / 2 == pytest.approx(200, abs=1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not audio at all",
        np.random.default_rng(1).bytes(50_000),
        b"\x1a\x45\xdf\xa3" + np.random.default_rng(2).bytes(50_000),
        b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
    ],
    ids=["empty", "text", "random", "random in webm", "playlist", "wav header only"],
)
def test_what_is_not_audio_is_unreadable(data):
    with pytest.raises(AttemptFailed) as failure:
        decode(data)
    assert failure.value.code == "audio_unreadable"


def test_a_video_without_sound_is_unreadable():
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        stream = output.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(10):
            output.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        output.mux(stream.encode(None))
    with pytest.raises(AttemptFailed) as failure:
        decode(file.getvalue())
    assert failure.value.code == "audio_unreadable"


def test_a_wrong_file_name_cannot_matter_because_only_content_is_looked_at(audio):
    assert container_format(audio("two-cities.mp3")) == "mp3"
    assert container_format(b"ID3\x04\x00\x00\x00\x00\x00\x02xx\xff\xf1\x50") == "aac"
    assert container_format(audio("text.wav")) is None


def test_too_short():
    with pytest.raises(AttemptFailed) as failure:
        decode(wav(tone(0.4)))
    assert failure.value.code == "audio_too_short"


@pytest.mark.parametrize(("seconds", "code"), [(180.5, None), (182, "audio_too_long")])
def test_three_minutes_and_a_second_of_grace(seconds, code):
    data = encode(silence(seconds), container="flac", codec="flac")
    if code is None:
        assert decode(data).duration_s == pytest.approx(seconds, abs=0.01)
    else:
        with pytest.raises(AttemptFailed) as failure:
            decode(data)
        assert failure.value.code == code


@pytest.mark.parametrize("name", ["two-cities.webm", "two-cities.ogg", "two-cities.mp3"])
@pytest.mark.parametrize("kept", [0.4, 0.77])
def test_a_cut_file_gives_the_part_present_and_says_so(audio, name, kept):
    data = audio(name)
    decoded = decode(data[: int(len(data) * kept)])
    assert decoded.damaged
    assert decoded.duration_s == pytest.approx(20.85 * kept, rel=0.1)


def test_cut_lossless_files_too(audio):
    for name in ("austen.wav", "kennedy.flac"):
        data = audio(name)
        assert decode(data[: len(data) // 2]).damaged


def test_damaged_bytes_in_the_middle_leave_the_rest(audio):
    data = bytearray(audio("two-cities.webm"))
    data[40_000:40_200] = np.random.default_rng(3).bytes(200)
    decoded = decode(bytes(data))
    assert decoded.damaged
    assert decoded.duration_s > 9


@pytest.mark.parametrize(("offset", "value"), [(22, 64), (24, 7_000), (24, 400_000)])
def test_a_lying_wav_header_is_refused(audio, offset, value):
    data = bytearray(audio("austen.wav"))
    size = 2 if offset == 22 else 4
    data[offset : offset + size] = value.to_bytes(size, "little")
    with pytest.raises(AttemptFailed) as failure:
        decode(bytes(data))
    assert failure.value.code == "audio_unreadable"


def test_decoding_is_bounded_in_time(audio):
    now = iter([0.0, 1.0, MAX_DECODE_S + 1])
    with pytest.raises(AttemptFailed) as failure:
        decode(audio("two-cities.webm"), clock=lambda: next(now))
    assert failure.value.code == "audio_unreadable"


_MEASURE = """
import json, resource, sys, time
from shared.domain.errors import AttemptFailed
from shared.speech.decode import decode
data = open(sys.argv[1], "rb").read()
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
try:
    decode(data)
except AttemptFailed as error:
    code = error.code
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([code, grown / 1024, time.monotonic() - start]))
"""


def test_two_hours_of_silence_in_a_small_file_stop_early_and_stay_small(tmp_path):
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as output:
        stream = output.add_stream("flac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4_608), np.int16), "s16", "mono")
        frame.rate = RATE
        for _ in range(2 * 3_600 * RATE // 4_608):
            frame.pts = None
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    path = tmp_path / "silence.flac"
    path.write_bytes(file.getvalue())
    assert path.stat().st_size < 1_500_000
    run = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    code, grown_mib, seconds = json.loads(run.stdout)
    assert code == "audio_too_long"
    assert grown_mib < 40
    assert seconds < 5
