"""Sounds of stretches of a recording, wherever they lie."""

import numpy as np
import pytest

from shared.domain.transcription import AcousticFrames
from shared.speech.sounds import listen


def stretch(start_s: float, frames: int) -> AcousticFrames:
    values = np.random.default_rng(frames).standard_normal((frames, 512), dtype=np.float32)
    return AcousticFrames(start_s, values)


def test_frames_begin_where_their_stretch_lies_in_the_recording() -> None:
    found = listen([stretch(1.234, 50), stretch(2.3, 30), stretch(171.0, 2)])
    assert found.starts_s[[0, 49, 50, 79, 80, 81]] == pytest.approx(
        [1.234, 2.214, 2.3, 2.88, 171.0, 171.02]
    )
    assert len(found.frames) == len(found.posteriors) == len(found.starts_s) == 82


def test_a_stretch_sounds_the_same_whatever_stretches_are_heard_with_it() -> None:
    stretches = [stretch(0.0, 1250), stretch(30.0, 1), stretch(40.0, 77)]
    alone = [listen([each]).posteriors for each in stretches]
    np.testing.assert_array_equal(listen(stretches).posteriors, np.concatenate(alone))
    whole = np.concatenate([each.values for each in stretches])
    at_once = listen([AcousticFrames(0.0, whole)])
    np.testing.assert_array_equal(at_once.posteriors, listen(stretches).posteriors)
