"""A local Firestore: speaks the gRPC API for single documents, and fails as it is told to.

https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1
"""

import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import grpc
from google.cloud.firestore_v1.types import firestore

from shared.adapters.gcp.firestore import build_client
from shared.adapters.gcp.firestore_calls import Client

_SERVICE = "/google.firestore.v1.Firestore/"
_START_NS = 1_700_000_000_123_456_789


@dataclass(frozen=True)
class Fault:
    """A call that fails; with `applied` after it took effect, with `hangs` when it is given up."""

    code: grpc.StatusCode
    detail: str = "scripted"
    applied: bool = False
    hangs: bool = False


@dataclass
class FirestoreServer:
    """`faults` are taken by method, one a call; the other lists keep the calls."""

    client: Client = field(init=False)
    faults: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    received: list[tuple[str, Any]] = field(default_factory=list)
    time_limits_s: list[float] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    closing: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def fail(self, method: str, *faults: Fault) -> None:
        self.faults[method].extend(faults)

    def calls(self, method: str) -> list[Any]:
        return [request for name, request in self.received if name == method]

    def serve_late(self, method: str) -> None:
        """Carry out a call that failed before it took effect, after all."""
        getattr(self, f"_{method}")(self.calls(method)[-1], None)

    def serve(self, method: str, request: Any, context: grpc.ServicerContext) -> list[Any]:
        self.received.append((method, request))
        self.time_limits_s.append(context.time_remaining())
        self.metadata.append(dict(context.invocation_metadata()))
        fault = self.faults[method].popleft() if self.faults[method] else None
        if fault and fault.hangs:
            self.closing.wait()
        if fault and not fault.applied:
            context.abort(fault.code, fault.detail)
        answers: list[Any] = getattr(self, f"_{method}")(request, context)
        if fault:
            context.abort(fault.code, fault.detail)
        return answers

    def _BatchGetDocuments(self, request: Any, _: grpc.ServicerContext) -> list[Any]:  # noqa: N802
        answer = firestore.BatchGetDocumentsResponse.pb()()
        answer.read_time.FromNanoseconds(_START_NS + next(self._numbers))
        (name,) = request.documents
        if name in self.documents:
            answer.found.CopyFrom(self.documents[name])
        else:
            answer.missing = name
        return [answer]

    def _RunQuery(self, _: Any, __: grpc.ServicerContext) -> list[Any]:  # noqa: N802
        row = firestore.RunQueryResponse.pb()
        return [row(document=self.documents[name]) for name in sorted(self.documents)]

    def _RunAggregationQuery(self, _: Any, __: grpc.ServicerContext) -> list[Any]:  # noqa: N802
        answer = firestore.RunAggregationQueryResponse.pb()()
        answer.result.aggregate_fields["count"].integer_value = len(self.documents)
        return [answer]

    def _Commit(self, request: Any, context: grpc.ServicerContext) -> list[Any]:  # noqa: N802
        for write in request.writes:
            name = write.update.name or write.delete
            stored, condition = self.documents.get(name), write.current_document
            if condition.WhichOneof("condition_type") == "exists" and stored:
                context.abort(grpc.StatusCode.ALREADY_EXISTS, name)
            if condition.WhichOneof("condition_type") == "update_time" and (
                stored is None or stored.update_time != condition.update_time
            ):
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, name)
        for write in request.writes:
            if write.HasField("update") and not write.HasField("update_mask"):
                write.update.update_time.FromNanoseconds(_START_NS + next(self._numbers))
                self.documents[write.update.name] = write.update
            elif write.delete:
                self.documents.pop(write.delete, None)
        return [firestore.CommitResponse.pb()()]


class _Handler(grpc.GenericRpcHandler):
    def __init__(self, server: FirestoreServer) -> None:
        self._server = server

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        method = details.method.removeprefix(_SERVICE)
        request = getattr(firestore, f"{method}Request").pb()

        def answer(message: Any, context: grpc.ServicerContext) -> Any:
            return self._server.serve(method, message, context)[0]

        def stream(message: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            yield from self._server.serve(method, message, context)

        streams = method in ("BatchGetDocuments", "RunQuery", "RunAggregationQuery")
        kind = (
            grpc.unary_stream_rpc_method_handler if streams else grpc.unary_unary_rpc_method_handler
        )
        return kind(
            stream if streams else answer,
            request_deserializer=request.FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )


@contextmanager
def running() -> Iterator[FirestoreServer]:
    """The server, with a client that speaks to it."""
    script = FirestoreServer()
    with ThreadPoolExecutor(4) as pool:
        server = grpc.server(pool, handlers=[_Handler(script)])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        script.client = build_client("demo", "(default)", emulator_host=f"127.0.0.1:{port}")
        try:
            yield script
        finally:
            script.closing.set()
            script.client.api.transport.close()
            build_client.cache_clear()
            server.stop(None).wait()
