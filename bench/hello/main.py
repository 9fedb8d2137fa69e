"""The least a Flask service can do: the limit our own are measured against."""

from flask import Flask, Response, jsonify


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def read() -> Response:
        return jsonify(hello="world")

    @app.post("/")
    def write() -> tuple[Response, int]:
        return jsonify(hello="world"), 201

    return app
