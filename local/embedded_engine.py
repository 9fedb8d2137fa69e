"""The embedded engine: documents and events in PostgreSQL, objects in a folder."""

from collections.abc import Mapping, Sequence

from local import credentials, deployables
from local.engine import Place, objects_passthrough
from local.gateway.routing import Passthrough
from local.processes import Command, Processes, free_port
from shared.adapters.embedded.clock import SystemClock
from shared.adapters.embedded.database import create_tables
from shared.adapters.embedded.events import PostgresEvents
from shared.adapters.postgresql.engine import connect


class EmbeddedEngine:
    def __init__(self, place: Place) -> None:
        self._place = place

    def start(self, _: Processes, /) -> Mapping[str, str]:
        """PostgreSQL runs already, for the tables."""
        engine = connect(self._place.database_url)
        try:
            create_tables(engine)
        finally:
            engine.dispose()
        secrets = credentials.load(self._place.data / "secrets")
        return {
            "ROSTRUM_ENGINE": "embedded",
            "ROSTRUM_OBJECTS_DIR": str(self._place.data / "objects"),
            "ROSTRUM_OBJECTS_URL": f"{self._place.url}/storage",
            "ROSTRUM_OBJECTS_SECRET": secrets.objects_secret,
        }

    def door(self, environment: Mapping[str, str]) -> tuple[Passthrough, Command]:
        name = "object_server"
        return objects_passthrough(name), deployables.service(
            name, "local.object_server", environment, free_port()
        )

    def subscribe(self, functions: Mapping[deployables.Function, Command]) -> None:
        engine = connect(self._place.database_url)
        try:
            events = PostgresEvents(engine, SystemClock())
            for spec, command in functions.items():
                events.subscribe(deployables.subscription(spec, command.port))
        finally:
            engine.dispose()

    def deliverers(self, environment: Mapping[str, str]) -> Sequence[Command]:
        return [deployables.module("event_pump", "local.event_pump", environment)]

    def addresses(self) -> Mapping[str, str]:
        return {"engine": "embedded"}
