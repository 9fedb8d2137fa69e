"""`make rescore`: stored analyses judged again by this version, from features, without the audio.

A dry run unless told otherwise. What was done is found done by the next run.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from local import credentials
from local.emulators.engine import ACCOUNT
from local.rescore.rescoring import Rescoring
from local.settings import StackSettings
from shared import wiring
from shared.domain.errors import AppError
from shared.runtime.store_settings import FeaturesSettings
from shared.speech.judge import judge
from shared.speech.version import scorer_version

_SAID = {
    "to_rescore": "would be rescored",
    "rescored": "rescored",
    "unfinished": "left: not finished",
    "no_features": "left: no features",
    "features_outdated": "left: features of another form",
    "features_unreadable": "left: features damaged",
    "other_words": "left: the feedback speaks of other words",
    "changed_meanwhile": "left: changed meanwhile",
    "failed": "left: failed, see below",
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    found: Counter[tuple[str, str]] = Counter()
    failed: list[str] = []
    last: str | None = options.after
    try:
        settings = _settings(options.project, options.database)
        rescoring = Rescoring(
            wiring.attempts(settings),
            wiring.features(settings),
            wiring.clock(),
            judge,
            scorer_version(),
        )
        steps = rescoring.apply(last) if options.apply else rescoring.survey(last)
        for step in steps:
            found[step.scorer_version, step.outcome] += 1
            last = step.attempt_id
            if step.outcome == "failed":
                failed.append(step.attempt_id)
                print(f"{step.attempt_id} failed: {step.error}", file=sys.stderr)
            if options.apply:
                time.sleep(1 / options.per_second)
    except FileNotFoundError as error:
        print(f"{error} Is the stack running?", file=sys.stderr)
        return 1
    except (AppError, KeyboardInterrupt) as error:
        _tell(found, failed)
        reason = error.detail if isinstance(error, AppError) else "Stopped."
        again = f"--after {last}" if last else "the same command"
        print(f"{reason} Go on with: {again}", file=sys.stderr)
        return 1
    _tell(found, failed)
    if not options.apply:
        print("Nothing was changed. To do it: --apply")
    return 1 if failed else 0


def _tell(found: Counter[tuple[str, str]], failed: Sequence[str]) -> None:
    print(f"This version is {scorer_version()}; all others:")
    for (version, outcome), count in sorted(found.items()):
        print(f"{count:8}  {version:12}  {_SAID[outcome]}")
    if failed:
        print(
            f"Failed, and left as they were: {' '.join(failed)}\n"
            f"To try again, from the first of them: --after {just_before(failed[0])}",
            file=sys.stderr,
        )


def just_before(attempt_id: str) -> str:
    """The id behind which the first one is `attempt_id`: ids are UUIDs and in their order."""
    return str(UUID(int=UUID(attempt_id).int - 1))


def _settings(project: str | None, database: str) -> FeaturesSettings:
    """Of the project, or else of the stack that runs on the data in DATA."""
    if project is not None:
        return FeaturesSettings(
            engine="google",
            project=project,
            firestore_database=database,
            features_bucket=f"{project}-features",
            # The settings want one; no URL is signed here.
            own_account=f"nobody@{project}.iam.gserviceaccount.com",
        )
    stack = StackSettings().stack()
    addresses = stack.addresses()
    if addresses.get("engine") == "emulators":
        return FeaturesSettings.model_validate(
            {
                "engine": "google",
                "project": addresses["project"],
                "own_account": ACCOUNT,
                "FIRESTORE_EMULATOR_HOST": addresses["firestore_host"],
                "STORAGE_EMULATOR_HOST": addresses["storage_host"],
            }
        )
    return FeaturesSettings.model_validate(
        {
            "engine": "embedded",
            "database_url": stack.database_url,
            "objects_dir": stack.data / "objects",
            "objects_secret": credentials.load(stack.data / "secrets").objects_secret,
        }
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.rescore", description=__doc__)
    parser.add_argument("--apply", action="store_true", help="write the new analyses")
    parser.add_argument("--after", metavar="ID", help="only attempts whose ids come behind it")
    parser.add_argument(
        "--per-second", type=float, default=5.0, help="the most attempts in a second (5)"
    )
    parser.add_argument("--project", help="a Google Cloud project, in place of the running stack")
    parser.add_argument("--database", default="(default)", help="its Firestore database")
    options = parser.parse_args(arguments)
    if options.per_second <= 0:
        parser.error("--per-second is above 0")
    return options


if __name__ == "__main__":
    sys.exit(main())
