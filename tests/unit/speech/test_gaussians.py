import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec, module_from_spec

import numpy as np
import pytest

from shared.speech import gaussians
from shared.speech.cepstra import COEFFICIENTS, cepstra
from shared.speech.gaussians import ALONE, FIRST, INSIDE, LAST, state_scores, triphones
from shared.speech.phones import INDEX, SILENCE

STEP = 1024 * np.log(1.0001)  # nats in one step of the decoder's scores


@pytest.fixture(scope="module")
def compared(decoded):
    """Costs of all states in each frame, 0 the best: ours and the decoder's, in its unit."""
    recording, _, theirs = decoded
    values = cepstra(recording)
    values[:, :COEFFICIENTS] -= values[:, :COEFFICIENTS].mean(axis=0)
    scores = state_scores(values)
    size = min(len(scores), len(theirs))
    ours = (scores.max(axis=1, keepdims=True) - scores) / STEP
    return ours[:size], theirs[:size].astype(float)


def test_states_score_as_in_the_decoder(compared):
    """It keeps four Gaussians of 128 and whole steps only."""
    ours, theirs = (np.minimum(costs, 150) for costs in compared)
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.96


def test_the_best_states_are_the_decoders(compared):
    ours, theirs = compared
    at_our_best = theirs[np.arange(len(theirs)), ours.argmin(axis=1)]
    assert np.median(at_our_best) <= 3
    assert np.quantile(at_our_best, 0.9) <= 15


def test_scores_are_the_same_however_many_frames_are_scored(samples):
    values = cepstra(samples("kennedy.flac")[:16_000])
    np.testing.assert_allclose(state_scores(values)[10:12], state_scores(values[10:12]), atol=0.01)


def test_equal_sounds_score_equal_bits(samples):
    values = cepstra(samples("kennedy.flac")[:16_000])
    assert state_scores(values).tobytes() == state_scores(values).tobytes()


def states(phone, before, after, place):
    numbers = [np.array([INDEX.get(name, SILENCE)]) for name in (phone, before, after)]
    return triphones(*numbers, np.array([place]))[0].tolist()


def test_a_phone_sounds_otherwise_beside_others():
    assert states("T", "S", "R", INSIDE) != states("T", "IY", "AH", INSIDE)


def test_a_triphone_unknown_at_its_place_is_taken_from_another():
    everywhere = {tuple(states("ZH", "NG", "TH", place)) for place in (INSIDE, FIRST, LAST, ALONE)}
    assert len(everywhere) == 1


def test_phones_keep_their_own_states():
    found = {name: states(name, "AH", "AH", INSIDE) for name in ("S", "SH", "AA", "IY")}
    assert len({state for each in found.values() for state in each}) == 12


def test_threads_that_ask_at_the_same_time_read_the_model_once():
    reads = []

    def folder():
        reads.append(threading.get_ident())
        time.sleep(0.05)  # long enough that without a lock the others would read it, too
        return found()

    spec = find_spec(gaussians.__name__)
    unread = module_from_spec(spec)
    spec.loader.exec_module(unread)
    found = unread._folder
    unread._folder = folder
    together = threading.Barrier(4)

    def ask(_):
        together.wait(timeout=10)
        return unread.state_scores(np.zeros((1, 3 * COEFFICIENTS))).tobytes()

    with ThreadPoolExecutor(4) as threads:
        answers = set(threads.map(ask, range(4)))
    assert len(reads) == len(answers) == 1
