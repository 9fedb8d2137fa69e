"""Answers the requests that signed URLs allow, as Cloud Storage does in the Google engine."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, request, send_file

from shared.adapters.embedded.objects import FolderObjects
from shared.domain.errors import AppError, NotFound

MAX_BODY_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024


def blueprint(buckets: Mapping[str, FolderObjects]) -> Blueprint:
    routes = Blueprint("objects", __name__)

    @routes.put("/storage/<bucket>/<path:name>")
    def upload(bucket: str, name: str) -> Response:
        headers = {key.lower(): value for key, value in request.headers}
        try:
            info = _bucket(bucket).receive(name, request.args, headers, request.stream)
        except AppError:
            # A proxy that is still sending would see the connection break, not the answer.
            while request.stream.read(_CHUNK_BYTES):
                pass
            raise
        return Response(status=HTTPStatus.OK, headers={"x-goog-generation": info.generation})

    @routes.get("/storage/<bucket>/<path:name>")
    def download(bucket: str, name: str) -> Response:
        info, data = _bucket(bucket).opened(name, request.args)
        saved_as = request.args.get("filename")
        response = send_file(
            data,
            mimetype=info.content_type,
            as_attachment=bool(saved_as),
            download_name=saved_as or None,
            etag=info.generation,
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox"
        response.headers["x-goog-generation"] = info.generation
        return response

    def _bucket(name: str) -> FolderObjects:
        if name not in buckets:
            raise NotFound("There is no such bucket.")
        return buckets[name]

    return routes
