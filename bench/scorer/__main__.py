"""Train the pronunciation scorer from the experts' scores: `make train-scorer DATA=folder`.

Prints the cross-validation table and writes the networks of `shared/speech/models`. Seeds are
fixed and one thread is used, so that the same data and packages give the same networks.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bench.scorer.alterations import altered
from bench.scorer.calibrate import write
from bench.scorer.corpus import FOLDS, NATIVE, learners, natives
from bench.scorer.export import export_head, export_posteriors
from bench.scorer.head import Ensemble, Head, arrays, learn
from bench.scorer.measures import Scored, correlations, table
from bench.scorer.posteriors import Posteriors, cross_fitted, flat_start
from bench.scorer.readings import Aligned, Example, example
from bench.scorer.recordings import recorded
from shared.speech.calibration import FILE as CALIBRATION
from shared.speech.pronunciation import HEAD
from shared.speech.sounds import POSTERIORS

SEEDS = (1, 2)
NATIVE_ALTERATIONS, LEARNERS_ALTERED = 12, 0.5
_TOP = 5.0
MODELS = Path("shared/speech/models")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with labels.json and the recordings")
    parser.add_argument("--natives", type=Path, help="a cases.json with native readings")
    parser.add_argument("--work", type=Path, default=Path(".rostrum/scorer"))
    parser.add_argument("--out", type=Path, default=MODELS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    readings = learners(options.data) + natives(options.natives)
    recordings = recorded(readings, options.work / "models", options.work / "frames")
    aligned = flat_start(recordings)
    fitted, network, priors = cross_fitted(aligned)
    train(aligned, fitted, network, priors, options.out)


def train(
    aligned: list[Aligned],
    fitted: list[NDArray[np.float32]],
    network: Posteriors,
    priors: NDArray[np.float32],
    out: Path,
) -> None:
    """Cross-validate, then learn from everything and write the files of the scorer."""
    examples = with_alterations(aligned, fitted, priors)
    scored = cross_validated(examples)
    found = correlations(examples, scored)
    print(table(found), flush=True)
    heads = Ensemble([learn(examples, seed=seed) for seed in SEEDS])
    out.mkdir(parents=True, exist_ok=True)
    export_posteriors(network, out / POSTERIORS)
    export_head(heads, out / HEAD)
    write(out / CALIBRATION, examples, scored, priors, found)
    for name in (POSTERIORS, HEAD, CALIBRATION):
        print(f'    "{name}": "{hashlib.sha256((out / name).read_bytes()).hexdigest()}",')


def with_alterations(
    aligned: list[Aligned], fitted: list[NDArray[np.float32]], priors: NDArray[np.float32]
) -> list[Example]:
    """Every reading as it is, and with errors planted in it: natives' more often."""
    random = np.random.default_rng(0)
    examples = []
    for reading, values in zip(aligned, fitted, strict=True):
        if not reading.spans:
            continue
        examples.append(example(reading, values))
        native = reading.reading.kind == NATIVE
        tries = NATIVE_ALTERATIONS if native else int(random.random() < LEARNERS_ALTERED)
        for _ in range(tries):
            if (planted := altered(reading, values, priors, random)) is not None:
                examples.append(planted)
    return examples


def cross_validated(examples: list[Example]) -> dict[str, Scored]:
    """Each reading's scores from heads that learned from other speakers."""
    scored: dict[str, Scored] = {}
    for fold in range(FOLDS):
        others = [e for e in examples if e.reading.fold != fold]
        heads = Ensemble([learn(others, seed=seed) for seed in SEEDS])
        held = [e for e in examples if e.reading.fold == fold]
        scored |= {e.reading.id: score(heads, e) for e in held}
        print(f"fold {fold} done", flush=True)
    return scored


def score(heads: Ensemble | Head, example: Example) -> Scored:
    heads.eval()
    with torch.no_grad():
        inputs = {name: torch.tensor(value) for name, value in arrays(example).items()}
        phones, words, sentence = (each.numpy() for each in heads(**inputs))
    spoken = arrays(example)["membership"].sum(axis=1) > 0
    return Scored(phones, np.where(spoken, _TOP * words, 0.0), _TOP * sentence)


if __name__ == "__main__":
    main()
