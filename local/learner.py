"""`make token`: an access token for a new learner of the stack on this machine."""

import sys

from local.settings import StackSettings
from shared.adapters.embedded.clock import SystemClock


def main() -> int:
    stack = StackSettings().stack()
    if not (stack.data / "secrets").exists():
        print(f"There is no stack in {stack.data} yet; start one with: make up", file=sys.stderr)
        return 1
    print(stack.learner_token(SystemClock().new_id()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
