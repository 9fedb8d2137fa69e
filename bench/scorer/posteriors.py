"""The network from encoder frames to phone posteriors, and the alignment it is learned with."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bench.scorer.corpus import FOLDS
from bench.scorer.readings import Aligned, phone_scores, realign, started
from bench.scorer.recordings import Recorded
from shared.speech.phones import PHONES

CLASSES = len(PHONES) + 1
WIDTH = 512
HIDDEN = 192
GOOD_PHONE = 1.5
_BATCH = 2048
_SMOOTHING = 0.05
_FLAT_ROUNDS, _FLAT_EPOCHS = 7, 2
_EPOCHS, _RATE = 4, 4e-3


class Posteriors(nn.Module):  # type: ignore[misc]
    """(frames, 512) to log posteriors (frames, phones + silence)."""

    def __init__(self, mean: torch.Tensor, deviation: torch.Tensor, *, hidden: int) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        self.layers = (
            nn.Sequential(
                nn.Dropout(0.1),
                nn.Linear(WIDTH, hidden),
                nn.GELU(),
                nn.Dropout(0.3),
                nn.Linear(hidden, CLASSES),
            )
            if hidden
            else nn.Linear(WIDTH, CLASSES)
        )

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return torch.log_softmax(self.layers((frames - self.mean) / self.deviation), dim=-1)


def flat_start(recordings: Sequence[Recorded]) -> list[Aligned]:
    """Align by learning: a linear network and Viterbi in turns, from evenly spread phones."""
    readings = [started(recording) for recording in recordings]
    frames = torch.tensor(np.concatenate([r.frames for r in recordings]))
    network = _network(frames, hidden=0)
    for turn in range(_FLAT_ROUNDS):
        classes = np.concatenate([reading.classes() for reading in readings])
        _learn(network, frames, torch.tensor(classes), epochs=_FLAT_EPOCHS, rate=1e-3, seed=turn)
        for reading in readings:
            realign(reading, posteriors(network, reading.recorded.frames), log_priors(classes))
    return readings


def cross_fitted(
    readings: Sequence[Aligned],
) -> tuple[list[NDArray[np.float32]], Posteriors, NDArray[np.float32]]:
    """Each reading's log posteriors from a network that has not heard its fold; one that has
    heard all, which ships; and the log priors. The readings are aligned anew."""
    frames = torch.tensor(np.concatenate([r.recorded.frames for r in readings]))
    classes = np.concatenate([reading.classes() for reading in readings])
    good = np.concatenate([_well_said(reading) for reading in readings])
    folds = np.concatenate([np.full(len(r.recorded.frames), r.reading.fold) for r in readings])
    priors = log_priors(classes)
    networks = []
    for left_out in range(FOLDS + 1):  # the last leaves none out
        network = _network(frames, hidden=HIDDEN)
        used = torch.tensor(np.flatnonzero(good & (folds != left_out)))
        targets = torch.tensor(classes)[used]
        _learn(network, frames[used], targets, epochs=_EPOCHS, rate=_RATE, seed=left_out)
        networks.append(network)
        held = torch.tensor(np.flatnonzero(good & (folds == left_out)))
        if len(held):
            with torch.no_grad():
                right = (network(frames[held]).argmax(1).numpy() == classes[held.numpy()]).mean()
            print(f"frames right in fold {left_out}: {right:.3f}", flush=True)
    fitted = [posteriors(networks[r.reading.fold], r.recorded.frames) for r in readings]
    for reading, values in zip(readings, fitted, strict=True):
        realign(reading, values, priors)
    return fitted, networks[-1], priors


def posteriors(network: Posteriors, frames: NDArray[np.float32]) -> NDArray[np.float32]:
    network.eval()
    with torch.no_grad():
        return np.asarray(network(torch.tensor(frames)).numpy(), dtype=np.float32)


def log_priors(classes: NDArray[np.int64]) -> NDArray[np.float32]:
    shares = np.bincount(classes, minlength=CLASSES) / len(classes)
    return np.asarray(np.log(shares + 1e-4), dtype=np.float32)


def _network(frames: torch.Tensor, *, hidden: int) -> Posteriors:
    torch.manual_seed(0)
    return Posteriors(frames.mean(0), frames.std(0) + 1e-5, hidden=hidden)


def _well_said(reading: Aligned) -> NDArray[np.bool_]:
    """Frames of phones that the experts found right, and of silence."""
    good = np.ones(len(reading.recorded.frames), dtype=bool)
    for span, score in zip(reading.spans, phone_scores(reading), strict=True):
        if not score >= GOOD_PHONE:
            good[span.start : span.end] = False
    return good


def _learn(
    network: Posteriors,
    frames: torch.Tensor,
    classes: torch.Tensor,
    *,
    epochs: int,
    rate: float,
    seed: int,
) -> None:
    torch.manual_seed(seed)
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=1e-2)
    steps = epochs * (len(frames) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    network.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(frames)).split(_BATCH):
            loss = nn.functional.cross_entropy(
                network(frames[batch]), classes[batch], label_smoothing=_SMOOTHING
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    network.eval()
