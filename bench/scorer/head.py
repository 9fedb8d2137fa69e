"""The network from phones' evidence to the experts' scores of phones, words and sentence.

Each phone is judged by its own evidence, its neighbours' and the mean over the sentence, so that
one phone's evidence moves the others by no more than its share of that mean.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bench.scorer.readings import Example
from shared.speech.heard import DOUBTS
from shared.speech.phone_evidence import GROUP_VALUES, PHONE_VALUES

VALUES = PHONE_VALUES + DOUBTS
SIZE = 48
DROPOUT = 0.3
EPOCHS = 9
_BATCH, _RATE, _DECAY = 48, 3e-3, 2e-2
_WORD_TOP = 5.0  # words and sentences are learned on 0 to 2, as phones
_WEIGHTS = (4.0, 2.0, 2.0)
_NOISE = {"values": 0.1, "frames": 0.15, "group": 0.05}
Batch = dict[str, torch.Tensor]


class Head(nn.Module):  # type: ignore[misc]
    """Batches of: phones (b, n), values (b, n, VALUES), frames (b, n, 512),
    group (b, GROUP_VALUES), mask (b, n), membership of phones in words (b, w, n).

    Gives scores of phones (b, n), words (b, w) and sentence (b, 4), each on 0 to 2.
    """

    def __init__(self, values: NDArray[np.float32], group: NDArray[np.float32]) -> None:
        super().__init__()
        for name, sample in (("values", values), ("group", group)):
            self.register_buffer(f"{name}_mean", torch.tensor(sample.mean(0)))
            self.register_buffer(f"{name}_deviation", torch.tensor(sample.std(0) + 1e-3))
        self.phone = nn.Embedding(40, SIZE)
        self.values = nn.Linear(VALUES, SIZE)
        self.frames = nn.Sequential(nn.Dropout(0.2), nn.Linear(512, SIZE))
        self.group = nn.Sequential(nn.Linear(GROUP_VALUES, SIZE), nn.GELU(), nn.Dropout(DROPOUT))
        self.norm = nn.LayerNorm(SIZE)
        self.neighbours = nn.Conv1d(SIZE, SIZE, 3, padding=1)
        self.drop = nn.Dropout(DROPOUT)
        self.sentence = _layers(3 * SIZE, SIZE, last=False)
        self.phone_score = _layers(2 * SIZE, 1)
        self.word_score = _layers(3 * SIZE + 2, 1)
        self.sentence_score = _layers(SIZE + 3, 4)

    def forward(
        self,
        phones: torch.Tensor,
        values: torch.Tensor,
        frames: torch.Tensor,
        group: torch.Tensor,
        mask: torch.Tensor,
        membership: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        values = ((values - self.values_mean) / self.values_deviation).clamp(-5, 5)
        group = ((group - self.group_mean) / self.group_deviation).clamp(-4, 4)
        values, frames, group = (
            self._noisy(name, each)
            for name, each in (("values", values), ("frames", frames), ("group", group))
        )
        said = mask[..., None]
        hidden = self.phone(phones) + self.values(values) + self.frames(frames)
        hidden = self.drop(nn.functional.gelu(self.norm(hidden))) * said
        around = self.neighbours(hidden.transpose(1, 2)).transpose(1, 2)
        hidden = hidden + self.drop(nn.functional.gelu(around)) * said
        count = said.sum(1)
        mean = hidden.sum(1) / count
        spread = (((hidden - mean[:, None]) ** 2 * said).sum(1) / count + 1e-4).sqrt()
        sentence = self.sentence(torch.cat([mean, spread, self.group(group)], 1))
        phone = self.phone_score(torch.cat([hidden, _beside(sentence, hidden)], 2))[..., 0] * mask
        word = self._words(hidden, phone, sentence, mask, membership)
        spoken = (membership.sum(2) > 0).float()
        word_mean = (word * spoken).sum(1) / spoken.sum(1)
        weight = torch.exp(-2 * word.clamp(-1, 3)) * spoken
        worst = (weight * word).sum(1) / weight.sum(1)
        means = torch.stack([word_mean, worst, phone.sum(1) / count[:, 0]], 1)
        return phone, word, self.sentence_score(torch.cat([sentence, means], 1))

    def _words(
        self,
        hidden: torch.Tensor,
        phone: torch.Tensor,
        sentence: torch.Tensor,
        mask: torch.Tensor,
        membership: torch.Tensor,
    ) -> torch.Tensor:
        """From the mean of a word's phones, and from the worst of them, softly."""
        share = membership / membership.sum(2, keepdim=True).clamp(min=1)
        bad = torch.exp(-4 * phone.clamp(-1, 3)) * mask
        weight = (membership @ bad[..., None]).clamp(min=1e-6)
        mean, worst = share @ hidden, (membership @ (bad[..., None] * hidden)) / weight
        scores = (share @ phone[..., None], (membership @ (bad * phone)[..., None]) / weight)
        parts = [mean, worst, _beside(sentence, mean), *scores]
        return self.word_score(torch.cat(parts, 2))[..., 0]

    def _noisy(self, name: str, values: torch.Tensor) -> torch.Tensor:
        return values + _NOISE[name] * torch.randn_like(values) if self.training else values


