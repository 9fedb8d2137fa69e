"""gunicorn's own logger class: its messages as JSON from the first one on.

Named on gunicorn's command line (`--logger-class`); the service name is the process's
`--name`.
"""

import logging

from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from shared.runtime.logs import JsonFormatter


class JsonLogger(Logger):  # type: ignore[misc]
    """As gunicorn's, but for the form of an entry."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        formatter = JsonFormatter(cfg.proc_name, "local")
        for logger in (self.error_log, self.access_log):
            for handler in logger.handlers:
                if isinstance(handler, logging.StreamHandler):
                    handler.setFormatter(formatter)
