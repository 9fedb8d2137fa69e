"""A TCP server whose connections can be broken all at once, and what passes bytes on."""

import socket
import socketserver
import ssl
from contextlib import suppress
from typing import Any


class Door(socketserver.ThreadingTCPServer):
    """Hands each connection to `serve`, in a thread of its own."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], serve: Any) -> None:
        self.open_ones: set[socket.socket] = set()
        self._serve = serve
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: Any, client_address: object) -> None:
        # TLS takes the descriptor over, so the door keeps one of its own to break it by.
        handle = request.dup()
        self.open_ones.add(handle)
        try:
            self._serve(request)
        finally:
            self.open_ones.discard(handle)
            handle.close()

    def break_all(self) -> None:
        for handle in list(self.open_ones):
            handle.shutdown(socket.SHUT_RDWR)


def exactly(source: ssl.SSLSocket, length: int) -> bytes:
    """That many bytes; raises `ConnectionError` when there are fewer."""
    content = b""
    while len(content) < length:
        block = source.recv(length - len(content))
        if not block:
            raise ConnectionError
        content += block
    return content


def pump(source: Any, sink: Any) -> None:
    """From one socket into the other until either ends, and with it both."""
    with suppress(OSError):
        while block := source.recv(65_536):
            sink.sendall(block)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
