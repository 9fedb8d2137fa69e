from itertools import pairwise

import numpy as np
import pytest
from faster_whisper.vad import VadOptions, get_speech_timestamps

from shared.domain.errors import AttemptFailed
from shared.speech.voice_activity import (
    MAX_CHUNK_S,
    cut_chunks,
    find_speech,
    joined,
    refine_edges,
    speech_in,
    total_s,
)
from tests.fakes.sounds import RATE, silence, tone

KNOWN = [(0.3, 1.786), (2.386, 2.628), (3.028, 5.009), (6.209, 7.119), (7.469, 8.985)]


def test_known_segments_are_found_and_refined_to_a_few_hundredths(samples):
    sound = samples("hobby.flac")
    raw = find_speech(sound)
    refined = refine_edges(sound, raw)
    assert len(refined) == len(KNOWN)
    off = np.abs(np.array(refined) - np.array(KNOWN))
    assert np.max(off) <= 0.04
    assert np.mean(off) < np.mean(np.abs(np.array(raw) - np.array(KNOWN)))


def test_refined_edges_stay_in_order_and_within_100_ms(samples):
    for name in ("two-cities.webm", "kennedy.flac", "austen.wav"):
        sound = samples(name)
        raw = find_speech(sound)
        refined = refine_edges(sound, raw)
        times = [time for segment in refined for time in segment]
        assert times == sorted(times)
        assert times[0] >= 0
        assert times[-1] <= sound.size / RATE
        for before, after in zip(raw, refined, strict=True):
            assert before == pytest.approx(after, abs=0.111)


@pytest.mark.parametrize(
    "sound",
    [
        silence(3),
        tone(3),
        np.random.default_rng(1).normal(0, 0.05, 3 * RATE).astype(np.float32),
    ],
    ids=["silence", "tone", "noise"],
)
def test_no_speech(sound):
    with pytest.raises(AttemptFailed) as failure:
        find_speech(sound)
    assert failure.value.code == "no_speech"


def test_less_than_half_a_second_is_no_speech(samples):
    with pytest.raises(AttemptFailed):
        find_speech(samples("hobby.flac")[round(2.2 * RATE) : round(2.9 * RATE)])


def test_the_same_samples_give_the_same_segments(samples):
    sound = samples("two-cities.webm")
    assert find_speech(sound) == find_speech(sound.copy())


def test_chunks_hold_all_speech_and_are_cut_in_pauses(samples):
    sound = np.tile(samples("two-cities.webm"), 4)
    segments = refine_edges(sound, find_speech(sound))
    chunks = cut_chunks(sound, segments)
    assert len(chunks) >= 4
    assert all(0 < end - start <= MAX_CHUNK_S for start, end in chunks)
    assert all(before[1] <= after[0] for before, after in pairwise(chunks))
    for start, end in segments:
        assert any(a <= start and end <= b for a, b in chunks)


def test_a_short_recording_is_one_chunk(samples):
    sound = samples("kennedy.flac")
    segments = find_speech(sound)
    assert len(cut_chunks(sound, segments)) == 1


def test_speech_without_a_pause_is_cut_where_it_is_quietest():
    sound = tone(60)
    sound[round(20 * RATE) : round(20.2 * RATE)] *= 0.01
    chunks = cut_chunks(sound, [(0.0, 60.0)])
    assert chunks[0][1] == pytest.approx(20.1, abs=0.1)
    assert chunks[1][0] == chunks[0][1]
    assert total_s(chunks) == pytest.approx(60)


@pytest.mark.parametrize("name", ["hobby.flac", "two-cities.webm", "kennedy.flac", "austen.wav"])
def test_segments_are_those_of_the_network_s_own_package(samples, name):
    sound = samples(name)
    options = VadOptions(threshold=0.5, speech_pad_ms=30, min_silence_duration_ms=200)
    expected = [
        (span["start"] / RATE, span["end"] / RATE) for span in get_speech_timestamps(sound, options)
    ]
    assert np.allclose(find_speech(sound), expected, atol=0.001)


def test_speech_begins_when_it_is_likely_and_ends_when_it_stays_unlikely():
    likely, unsure, unlikely = [0.9] * 10, [0.4] * 10, [0.1] * 10
    curve = np.array([*unsure, *likely, *unsure, *unlikely, *likely], dtype=np.float32)
    assert speech_in(curve, 1.6, pad_s=0.0) == [(0.32, 0.96), (1.28, 1.6)]
    assert speech_in(curve, 1.6, pad_s=0.1) == [(0.22, 1.06), (1.18, 1.6)]
    assert speech_in(curve, 1.6, min_silence_s=0.5, pad_s=0.0) == [(0.32, 1.6)]
    assert speech_in(curve[:5], 0.16) == []


def test_segments_with_little_between_them_are_one():
    segments = [(0.0, 1.0), (1.1, 2.0), (2.5, 3.0)]
    assert joined(segments, 0.25) == [(0.0, 2.0), (2.5, 3.0)]
    assert joined(segments, 0.05) == segments
    assert joined([], 0.25) == []
