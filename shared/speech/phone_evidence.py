"""What is measured of each phone: how well the frames fit it, how long it is, where it stands.

Goodness of pronunciation after Witt & Young (Speech Communication 30, 2000) with the posteriors
of a network (Hu et al., Speech Communication 67, 2015), and all phones' posteriors as in
Kaldi's gop_speechocean762 and GOPT (Gong et al., ICASSP 2022).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.cepstra import OF_A_FRAME, Cepstra
from shared.speech.exchanges import VARIANTS, Places, acoustic_gains, gains, part_of, places
from shared.speech.gaussians import state_scores, triphones
from shared.speech.phone_alignment import LogPosteriors, PhoneSpan
from shared.speech.phones import INDEX, PHONES, SILENCE, VOWELS

Values = NDArray[np.float32]

FRAMES_PER_S: Final = 50
PHONE_VALUES: Final = 7 + SILENCE + 1 + 9 + 2 + 2 * VARIANTS
GROUP_VALUES: Final = 19
PAUSE_FRAMES: Final = 12  # 0.25 s at 50 frames a second, and a frame for the edges
_HESITATION_FRAMES: Final = 5
_LONGEST_GAP: Final = 50
_OUT_OF_REACH: Final = -99.0
_WEAKEST_SHARE: Final = 5
# Mean and deviation of the log duration in frames, in the readings of speechocean762's train split.
_USUAL_LENGTH: Final = (1.54, 1.08)


@dataclass(frozen=True, slots=True)
class PhoneEvidence:
    """One row a phone, in the order of the spans.

    `phones` (n,) indices, `words` (n,) word of each, `values` (n, PHONE_VALUES), `frames`
    (n, 512) means of the encoder's frames, `group` (GROUP_VALUES,) of all phones together.
    """

    phones: NDArray[np.int64]
    words: NDArray[np.int64]
    values: Values
    frames: Values
    group: Values


def measure_phones(
    spans: Sequence[PhoneSpan],
    posteriors: LogPosteriors,
    likelihoods: Values,
    frames: Values,
    cepstra: Cepstra,
) -> PhoneEvidence:
    """The evidence for the phones of one sentence or so, at least one of them.

    Of the whole recording, by frame: `posteriors` and `likelihoods` (n, phones + silence), the
    encoder's `frames` (n, 512), and the `cepstra` (2 n, 39) of each half of one.
    """
    phones = np.array([INDEX[span.phone] for span in spans], dtype=np.int64)
    words = np.array([span.word for span in spans], dtype=np.int64)
    edges = np.array([(span.start, span.end) for span in spans], dtype=np.int64)
    means = np.stack([posteriors[a:b].mean(axis=0) for a, b in edges])
    goodness = _goodness(phones, edges, means, posteriors)
    acoustic = _acoustics(spans, likelihoods, cepstra)
    gaps = np.clip(edges[1:, 0] - edges[:-1, 1], 0, None)
    lengths = _lengths(edges)
    place = np.column_stack(
        [
            lengths,
            lengths - lengths.mean(),
            [span.position / 3 for span in spans],
            [span.position == 0 for span in spans],
            [*(words[1:] != words[:-1]), True],
            np.array([(words == word).sum() for word in words]) / 4,
            np.concatenate([[0], np.clip(gaps, 0, _LONGEST_GAP) / 10]),
            np.concatenate([np.clip(gaps, 0, _LONGEST_GAP) / 10, [0]]),
            [PHONES[phone] in VOWELS for phone in phones],
        ]
    )
    return PhoneEvidence(
        phones=phones,
        words=words,
        values=np.concatenate([goodness, means, place, acoustic], axis=1).astype(np.float32),
        frames=np.stack([frames[a:b].mean(axis=0) for a, b in edges]).astype(np.float32),
        group=_group(phones, words, edges, goodness, lengths).astype(np.float32),
    )


def _acoustics(spans: Sequence[PhoneSpan], likelihoods: Values, cepstra: Cepstra) -> Values:
    """What is heard without knowing words: how far the phone's triphone is from the best state of
    all (mean over frames; of its best half), and the gains of every other phone in its place by
    the acoustic model and by the posteriors.

    The acoustic model is asked for nothing but the frames of phones and those beside them.
    """
    found = places(spans, len(likelihoods))
    fits, exchanged = [], []
    for rows in _runs(found):
        first, last = int(found.starts[rows].min()), int(found.ends[rows].max())
        scores = state_scores(cepstra[OF_A_FRAME * first : OF_A_FRAME * last])
        part = part_of(found, rows, first)
        edges = [(spans[row].start - first, min(spans[row].end, last) - first) for row in rows]
        fits.append(_fits(edges, part, scores))
        exchanged.append(acoustic_gains(part, scores))
    parts = [np.concatenate(fits), np.concatenate(exchanged), gains(found, likelihoods)]
    return np.concatenate(parts, axis=1)


def _runs(found: Places) -> list[NDArray[np.int64]]:
    """Rows of phones whose frames touch each other."""
    reached = np.maximum.accumulate(found.ends)
    apart = 1 + np.flatnonzero(found.starts[1:] > reached[:-1])
    return np.split(np.arange(len(found.starts)), apart)


def _fits(edges: Sequence[tuple[int, int]], found: Places, scores: Values) -> Values:
    states = triphones(found.phones, found.before[:, 0], found.after[:, 0], found.inside[:, 0])
    best = scores.max(axis=1)
    rows = []
    for (start, end), own in zip(edges, states, strict=True):
        at = slice(OF_A_FRAME * start, OF_A_FRAME * end)
        fits = np.sort(scores[at][:, own].max(axis=1) - best[at])
        rows.append((fits.mean(), fits[len(fits) // 2 :].mean()))
    return np.array(rows, dtype=np.float32)


def _lengths(edges: NDArray[np.int64]) -> NDArray[np.float64]:
    mean, deviation = _USUAL_LENGTH
    lengths = (np.log(edges[:, 1] - edges[:, 0]) - mean) / deviation
    return np.asarray(lengths, dtype=np.float64)


def _goodness(
    phones: NDArray[np.int64], edges: NDArray[np.int64], means: Values, posteriors: LogPosteriors
) -> Values:
    """Log posterior of the phone (mean, least, most, most with its neighbours), its distance from
    the best other phone (of the means, mean over frames), and the entropy."""
    rows = np.arange(len(phones))
    expected = means[rows, phones]
    others = means[:, :SILENCE].copy()
    others[rows, phones] = _OUT_OF_REACH
    found = []
    for (start, end), phone in zip(edges, phones, strict=True):
        window = posteriors[start:end]
        rest = window[:, :SILENCE].copy()
        rest[:, phone] = _OUT_OF_REACH
        own = window[:, phone]
        wider = posteriors[max(0, start - 1) : end + 1, phone]
        found.append((own.max(), own.min(), wider.max(), (own - rest.max(axis=1)).mean()))
    entropy = -(np.exp(means) * means).sum(axis=1)
    return np.column_stack([expected, expected - others.max(axis=1), found, entropy])


def _group(
    phones: NDArray[np.int64],
    words: NDArray[np.int64],
    edges: NDArray[np.int64],
    goodness: Values,
    lengths: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Pace, pauses and how good all phones are."""
    total = (edges[-1, 1] - edges[0, 0]) / FRAMES_PER_S
    between = words[1:] != words[:-1]
    gaps = (edges[1:, 0] - edges[:-1, 1])[between]
    pauses = gaps[gaps >= PAUSE_FRAMES] / FRAMES_PER_S
    speaking = max(total - pauses.sum(), 1 / FRAMES_PER_S)
    syllables = sum(PHONES[phone] in VOWELS for phone in phones) or 1
    expected, distance = goodness[:, 0], goodness[:, 1]
    weakest = np.sort(expected)[: max(1, len(phones) // _WEAKEST_SHARE)]
    gap_share = (gaps >= _HESITATION_FRAMES).mean() if len(gaps) else 0.0
    return np.array(
        [
            np.log(total + 1 / FRAMES_PER_S),
            syllables / max(total, 1 / FRAMES_PER_S),
            syllables / speaking,
            len(phones) / speaking,
            speaking / max(total, 1 / FRAMES_PER_S),
            len(pauses) / syllables,
            pauses.sum() / syllables,
            pauses.max(initial=0.0),
            gap_share,
            gaps.mean() / 10 if len(gaps) else 0.0,
            np.log(syllables),
            np.log(len(gaps) + 1),
            lengths.mean(),
            lengths.std(),
            expected.mean(),
            weakest.mean(),
            distance.mean(),
            (distance < -1).mean(),
            (distance < -3).mean(),  # noqa: PLR2004
        ]
    )
