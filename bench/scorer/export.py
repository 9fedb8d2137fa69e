"""Trained networks to ONNX, with the rest of what the scorer must know about them."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from bench.scorer.head import VALUES
from shared.speech.phone_evidence import GROUP_VALUES, PHONE_VALUES

_OPSET = 17


def export_posteriors(network: nn.Module, path: Path) -> None:
    network.eval()
    torch.onnx.export(
        network,
        (torch.zeros(7, 512),),
        str(path),
        input_names=["frames"],
        output_names=["posteriors"],
        dynamic_axes={"frames": {0: "t"}, "posteriors": {0: "t"}},
        opset_version=_OPSET,
        dynamo=False,
    )


def export_head(network: nn.Module, path: Path) -> None:
    network.eval()
    example = (
        torch.tensor(np.arange(7)),
        torch.randn(7, VALUES),
        torch.randn(7, 512),
        torch.randn(GROUP_VALUES),
        torch.tensor([[1.0] * 4 + [0.0] * 3, [0.0] * 4 + [1.0] * 3]),
    )
    names = ["phones", "values", "frames", "group", "membership"]
    torch.onnx.export(
        network,
        example,
        str(path),
        input_names=names,
        output_names=["phone_scores", "word_scores", "sentence_scores"],
        dynamic_axes={
            **{name: {0: "n"} for name in ("phones", "values", "frames", "phone_scores")},
            "membership": {0: "w", 1: "n"},
            "word_scores": {0: "w"},
        },
        opset_version=_OPSET,
        dynamo=False,
    )


def export_heard(network: nn.Module, path: Path) -> None:
    network.eval()
    torch.onnx.export(
        network,
        (torch.tensor(np.arange(7)), torch.randn(7, PHONE_VALUES)),
        str(path),
        input_names=["phones", "values"],
        output_names=["log_shares"],
        dynamic_axes={name: {0: "n"} for name in ("phones", "values", "log_shares")},
        opset_version=_OPSET,
        dynamo=False,
    )


class _Mixtures(nn.Module):  # type: ignore[misc]
    """Log likelihoods (frames, states) of one codebook: see `shared.speech.gaussians`."""

    def forward(
        self, values: torch.Tensor, gaussians: torch.Tensor, weights: torch.Tensor
    ) -> torch.Tensor:
        densities = values @ gaussians
        most = densities.max(dim=2, keepdim=True).values
        return (((densities - most).exp() @ weights).log() + most).sum(dim=0)


def export_mixtures(path: Path) -> None:
    torch.onnx.export(
        _Mixtures(),
        (torch.randn(3, 7, 27), torch.randn(3, 27, 128), torch.rand(3, 128, 5)),
        str(path),
        input_names=["values", "gaussians", "weights"],
        output_names=["scores"],
        dynamic_axes={"values": {1: "t"}, "weights": {2: "s"}, "scores": {0: "t", 1: "s"}},
        opset_version=_OPSET,
        dynamo=False,
    )
