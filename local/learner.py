"""`make token`: a new learner on the running stack, and their access token."""

import sys

import httpx

from local.client import ApiError
from local.settings import StackSettings
from local.sign_up import sign_up


def main() -> int:
    stack = StackSettings().stack()
    try:
        learner = sign_up(stack.url, stack.outbox)
    except httpx.ConnectError:
        print(f"No stack answers at {stack.url}; start one with: make up", file=sys.stderr)
        return 1
    except (ApiError, TimeoutError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{learner.email} with password {learner.password}", file=sys.stderr)
    print(learner.access_token)
    return 0


if __name__ == "__main__":
    sys.exit(main())
