import numpy as np
import pytest

from shared.speech.quality import measure_quality, quality_warnings, warning
from tests.fakes.sounds import RATE, silence, tone

SPEECH = [(1.0, 3.0)]


def recording(level=0.2, noise=0.0005):
    sound = np.concatenate([silence(1), tone(2, level=level), silence(1)])
    return sound + np.random.default_rng(1).normal(0, noise, sound.size).astype(np.float32)


def codes(sound, *, damaged=False):
    quality = measure_quality(sound, SPEECH)
    return [item.code for item in quality_warnings(quality, damaged=damaged)]


def test_the_level_is_that_of_the_speech_alone():
    square = np.concatenate([silence(1), np.full(2 * RATE, 0.1, np.float32), silence(1)])
    assert measure_quality(square, SPEECH).level_dbfs == pytest.approx(-20, abs=0.01)


@pytest.mark.parametrize("snr_db", [10, 20, 30, 40])
def test_signal_to_noise_ratio_of_a_known_mixture(snr_db):
    voice = tone(2, level=0.2)
    noise = np.sqrt(np.mean(voice**2)) * 10 ** (-snr_db / 20)
    assert measure_quality(recording(0.2, noise), SPEECH).snr_db == pytest.approx(snr_db, abs=2)


def test_a_good_recording_has_no_warning():
    assert codes(recording()) == []


def test_each_fault_is_named():
    assert codes(recording(level=0.008, noise=0.00001)) == ["quiet"]
    assert codes(np.clip(recording(level=4.0), -1, 1)) == ["clipped"]
    assert codes(recording(noise=0.05)) == ["noisy"]
    assert codes(recording(), damaged=True) == ["damaged"]


def test_muted_pauses_do_not_make_the_ratio_endless():
    assert measure_quality(recording(noise=0), SPEECH).snr_db == 60


@pytest.mark.parametrize(
    "code", ["quiet", "clipped", "noisy", "damaged", "short", "different_text", "fillers_unknown"]
)
def test_every_warning_has_a_sentence_for_the_learner(code):
    found = warning(code)
    assert found.code == code
    assert found.detail.endswith(".")
    assert len(found.detail) > 30
