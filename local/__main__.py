"""The command line of the measurement engine: `python -m local analyze …`."""

import sys

from local.analysis.command import main

if __name__ == "__main__":
    sys.exit(main())
