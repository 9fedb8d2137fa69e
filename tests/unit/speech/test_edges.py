import tracemalloc
from itertools import pairwise

import numpy as np
import pytest

from shared.speech.edges import (
    CLEAN_ABOVE_SNR_DB,
    CLEAN_REACH_S,
    MIN_GAP_S,
    SOFTEST_SPEECH_DB,
    edges_in_noise,
    refined,
)
from shared.speech.quality import measure_quality
from shared.speech.voice_activity import find_speech, refine_edges, speech_probabilities
from tests.fakes.sounds import RATE, silence

KNOWN = [(0.3, 1.786), (2.386, 2.628), (3.028, 5.009), (6.209, 7.119), (7.469, 8.985)]
NOISES = ("white", "pink", "hum")


def noise(kind: str, size: int) -> np.ndarray:
    rng = np.random.default_rng(7)
    if kind == "hum":
        times = np.arange(size) / RATE
        return sum(np.sin(2 * np.pi * 50 * n * times + n) / n for n in range(1, 8))
    spectrum = np.fft.rfft(rng.standard_normal(size))
    if kind == "pink":
        spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(size, 1 / RATE), 50))
    return np.fft.irfft(spectrum, size)


@pytest.fixture
def noisy(samples):
    """The recording whose edges are known, with noise so many dB below its speech."""
    sound = samples("hobby.flac")
    speech = np.concatenate([sound[round(a * RATE) : round(b * RATE)] for a, b in KNOWN])

    def mixed(kind: str, snr_db: float) -> np.ndarray:
        added = noise(kind, sound.size)
        power = np.mean(np.square(speech)) * 10 ** (-snr_db / 10)
        return (sound + added * np.sqrt(power / np.mean(np.square(added)))).astype(np.float32)

    return mixed


def found_in(sound: np.ndarray) -> list[tuple[float, float]]:
    raw = find_speech(sound)
    return refined(sound, speech_probabilities(sound), raw, measure_quality(sound, raw).snr_db)


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("snr_db", [10, 15, 20])
def test_every_pause_is_found_in_noise_with_edges_within_50_ms(noisy, kind, snr_db):
    found = found_in(noisy(kind, snr_db))
    assert len(found) == len(KNOWN)
    off = np.abs(np.array(found) - np.array(KNOWN))[:, ::-1].ravel()[1:-1]
    assert np.mean(off <= 0.05) >= 0.75
    assert np.mean(off) < 0.05


def test_in_noise_speech_ends_earlier_than_the_network_lets_go_of_it(noisy):
    sound = noisy("pink", 10)
    late = np.array([end for _, end in find_speech(sound)]) - np.array([end for _, end in KNOWN])
    off = np.array([end for _, end in found_in(sound)]) - np.array([end for _, end in KNOWN])
    assert np.mean(late) > 0.05
    assert abs(np.mean(off)) < 0.04


def test_a_clean_recording_is_refined_by_its_energy(samples):
    sound = samples("hobby.flac")
    raw = find_speech(sound)
    probabilities = speech_probabilities(sound)
    by_energy = refine_edges(sound, raw, below_peak_db=SOFTEST_SPEECH_DB, reach_s=CLEAN_REACH_S)
    assert refined(sound, probabilities, raw, CLEAN_ABOVE_SNR_DB + 1) == by_energy
    assert refined(sound, probabilities, raw, CLEAN_ABOVE_SNR_DB) != by_energy


def test_segments_are_in_order_apart_and_within_the_recording(noisy):
    for kind in NOISES:
        for snr_db in (0, 5, 10, 20):
            sound = noisy(kind, snr_db)
            found = edges_in_noise(sound, speech_probabilities(sound), snr_db)
            assert all(start < end for start, end in found)
            assert all(b - a >= MIN_GAP_S for (_, a), (b, _) in pairwise(found))
            assert not found or (found[0][0] >= 0 and found[-1][1] <= sound.size / RATE)


def test_the_same_samples_give_the_same_edges(noisy):
    sound = noisy("pink", 10)
    assert found_in(sound) == found_in(sound.copy())


