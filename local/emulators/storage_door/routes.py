"""Answers signed URLs as Cloud Storage's XML API does, and signBlob as IAM does."""

import base64
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Blueprint, Response, jsonify, request
from pydantic import Base64Bytes, BaseModel

from local.emulators.storage_door.buckets import Buckets
from local.emulators.storage_door.refusals import RefusalError, incomplete, too_large
from local.emulators.storage_door.sessions import Progress, SessionId, Sessions
from local.emulators.storage_door.verification import SignedRequest, SignedUrls, Terms
from shared.ports.clock import Clock
from shared.runtime import web

MAX_BODY_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024


class SignBlob(BaseModel):
    payload: Base64Bytes


def objects(urls: SignedUrls, buckets: Buckets, clock: Clock, public_url: str) -> Blueprint:
    """The buckets below /storage/, which learners reach at `public_url`."""
    routes = Blueprint("objects", __name__)
    sessions = Sessions(buckets)

    @routes.put("/storage/<bucket>/<path:name>")
    def upload(bucket: str, name: str) -> Response:
        if secret := request.args.get("upload_id"):
            session_id = SessionId(bucket, name, secret)
            content_range = request.headers.get("Content-Range")
            return _progress(sessions.receive(session_id, content_range, _chunks()))
        terms = _verified(bucket, name)
        data = _body(terms)
        generation = buckets.put((bucket, name), data, terms.content_type, terms.generation_match)
        return _stored(generation)

    @routes.post("/storage/<bucket>/<path:name>")
    def start(bucket: str, name: str) -> Response:
        terms = _verified(bucket, name)
        if request.headers.get("x-goog-resumable") != "start":
            raise RefusalError(400, "InvalidArgument", "Only resumable uploads are started here.")
        session_id = sessions.open(bucket, name, terms)
        path = quote(_path(bucket, name))
        location = f"{public_url}{path}?upload_id={session_id.secret}"
        return Response(status=HTTPStatus.CREATED, headers={"Location": location})

    @routes.delete("/storage/<bucket>/<path:name>")
    def cancel(bucket: str, name: str) -> Response:
        sessions.cancel(SessionId(bucket, name, request.args.get("upload_id", "")))
        return Response(status=HTTPStatus.NO_CONTENT)

    @routes.get("/storage/<bucket>/<path:name>")
    def download(bucket: str, name: str) -> Response:
        _verified(bucket, name)
        data, status, headers = buckets.get((bucket, name), request.headers.get("Range"))
        response = Response(data, status, dict(headers))
        for header in ("Content-Type", "Content-Disposition"):
            if override := request.args.get(f"response-{header.lower()}"):
                response.headers[header] = override
        # Here, unlike there, objects share their origin with the pages of the platform.
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox"
        return response

    @routes.errorhandler(RefusalError)
    def refuse(refusal: RefusalError) -> Response:
        # A proxy that is still sending would see the connection break, not the answer.
        for _ in _chunks():
            pass
        return Response(refusal.document, refusal.status, content_type="application/xml")

    def _verified(bucket: str, name: str) -> Terms:
        headers = {key.lower(): value for key, value in request.headers}
        query = list(request.args.items(multi=True))
        signed = SignedRequest(request.method, _path(bucket, name), query, headers)
        return urls.verify(signed, clock.now())

    return routes


def iam(account: str, key: rsa.RSAPrivateKey) -> Blueprint:
    """IAM Credentials' signBlob of one service account; every caller may use it."""
    routes = Blueprint("iam", __name__)

    @routes.post("/v1/projects/-/serviceAccounts/<email>:signBlob")
    def sign_blob(email: str) -> Response:
        if email != account:
            refusal = {"code": 403, "status": "PERMISSION_DENIED", "message": "Not this account."}
            response = jsonify(error=refusal)
            response.status_code = HTTPStatus.FORBIDDEN
            return response
        message = web.parse(SignBlob).payload
        signature = key.sign(message, padding.PKCS1v15(), SHA256())
        return jsonify(keyId="local", signedBlob=base64.b64encode(signature).decode())

    return routes


def _path(bucket: str, name: str) -> str:
    return f"/{bucket}/{name}"


def _body(terms: Terms) -> bytes:
    declared = request.content_length
    if terms.max_bytes is not None and (declared or 0) > terms.max_bytes:
        raise too_large()
    data = bytearray()
    for chunk in _chunks():
        data += chunk
        if terms.max_bytes is not None and len(data) > terms.max_bytes:
            raise too_large()
    if declared is not None and len(data) != declared:
        raise incomplete()
    if len(data) < terms.min_bytes:
        raise RefusalError(400, "EntityTooSmall", "The upload is smaller than allowed.")
    return bytes(data)


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(_CHUNK_BYTES):
        yield chunk


def _progress(progress: Progress) -> Response:
    if progress.generation is not None:
        return _stored(progress.generation)
    response = Response(status=HTTPStatus.PERMANENT_REDIRECT)
    if progress.received_bytes:
        response.headers["Range"] = f"bytes=0-{progress.received_bytes - 1}"
    return response


def _stored(generation: str) -> Response:
    return Response(status=HTTPStatus.OK, headers={"x-goog-generation": generation})
