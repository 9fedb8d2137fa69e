"""Takes the uploads that signed URLs allow, as Cloud Storage does in the Google engine."""

from flask import Blueprint, Response, request

from shared.adapters.embedded.objects import FolderObjects
from shared.domain.errors import AppError

MAX_BODY_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024


def blueprint(objects: FolderObjects) -> Blueprint:
    routes = Blueprint("objects", __name__)

    @routes.put("/storage/<path:name>")
    def upload(name: str) -> Response:
        headers = {key.lower(): value for key, value in request.headers}
        try:
            info = objects.receive(name, request.args, headers, request.stream)
        except AppError:
            # A proxy that is still sending would see the connection break, not the answer.
            while request.stream.read(_CHUNK_BYTES):
                pass
            raise
        return Response(status=200, headers={"x-goog-generation": info.generation})

    return routes
