"""Train the pronunciation scorer from the experts' scores: `make train-scorer DATA=folder`.

    python -m bench.scorer.planted DATA FOLDER
    python -m bench.scorer DATA --natives cases.json --planted FOLDER

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
from bench.scorer.corpus import FOLDS, NATIVE, PLANTED, learners, natives, planted
from bench.scorer.export import export_head, export_heard, export_mixtures, export_posteriors
from bench.scorer.head import Ensemble, arrays, learn
from bench.scorer.heard import cross_heard
from bench.scorer.measures import Scored, correlations, table
from bench.scorer.naming import learn_naming
from bench.scorer.posteriors import Posteriors, cross_fitted, flat_start, posteriors
from bench.scorer.readings import Aligned, Example, example, realign, started
from bench.scorer.recordings import recorded
from shared.speech.calibration import FILE as CALIBRATION
from shared.speech.gaussians import MIXTURES
from shared.speech.heard import HEARD
from shared.speech.pronunciation import HEAD
from shared.speech.sounds import POSTERIORS

SEEDS = (1, 2, 3, 4)
NATIVE_ALTERATIONS, LEARNERS_ALTERED = 12, 0.5
_TOP = 5.0
MODELS = Path("shared/speech/models")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with labels.json and the recordings")
    parser.add_argument("--natives", type=Path, help="a cases.json with native readings")
    parser.add_argument("--planted", type=Path, help="what `bench.scorer.planted` has made")
    parser.add_argument("--work", type=Path, default=Path(".rostrum/scorer"))
    parser.add_argument("--out", type=Path, default=MODELS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    people = learners(options.data) + natives(options.natives)
    models, frames = options.work / "models", options.work / "frames"
    aligned = flat_start(recorded(people, models, frames))
    fitted, network, priors = cross_fitted(aligned)
    voices = [started(each) for each in recorded(planted(options.planted), models, frames)]
    for reading in voices:
        values = posteriors(network, reading.recorded.frames)
        realign(reading, values, priors)
        fitted.append(values)
    train(aligned + voices, fitted, network, priors, options.out)


def train(
    aligned: list[Aligned],
    fitted: list[NDArray[np.float32]],
    network: Posteriors,
    priors: NDArray[np.float32],
    out: Path,
) -> None:
    """Cross-validate, then learn from everything and write the files of the scorer."""
    examples, shares, heard = cross_heard(with_alterations(aligned, fitted, priors))
    scored = cross_validated(examples)
    found = correlations(examples, scored)
    print(table(found), flush=True)
    heads = ensemble(examples)
    out.mkdir(parents=True, exist_ok=True)
    export_posteriors(network, out / POSTERIORS)
    export_mixtures(out / MIXTURES)
    export_heard(heard, out / HEARD)
    export_head(heads, out / HEAD)
    naming = learn_naming(examples, shares, scored)
    write(out / CALIBRATION, examples, shares, scored, priors, naming, found)
    for name in (CALIBRATION, HEARD, MIXTURES, POSTERIORS, HEAD):
        print(f'    "{name}": "{hashlib.sha256((out / name).read_bytes()).hexdigest()}",')


def with_alterations(
    aligned: list[Aligned], fitted: list[NDArray[np.float32]], priors: NDArray[np.float32]
) -> list[Example]:
    """Every reading as it is, and people's with errors planted in the text: natives' more often."""
    random = np.random.default_rng(0)
    examples = []
    for reading, values in zip(aligned, fitted, strict=True):
        if not reading.spans:
            continue
        examples.append(example(reading, values, priors))
        tries = {NATIVE: NATIVE_ALTERATIONS, PLANTED: 0}.get(
            reading.reading.kind, int(random.random() < LEARNERS_ALTERED)
        )
        for _ in range(tries):
            if (other := altered(reading, values, priors, random)) is not None:
                examples.append(other)
    return examples


def cross_validated(examples: list[Example]) -> dict[str, Scored]:
    """Each reading's scores from heads that learned from other speakers."""
    scored: dict[str, Scored] = {}
    for fold in range(FOLDS):
        heads = ensemble([e for e in examples if e.reading.fold != fold])
        held = [e for e in examples if e.reading.fold == fold]
        scored |= {e.reading.id: score(heads, e) for e in held}
        print(f"fold {fold} done", flush=True)
    return scored


def ensemble(examples: list[Example]) -> Ensemble:
    return Ensemble([learn(examples, seed=seed) for seed in SEEDS])


def score(heads: Ensemble, example: Example) -> Scored:
    heads.eval()
    with torch.no_grad():
        inputs = {name: torch.tensor(value) for name, value in arrays(example).items()}
        phones, words, sentence = (each.numpy() for each in heads(**inputs))
    spoken = arrays(example)["membership"].sum(axis=1) > 0
    return Scored(phones, np.where(spoken, _TOP * words, 0.0), _TOP * sentence)


if __name__ == "__main__":
    main()
