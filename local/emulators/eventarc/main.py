"""Eventarc of the emulator stack, as a process: `python -m local.emulators.eventarc.main`."""

import signal
import threading

from pydantic import Field

from local.emulators.eventarc.relay import Relay, RelayServer
from local.emulators.eventarc.targets import Target
from shared.runtime import logs
from shared.runtime.settings import RuntimeSettings


class Settings(RuntimeSettings):
    """Settings of the stand-in for Eventarc."""

    eventarc_port: int = Field(description="Port the Pub/Sub emulator pushes to.")
    eventarc_targets: tuple[Target, ...] = Field(
        description="JSON list of the functions: name, url, topic, bucket, max_in_flight."
    )


def main() -> None:
    settings = Settings()
    logs.configure("eventarc", level=settings.log_level, project=settings.project)
    relay = Relay()
    for target in settings.eventarc_targets:
        relay.add(target)
    server = RelayServer(relay, settings.eventarc_port)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stopping.wait()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