class Ensemble(nn.Module):  # type: ignore[misc]
    """The mean of several heads, over one sentence."""

    def __init__(self, heads: Sequence[Head]) -> None:
        super().__init__()
        self.heads = nn.ModuleList(heads)

    def forward(
        self,
        phones: torch.Tensor,
        values: torch.Tensor,
        frames: torch.Tensor,
        group: torch.Tensor,
        membership: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        mask = torch.ones_like(values[:, 0])
        inputs = [each[None] for each in (phones, values, frames, group, mask, membership)]
        scores = [head(*inputs) for head in self.heads]
        return tuple(torch.stack(each).mean(0)[0] for each in zip(*scores, strict=True))


def learn(examples: Sequence[Example], *, seed: int) -> Head:
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    head = Head(
        np.concatenate([e.evidence.values for e in examples]),
        np.stack([e.evidence.group for e in examples]),
    )
    lengths = [len(e.evidence.phones) + 3 * random.normal() for e in examples]
    order = np.argsort(lengths)
    batches = [
        _batch([examples[i] for i in order[at : at + _BATCH]])
        for at in range(0, len(order), _BATCH)
    ]
    optimiser = torch.optim.AdamW(head.parameters(), _RATE, weight_decay=_DECAY)
    steps = EPOCHS * len(batches)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, _RATE, total_steps=steps, pct_start=0.15
    )
    head.train()
    for _ in range(EPOCHS):
        for at in random.permutation(len(batches)):
            inputs, targets = batches[at]
            losses = map(_loss, head(**inputs), targets)
            loss = sum(weight * each for weight, each in zip(_WEIGHTS, losses, strict=True))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return head.eval()


def arrays(example: Example) -> dict[str, NDArray[np.generic]]:
    """The inputs of one sentence, as the exported network takes them."""
    evidence = example.evidence
    rows = np.arange(len(example.word_scores))[:, None]
    return {
        "phones": evidence.phones,
        "values": evidence.values,
        "frames": evidence.frames,
        "group": evidence.group,
        "membership": (rows == evidence.words).astype(np.float32),
    }


def _batch(examples: Sequence[Example]) -> tuple[Batch, tuple[torch.Tensor, ...]]:
    rows = [
        arrays(example) | {"mask": np.ones(len(example.evidence.phones))} for example in examples
    ]
    inputs = {name: _padded([row[name] for row in rows], 0.0) for name in rows[0]}
    inputs["phones"] = inputs["phones"].long()
    unsaid = inputs["membership"].sum(2) == 0
    words = _padded([example.word_scores for example in examples], np.nan) / _WORD_TOP
    return inputs, (
        _padded([example.phone_scores for example in examples], np.nan),
        words.masked_fill(unsaid, np.nan),
        torch.tensor(np.stack([example.sentence_scores for example in examples])) / _WORD_TOP,
    )


def _padded(rows: Sequence[NDArray[np.generic]], value: float) -> torch.Tensor:
    shape = tuple(max(sizes) for sizes in zip(*(row.shape for row in rows), strict=True))
    whole = np.full((len(rows), *shape), value, dtype=np.float32)
    for at, row in enumerate(rows):
        whole[(at, *(slice(size) for size in row.shape))] = row
    return torch.tensor(whole)


def _loss(scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    known = ~torch.isnan(targets)
    if not known.any():
        return scores.sum() * 0
    return ((scores[known] - targets[known]) ** 2).mean()


def _beside(sentence: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    return sentence[:, None].expand(-1, rows.shape[1], -1)


def _layers(width: int, out: int, *, last: bool = True) -> nn.Sequential:
    first = [nn.Linear(width, SIZE), nn.GELU(), nn.Dropout(DROPOUT)]
    return nn.Sequential(*first, *([nn.Linear(SIZE, out)] if last else []))
