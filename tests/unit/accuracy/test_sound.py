"""Sound changed as it is said to be changed."""

from pathlib import Path

import numpy as np
import pytest

from bench.accuracy.sound import (
    RATE,
    SPEECH_DBFS,
    Samples,
    levelled,
    noisy,
    read_wav,
    run_on,
    shifted,
    silence,
    speech_within,
    trimmed,
    write_wav,
)


def tone(hertz: float, seconds: float = 1.0) -> Samples:
    times = np.arange(round(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


def pitch(samples: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * RATE / len(samples))


def dbfs(samples: Samples) -> float:
    return float(10 * np.log10(np.square(samples).mean()))


def test_a_smaller_speaker_is_higher_and_faster() -> None:
    higher = shifted(tone(200), 1.2)
    assert len(higher) == pytest.approx(RATE / 1.2, abs=1)
    assert pitch(higher) == pytest.approx(240, abs=2)


def test_a_tone_above_the_new_limit_is_gone() -> None:
    assert dbfs(shifted(tone(7500), 1.2)) < dbfs(tone(7500)) - 30


def test_the_noise_lies_as_far_below_the_speech_as_asked() -> None:
    rng = np.random.default_rng(1)
    assert dbfs(noisy(silence(4), 10, rng)) == pytest.approx(SPEECH_DBFS - 10, abs=0.1)


def test_levelled_speech_has_the_level_and_never_clips() -> None:
    assert dbfs(levelled(tone(200) / 50)) == pytest.approx(SPEECH_DBFS, abs=0.1)
    spike = silence(1)
    spike[100] = 1.0
    assert np.abs(levelled(spike)).max() <= 0.96


def test_silence_at_both_ends_is_cut_off_and_kept_inside() -> None:
    said = np.concatenate([silence(0.5), tone(200), silence(0.2), tone(200), silence(0.7)])
    assert len(trimmed(said)) / RATE == pytest.approx(2.2, abs=0.011)


def test_what_is_more_than_30_db_below_the_loudest_is_no_speech() -> None:
    said = np.concatenate(
        [tone(200) / 100, tone(200), silence(0.2), tone(200) / 20, tone(200) / 40]
    )
    assert speech_within(said) == pytest.approx((1.0, 3.2), abs=0.011)


def test_speech_runs_on_without_long_silences() -> None:
    said = np.concatenate([tone(200), silence(0.4), tone(200), silence(0.1), tone(200)])
    assert len(run_on(said)) / RATE == pytest.approx(3.25, abs=0.021)
    assert len(run_on(tone(200))) == RATE


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tone(200))
    assert np.abs(read_wav(tmp_path / "a.wav") - tone(200)).max() < 1e-4
