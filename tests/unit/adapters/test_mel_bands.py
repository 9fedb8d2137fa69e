import numpy as np

from shared.adapters.embedded.mel_bands import MelBands


def test_it_is_the_matrix_product():
    random = np.random.default_rng(3)
    filters = np.zeros((4, 9), dtype=np.float32)
    for row, (first, last) in enumerate([(0, 2), (1, 5), (4, 9), (8, 9)]):
        filters[row, first:last] = random.random(last - first)
    power = random.random((9, 30)).astype(np.float32)
    found = MelBands(filters) @ power
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, filters @ power, rtol=1e-6)


def test_a_band_without_bins_is_empty():
    filters = np.zeros((1, 4), dtype=np.float32)
    assert (MelBands(filters) @ np.ones((4, 3), dtype=np.float32)).tolist() == [[0.0] * 3]
