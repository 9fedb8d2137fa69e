import numpy as np
import pytest

from shared.speech.cepstra import COEFFICIENTS, VALUES, at_times, cepstra
from shared.speech.frames import SAMPLE_RATE

SECOND = SAMPLE_RATE


def test_the_coefficients_are_those_of_the_decoder(decoded):
    recording, theirs, _ = decoded
    ours = cepstra(recording)[:, :COEFFICIENTS]
    size = min(len(ours), len(theirs))
    assert abs(len(ours) - len(theirs)) <= 1
    np.testing.assert_allclose(ours[:size], theirs[:size], atol=0.1)


def test_a_constant_sound_has_no_differences():
    tone = 0.3 * np.sin(2 * np.pi * 500 * np.arange(2 * SECOND) / SECOND).astype(np.float32)
    inner = cepstra(tone)[100:150, COEFFICIENTS:]
    assert np.abs(inner).max() < 1.0


def test_louder_sound_has_the_same_shape(samples):
    recording = samples("kennedy.flac")[:SECOND]
    quiet, loud = (cepstra(factor * recording) for factor in (0.25, 0.5))
    np.testing.assert_allclose(quiet[20:, 1:COEFFICIENTS], loud[20:, 1:COEFFICIENTS], atol=0.5)


def test_too_little_for_one_window_has_no_frames():
    assert cepstra(np.zeros(400, np.float32)).shape == (0, VALUES)


@pytest.mark.parametrize("frames", [999, 1000, 1001, 2500])
def test_a_long_recording_in_blocks_is_the_same_as_at_once(monkeypatch, frames):
    noise = np.random.default_rng(1).standard_normal(160 * (frames - 1) + 410).astype(np.float32)
    in_blocks = cepstra(0.1 * noise)
    monkeypatch.setattr("shared.speech.cepstra._BLOCK", frames)
    assert in_blocks.shape == (frames, VALUES)
    np.testing.assert_array_equal(in_blocks, cepstra(0.1 * noise))


def test_silence_is_finite():
    assert np.isfinite(cepstra(np.zeros(SECOND, np.float32))).all()


def test_two_frames_for_each_time_without_their_mean():
    values = np.arange(50.0)[:, None] * np.ones(VALUES)
    found = at_times(values, np.array([0.10, 0.12, 0.20]))
    assert found[:, -1].tolist() == [9, 10, 11, 12, 19, 20]
    assert found[:, 0].mean() == pytest.approx(0)


def test_times_at_the_ends_take_the_nearest_frames():
    values = np.arange(5.0)[:, None] * np.ones(VALUES)
    found = at_times(values, np.array([0.0, 0.3]))
    assert found[:, -1].tolist() == [0, 0, 4, 4]
