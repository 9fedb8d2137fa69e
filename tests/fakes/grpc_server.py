"""A local gRPC server with unary methods, scripted faults, and a record of what it was sent."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status


@dataclass(frozen=True)
class Fault:
    """How one call fails; `hangs` answers nothing until the caller goes away."""

    status: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE
    retry_delay_s: float | None = None
    reason: str | None = None
    hangs: bool = False


class Refused(Exception):
    """What the real API would refuse about a request."""

    def __init__(self, status: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class Received:
    """`time_left_s` is what the caller gave the call when it arrived."""

    method: str
    request: Any
    metadata: Mapping[str, str]
    time_left_s: float


@dataclass(frozen=True)
class Method:
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]
    answer: Callable[[Any], Any]


class GrpcServer(grpc.GenericRpcHandler):
    """Methods by their full name; `faults` meet the next calls, by the method's last name."""

    def __init__(self, methods: Mapping[str, Method]) -> None:
        self.received: list[Received] = []
        self.faults: dict[str, list[Fault]] = {}
        self._methods = methods
        self._closing = threading.Event()
        self._server = grpc.server(ThreadPoolExecutor(8), handlers=[self])
        self._port = self._server.add_insecure_port("127.0.0.1:0")

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def calls(self, name: str) -> list[Received]:
        return [call for call in self.received if call.method == name]

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        method = self._methods.get(details.method)
        if method is None:
            return None
        name = details.method.rpartition("/")[2]

        def handle(request: Any, context: grpc.ServicerContext) -> Any:
            return self._handle(name, method, request, context)

        return grpc.unary_unary_rpc_method_handler(handle, method.read, method.write)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._closing.set()
        self._server.stop(0).wait()

    def _handle(
        self, name: str, method: Method, request: Any, context: grpc.ServicerContext
    ) -> Any:
        metadata = {str(key): str(value) for key, value in context.invocation_metadata()}
        self.received.append(Received(name, request, metadata, context.time_remaining()))
        if faults := self.faults.get(name):
            fault = faults.pop(0)
            while fault.hangs and context.is_active() and not self._closing.wait(0.02):
                pass
            context.abort_with_status(rpc_status.to_status(_status(fault)))
        try:
            return method.answer(request)
        except Refused as refused:
            context.abort(refused.status, refused.message)


@contextmanager
def client_of(server: GrpcServer, build_client: Any, region: str) -> Iterator[Any]:
    """The cached client of the server's address, forgotten after: the next may have that port."""
    client = build_client(region, url=server.address)
    try:
        yield client
    finally:
        client.transport.close()
        build_client.cache_clear()


def _status(fault: Fault) -> Status:
    details = []
    if fault.retry_delay_s is not None:
        delay = Duration()
        delay.FromMilliseconds(round(fault.retry_delay_s * 1000))
        details.append(RetryInfo(retry_delay=delay))
    if fault.reason is not None:
        details.append(ErrorInfo(reason=fault.reason, domain="googleapis.com"))
    packed = [AnyMessage() for _ in details]
    for target, detail in zip(packed, details, strict=True):
        target.Pack(detail)
    return Status(code=fault.status.value[0], message="scripted: gs://secret", details=packed)
