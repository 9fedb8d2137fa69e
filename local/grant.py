"""`make grant`: give an account of this machine's stack a role, as its operator."""

import os
import subprocess
import sys

from local.settings import StackSettings


def main() -> int:
    stack = StackSettings().stack()
    try:
        url = stack.database_url
    except FileNotFoundError:
        print(f"There is no stack in {stack.data} yet; start one with: make up", file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "run_services.auth.grant", *sys.argv[1:]]
    environment = {**os.environ, "ROSTRUM_DATABASE_URL": url}
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
