import time

import numpy as np
import pytest

from shared.speech.loudness import loudness_variation_db
from shared.speech.pitch import only_within, pitch_range_st, pitch_sd_st, track_pitch
from tests.fakes.sounds import RATE, silence, tone


def glide(low, high, seconds):
    """A sine whose pitch rises from `low` to `high` Hz, evenly in semitones."""
    hz = low * (high / low) ** np.linspace(0, 1, round(seconds * RATE))
    return (0.3 * np.sin(2 * np.pi * np.cumsum(hz) / RATE)).astype(np.float32)


@pytest.mark.parametrize("hz", [80, 110, 220, 330, 450])
def test_a_steady_voice(hz):
    track = track_pitch(tone(2, hz))
    assert np.mean(track.voiced) > 0.98
    assert np.median(track.hz) == pytest.approx(hz, rel=0.002)
    assert pitch_range_st(track) < 0.1


def test_a_glide_of_an_octave_ranges_over_eight_tenths_of_it():
    assert pitch_range_st(track_pitch(glide(120, 240, 3))) == pytest.approx(9.6, abs=0.2)


def test_a_glide_of_an_octave_deviates_as_even_values_do():
    assert pitch_sd_st(track_pitch(glide(120, 240, 3))) == pytest.approx(12 / 12**0.5, abs=0.1)
    assert pitch_sd_st(track_pitch(tone(2, 120))) < 0.1


@pytest.mark.parametrize(
    "sound",
    [silence(2), np.random.default_rng(1).normal(0, 0.1, 2 * RATE).astype(np.float32)],
    ids=["silence", "noise"],
)
def test_no_voice_no_pitch(sound):
    track = track_pitch(sound)
    assert np.mean(track.voiced) < 0.05
    assert pitch_range_st(track) is None
    assert pitch_sd_st(track) is None
    assert loudness_variation_db(sound, track) is None


def test_less_than_a_window_is_no_track():
    assert track_pitch(tone(0.02)).hz.size == 0


def test_only_within_the_speech():
    track = only_within(track_pitch(tone(4)), [(1.0, 2.0), (3.0, 3.5)])
    assert np.count_nonzero(track.voiced) == pytest.approx(150, abs=4)
    assert not track.voiced[:95].any()


def test_a_real_voice_has_a_plausible_range(samples):
    track = track_pitch(samples("two-cities.webm"))
    assert np.median(track.hz[track.voiced]) == pytest.approx(116, abs=4)
    assert 7 < pitch_range_st(track) < 12


def test_loudness_variation_of_two_levels_a_factor_of_two_apart():
    sound = np.concatenate([tone(2, level=0.1), tone(2, level=0.2)])
    assert loudness_variation_db(sound, track_pitch(sound)) == pytest.approx(3.01, abs=0.1)


def test_pitch_takes_a_fiftieth_of_real_time_at_most(samples):
    sound = np.tile(samples("two-cities.webm"), 3)
    track_pitch(sound[:RATE])
    start = time.process_time()
    track_pitch(sound)
    assert (time.process_time() - start) / (sound.size / RATE) < 0.02