def test_speech_to_the_very_end_and_without_a_quiet_moment_has_edges(noisy):
    sound = noisy("white", 15)[round(3.2 * RATE) : round(4.8 * RATE)]
    ((start, end),) = found_in(sound)
    assert start < 0.2
    assert end <= sound.size / RATE


def test_what_the_network_found_stays_where_no_edge_is_found(samples):
    sound = silence(1.0)
    nothing = np.zeros(32, dtype=np.float32)
    assert edges_in_noise(sound, nothing, 5) == []
    assert refined(sound, nothing, [(0.2, 0.8)], 5) == [(0.2, 0.8)]


def test_a_blip_that_does_not_rise_above_the_noise_is_noise():
    sound = np.random.default_rng(3).normal(0, 0.02, 2 * RATE).astype(np.float32)
    blip = np.zeros(63, dtype=np.float32)
    blip[20:25] = 0.9
    assert edges_in_noise(sound, blip, 5) == []
    sound[round(0.64 * RATE) : round(0.8 * RATE)] *= 8
    ((start, end),) = edges_in_noise(sound, blip, 25)
    assert start == pytest.approx(0.64, abs=0.021)
    assert end == pytest.approx(0.8, abs=0.021)


def test_longer_speech_below_the_noise_keeps_the_edges_of_the_network():
    sound = np.random.default_rng(3).normal(0, 0.02, 3 * RATE).astype(np.float32)
    faint = np.zeros(94, dtype=np.float32)
    faint[30:60] = 0.9
    sound[round(0.9 * RATE) : round(2.0 * RATE)] *= 0.1
    assert edges_in_noise(sound, faint, 25) == [(0.96, 1.92)]


def spoken(*levels_db: tuple[float, float]) -> np.ndarray:
    """Noise like that of speech, (seconds, dB) after each other, with a floor 70 dB below."""
    rng = np.random.default_rng(5)
    level = np.concatenate([np.full(round(seconds * RATE), db) for seconds, db in levels_db])
    loud = rng.normal(0, 0.1, level.size) * 10 ** (level / 20)
    return (loud + rng.normal(0, 0.1 * 10**-3.5, level.size)).astype(np.float32)


def heard(*spans: tuple[float, float], seconds: float) -> np.ndarray:
    at = np.arange(round(seconds / 0.032)) * 0.032
    return sum(0.9 * ((at >= a) & (at < b)) for a, b in spans).astype(np.float32)


@pytest.mark.parametrize("snr_db", [25, CLEAN_ABOVE_SNR_DB + 1])
def test_what_is_too_soft_for_speech_is_silence_however_little_noise_there_is(snr_db):
    sound = spoken((0.5, -90), (1, 0), (0.12, -36), (0.6, -90), (0.12, -24), (1, 0), (0.5, -90))
    known = [(0.5, 1.62), (2.22, 3.34)]
    found = refined(sound, heard(*known, seconds=3.8), known, snr_db)
    assert np.array(found) == pytest.approx(np.array([(0.5, 1.5), (2.22, 3.34)]), abs=0.021)


def test_speech_that_the_network_lets_go_of_much_too_late_ends_where_its_sound_does():
    sound = spoken((0.5, -90), (1, 0), (1, -90), (1, 0), (0.5, -90))
    found = edges_in_noise(sound, heard((0.5, 1.85), (2.5, 3.5), seconds=4), 25)
    assert found[0][1] == pytest.approx(1.5, abs=0.021)


def test_the_release_of_a_last_plosive_is_speech():
    sound = spoken((0.5, -90), (1, 0), (0.1, -90), (0.09, -10), (0.6, -90), (1, 0), (0.5, -90))
    found = edges_in_noise(sound, heard((0.5, 1.5), (2.29, 3.29), seconds=3.8), 25)
    assert found[0][1] == pytest.approx(1.69, abs=0.031)


def test_three_noisy_minutes_take_little_memory_at_once():
    sound = np.random.default_rng(3).normal(0, 0.02, 180 * RATE).astype(np.float32)
    sound[RATE : 2 * RATE] *= 8
    probabilities = heard((1, 2), seconds=180)
    tracemalloc.start()
    try:
        ((start, end),) = edges_in_noise(sound, probabilities, 25)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (start, end) == pytest.approx((1, 2), abs=0.021)
    assert peak < 3 * sound.nbytes
