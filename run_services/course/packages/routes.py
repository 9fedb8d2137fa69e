"""HTTP of course packages."""

from flask import Blueprint, Response, jsonify

from run_services.course.catalogue.schemas import VersionQuery
from run_services.course.packages.schemas import ArrivedBody, ImportQuery, UploadBody
from run_services.course.packages.uploads import CONTENT_TYPE, PackageUploads
from run_services.course.packages.usecases import Packages
from shared.repositories.course_packages.archive import MAX_PACKAGE_BYTES
from shared.repositories.idempotency import Answer, IdempotencyKeys
from shared.repositories.rate_limits import CallerLimits
from shared.runtime import web


def blueprint(
    packages: Packages,
    uploads: PackageUploads,
    keys: IdempotencyKeys,
    limits: CallerLimits,
    hops: int,
) -> Blueprint:
    """`hops` is how many of our proxies a request has come through."""
    routes = Blueprint("packages", __name__)

    @routes.post("/v1/courses/import")
    def import_package() -> Response:
        user = web.principal("teacher", "admin")
        course_id = web.parse_query(ImportQuery).course_id
        data = web.read_body(CONTENT_TYPE, MAX_PACKAGE_BYTES)
        limits.take(user.id, web.client_address(hops))
        view = packages.import_package(user, data, str(course_id) if course_id else None)
        if course_id:
            return web.versioned(view.document, view.etag)
        response = web.versioned(view.document, view.etag, 201)
        response.headers["Location"] = f"/v1/courses/{view.document['id']}"
        return response

    @routes.get("/v1/courses/<course_id>/package")
    def export_package(course_id: str) -> Response:
        version = web.parse_query(VersionQuery).version
        data = packages.export(web.principal(), course_id, version)
        response = Response(data, content_type=CONTENT_TYPE)
        response.headers["Content-Disposition"] = f'attachment; filename="{course_id}.zip"'
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    @routes.post("/v1/package-uploads")
    def create_upload() -> Response:
        user = web.principal("teacher", "admin")
        body = web.parse(UploadBody)
        course_id = str(body.course_id) if body.course_id else None

        def act() -> Answer:
            limits.take(user.id, web.client_address(hops))
            return Answer(201, uploads.create(user, body.bytes, course_id))

        request = {"bytes": body.bytes, "course_id": course_id}
        answer = keys.once(user.id, "upload package", web.idempotency_key(), request, act)
        response = jsonify(answer.body)
        response.status_code = answer.status
        return response

    @routes.get("/v1/package-uploads/<upload_id>")
    def read_upload(upload_id: str) -> Response:
        return jsonify(uploads.get(web.principal(), upload_id))

    @routes.post("/internal/v1/package-uploads/<upload_id>/import")
    def arrived(upload_id: str) -> Response:
        uploads.arrived(upload_id, web.parse(ArrivedBody).generation)
        return Response(status=204)

    return routes
