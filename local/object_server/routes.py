"""Takes the uploads that signed URLs allow, as Cloud Storage does in the Google engine."""

from flask import Blueprint, Response, request

from shared.adapters.embedded.objects import FolderObjects


def blueprint(objects: FolderObjects) -> Blueprint:
    routes = Blueprint("objects", __name__)

    @routes.put("/storage/<path:name>")
    def upload(name: str) -> Response:
        headers = {key.lower(): value for key, value in request.headers}
        info = objects.receive(name, request.args, headers, request.stream)
        return Response(status=200, headers={"x-goog-generation": info.generation})

    return routes
