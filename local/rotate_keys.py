"""`make rotate-keys`: a new signing key for the stack on this machine, running or not.

With `--revoke` it signs at once and every other key is withdrawn: everybody signs in or refreshes
anew, within 5 minutes, or at once if the stack is restarted.
"""

import argparse
import sys

from local import credentials
from local.settings import StackSettings
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.signing_keys import revoke, rotate, signing_keys


def main() -> int:
    parser = argparse.ArgumentParser(prog="make rotate-keys")
    parser.add_argument("--revoke", action="store_true", help="the present keys are stolen")
    arguments = parser.parse_args()
    secrets = StackSettings().stack().data / "secrets"
    if not secrets.exists():
        print(f"There is no stack in {secrets.parent} yet; make up makes one.", file=sys.stderr)
        return 1
    directory = credentials.load(secrets).token_keys
    before = signing_keys(directory)
    new = (revoke if arguments.revoke else rotate)(directory, SystemClock().now())
    kept = signing_keys(directory)
    for key in before:
        if key not in kept:
            print(f"{key.id} is removed.")
    print(f"{new.id} is published, and signs from {new.signs_from:%Y-%m-%dT%H:%M:%SZ} on.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
