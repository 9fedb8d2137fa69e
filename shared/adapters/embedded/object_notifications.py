"""Storage notifications of the embedded engine, in the shape Eventarc delivers them.

https://googleapis.github.io/google-cloudevents/examples/binary/storage/
"""

from shared.adapters.embedded.events import PostgresEvents
from shared.adapters.embedded.objects import Announce
from shared.ports.objects import ObjectInfo


def topic(bucket: str) -> str:
    """The queue's topic that carries the finalized objects of a bucket."""
    return f"objects-{bucket}"


def announcer(events: PostgresEvents, bucket: str) -> Announce:
    """Publishes `google.cloud.storage.object.v1.finalized` for each finished object."""

    def announce(info: ObjectInfo) -> None:
        headers = {
            "ce-type": "google.cloud.storage.object.v1.finalized",
            "ce-source": f"//storage.googleapis.com/projects/_/buckets/{bucket}",
            "ce-subject": f"objects/{info.name}",
        }
        body = {
            "kind": "storage#object",
            "bucket": bucket,
            "name": info.name,
            "generation": info.generation,
            "size": str(info.size),
            "contentType": info.content_type,
        }
        events.enqueue(topic(bucket), f"{bucket}-{info.generation}", headers, body)

    return announce
