"""The network that tells what each phone was said as, from how well others fit in its place.

Learned from readings in which that is known: good readings, errors planted in the text, and errors
that synthetic voices were told to make.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bench.scorer.corpus import FOLDS
from bench.scorer.readings import Example
from shared.speech.exchanges import VARIANTS
from shared.speech.heard import doubts
from shared.speech.phone_evidence import PHONE_VALUES

HIDDEN = 96
EPOCHS = 8
UNKNOWN = -1
_BATCH, _RATE, _DECAY = 1024, 4e-3, 2e-2
_ERROR_WEIGHT = 3.0
_DROPOUT = 0.3
_CLAMP = 5.0


class Heard(nn.Module):  # type: ignore[misc]
    """phones (n,) and values (n, PHONE_VALUES) to log shares (n, VARIANTS).

    The gains of both models, with weights of their own for each phone, and how often each phone
    is said for another; what else the values tell is added by a hidden layer.
    """

    def __init__(self, values: NDArray[np.float32]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(values.mean(0)))
        self.register_buffer("deviation", torch.tensor(values.std(0) + 1e-3))
        self.usual = nn.Embedding(VARIANTS, VARIANTS)
        self.weights = nn.Parameter(torch.full((2, VARIANTS), 0.5))
        self.phone = nn.Embedding(VARIANTS, HIDDEN)
        self.hidden = nn.Linear(PHONE_VALUES, HIDDEN)
        self.drop = nn.Dropout(_DROPOUT)
        self.out = nn.Linear(HIDDEN, VARIANTS)
        nn.init.zeros_(self.usual.weight)

    def forward(self, phones: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        scaled = ((values - self.mean) / self.deviation).clamp(-_CLAMP, _CLAMP)
        if self.training:
            scaled = scaled + 0.1 * torch.randn_like(scaled)
        gains = values[:, -2 * VARIANTS :].clamp(-20, 20).reshape(-1, 2, VARIANTS)
        hidden = self.drop(nn.functional.gelu(self.phone(phones) + self.hidden(scaled)))
        direct = (gains * self.weights).sum(1) + self.usual(phones)
        return torch.log_softmax(direct + self.out(hidden), dim=-1)


def learn_heard(examples: Sequence[Example], *, seed: int) -> Heard:
    torch.manual_seed(seed)
    phones = torch.tensor(np.concatenate([e.evidence.phones for e in examples]))
    values = np.concatenate([e.evidence.values for e in examples])
    said = torch.tensor(np.concatenate([e.said for e in examples]))
    known = torch.nonzero(said != UNKNOWN)[:, 0]
    network = Heard(values)
    inputs = torch.tensor(values)
    optimiser = torch.optim.AdamW(network.parameters(), _RATE, weight_decay=_DECAY)
    steps = EPOCHS * (len(known) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps)
    network.train()
    for _ in range(EPOCHS):
        for batch in known[torch.randperm(len(known))].split(_BATCH):
            shares = network(phones[batch], inputs[batch])
            losses = nn.functional.nll_loss(shares, said[batch], reduction="none")
            weights = torch.where(said[batch] == phones[batch], 1.0, _ERROR_WEIGHT)
            loss = (weights * losses).sum() / weights.sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return network.eval()


def cross_heard(
    examples: Sequence[Example],
) -> tuple[list[Example], list[NDArray[np.float32]], Heard]:
    """The examples with what a network that did not hear their fold doubts of each phone, that
    network's log shares, and a network that heard all."""
    networks = [
        learn_heard([e for e in examples if e.reading.fold != fold], seed=fold)
        for fold in range(FOLDS)
    ]
    shares = [log_shares(networks[e.reading.fold], e) for e in examples]
    found = [with_doubts(e, each) for e, each in zip(examples, shares, strict=True)]
    return found, shares, learn_heard(examples, seed=FOLDS)


def log_shares(network: Heard, example: Example) -> NDArray[np.float32]:
    evidence = example.evidence
    with torch.no_grad():
        found = network(torch.tensor(evidence.phones), torch.tensor(evidence.values))
    return np.asarray(found.numpy(), dtype=np.float32)


def with_doubts(example: Example, shares: NDArray[np.float32]) -> Example:
    evidence = example.evidence
    values = np.concatenate([evidence.values, doubts(evidence.phones, shares)], axis=1)
    return replace(example, evidence=replace(evidence, values=values))
