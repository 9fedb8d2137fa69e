"""The mel bands of Whisper's features, summed in one order however many threads there are.

A matrix product is shared out over threads, and its last bits with them; most of the matrix is
zero anyway.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class MelBands:
    """Takes the place of the matrix `filters` (bands, bins) in `filters @ power`."""

    def __init__(self, filters: "NDArray[np.float32]") -> None:
        self._bands = []
        for row in filters:
            (bins,) = row.nonzero()
            first, last = (bins[0], bins[-1] + 1) if len(bins) else (0, 1)
            self._bands.append((slice(first, last), row[first:last, None].copy()))

    def __matmul__(self, power: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """(bins, frames) to (bands, frames)."""
        import numpy as np

        precise = power.astype(np.float64)
        bands = [(weights * precise[bins]).sum(axis=0) for bins, weights in self._bands]
        return np.stack(bands).astype(power.dtype)
