"""The least an event function can be."""

import functions_framework
from cloudevents.http import CloudEvent


@functions_framework.cloud_event
def hello(_: CloudEvent) -> None:
    pass
