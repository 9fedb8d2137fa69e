"""An engine on a Cloud SQL instance: mutual TLS, and the service account in place of a password.

https://cloud.google.com/sql/docs/postgres/iam-authentication. The account needs
roles/cloudsql.client and roles/cloudsql.instanceUser. The token goes into the client certificate
that the SQL Admin API signs; PostgreSQL is sent no password.
"""

import asyncio
import atexit
import importlib.util
import logging
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

import google.auth
import pg8000
import sqlalchemy as sa

from shared.adapters.postgresql import engine
from shared.adapters.postgresql.prepared import PreparingConnection

if TYPE_CHECKING:
    import ssl

    from google.auth.credentials import Credentials
    from google.cloud.sql.connector.client import CloudSQLClient
    from google.cloud.sql.connector.connection_info import ConnectionInfo
    from google.cloud.sql.connector.lazy import LazyRefreshCache
    from sqlalchemy.engine.interfaces import DBAPIConnection

_log = logging.getLogger(__name__)
_SCOPE: Final = "https://www.googleapis.com/auth/sqlservice.admin"
_DRIVER: Final = "pg8000"
_PACKAGE: Final = "google.cloud.sql.connector"
_ADDRESSES: Final = {"private": "PRIVATE", "psc": "PSC", "public": "PRIMARY"}
_POSTGRESQL: Final = "POSTGRES"
_WAIT_S: Final = 5.0
_RECYCLE_S: Final = 1800
_STATEMENT_MS: Final = 20_000
# A peer that has gone is noticed after 10 seconds, whether there is something to send or not.
_KEEPALIVE: Final = {"TCP_KEEPIDLE": 4, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3}
_UNACKNOWLEDGED_MS: Final = 10_000


@dataclass(frozen=True, slots=True)
class CloudSql:
    """A database of an instance PROJECT:REGION:NAME, and the IAM user it is opened as."""

    instance: str
    database: str
    user: str
    ip_type: Literal["private", "psc", "public"]
    admin_url: str | None = None


@cache
def connect(
    database: CloudSql,
    pool_size: int,
    *,
    credentials: "Credentials | None" = None,
    port: int = 3307,
    timeout_s: float = 10.0,
    wait_s: float = _WAIT_S,
) -> sa.Engine:
    """An engine of at most `pool_size` connections, each opened within `timeout_s`.

    Speaks as `credentials`, by default as the deployable itself. Nothing is fetched before the
    first connection, and no certificate is renewed before one is opened after it has expired.
    """
    dialer = _Dialer(database, credentials, port, timeout_s)
    url = sa.URL.create("postgresql+pg8000", username=database.user, database=database.database)
    return engine.connect(
        url, pool_size=pool_size, wait_s=wait_s, recycle_s=_RECYCLE_S, dial=dialer.open
    )


class _Dialer:
    """Opens connections; whatever fails is an `InterfaceError`, of which the engine knows."""

    def __init__(
        self, database: CloudSql, credentials: "Credentials | None", port: int, timeout_s: float
    ) -> None:
        self._certificates = _Certificates(database, credentials)
        self._address = _ADDRESSES[database.ip_type]
        self._port = port
        self._timeout_s = timeout_s

    def open(self, **parameters: Any) -> "DBAPIConnection":  # noqa: ANN401
        deadline = time.monotonic() + self._timeout_s
        try:
            info, context = self._certificates.get(self._timeout_s)
            tunnel = self._tunnel(info, context, deadline)
        # The connector's errors have no common kind, and some of its own faults are NameErrors.
        except Exception as error:
            self._certificates.distrust()
            _log.warning("Cloud SQL cannot be reached: %s", _described(error))
            raise pg8000.InterfaceError("Cloud SQL cannot be reached") from error
        try:
            connection: DBAPIConnection = PreparingConnection(
                sock=tunnel,
                ssl_context=False,  # the tunnel is TLS already
                startup_params={"options": f"-c statement_timeout={_STATEMENT_MS}"},
                **parameters,
            )
            tunnel.settimeout(None)
        except (pg8000.Error, OSError) as error:
            tunnel.close()
            self._certificates.distrust()
            _log.warning("Cloud SQL refused the connection: %s", type(error).__name__)
            raise pg8000.InterfaceError("Cloud SQL refused the connection") from error
        return connection

    def _tunnel(
        self, info: "ConnectionInfo", context: "ssl.SSLContext", deadline: float
    ) -> "ssl.SSLSocket":
        if not info.database_version.startswith(_POSTGRESQL):
            raise ValueError(info.database_version)
        *others, last = info.ip_addrs[self._address]
        for address in others:
            try:
                return self._dial(address, context, deadline)
            except OSError:
                continue
        return self._dial(last, context, deadline)

    def _dial(self, address: str, context: "ssl.SSLContext", deadline: float) -> "ssl.SSLSocket":
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        plain = socket.create_connection((address, self._port), timeout=left_s)
        try:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            options = {**_KEEPALIVE, "TCP_USER_TIMEOUT": _UNACKNOWLEDGED_MS}
            for option, value in options.items():
                if hasattr(socket, option):  # not everywhere but on Linux
                    plain.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
            return context.wrap_socket(plain, server_hostname=address)
        except BaseException:
            plain.close()
            raise


class _Certificates:
    """The connector's cache of the instance's address and our certificate, on a loop of its own."""

    def __init__(self, database: CloudSql, credentials: "Credentials | None") -> None:
        self._instance = database.instance
        self._admin_url = database.admin_url
        self._credentials = credentials
        self._cache: LazyRefreshCache | None = None
        self._starting = asyncio.Lock()
        self._loop = asyncio.new_event_loop()
        # Of the connector's two calls at once, one may fail unheard after the other has.
        self._loop.set_exception_handler(lambda *_: None)
        thread = threading.Thread(target=self._loop.run_forever, name="cloud-sql", daemon=True)
        thread.start()

    def get(self, timeout_s: float) -> "tuple[ConnectionInfo, ssl.SSLContext]":
        asked = asyncio.run_coroutine_threadsafe(self._get(), self._loop)
        try:
            return asked.result(timeout_s)
        finally:
            asked.cancel()

    def distrust(self) -> None:
        """Fetch both anew next time: the instance may have another address, or authority."""
        if self._cache is not None:
            asyncio.run_coroutine_threadsafe(self._cache.force_refresh(), self._loop)

    def _close(self, client: "CloudSQLClient") -> None:
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(client.close(), self._loop).result(1.0)

    async def _get(self) -> "tuple[ConnectionInfo, ssl.SSLContext]":
        async with self._starting:
            cache = self._cache = self._cache or await self._new_cache()
        info = await cache.connect_info()
        return info, await info.create_ssl_context(enable_iam_auth=True)

    async def _new_cache(self) -> "LazyRefreshCache":
        _without_its_init()
        from google.cloud.sql.connector.client import CloudSQLClient
        from google.cloud.sql.connector.connection_name import ConnectionName
        from google.cloud.sql.connector.lazy import LazyRefreshCache
        from google.cloud.sql.connector.utils import generate_keys

        credentials = self._credentials
        if credentials is None:
            credentials, _ = google.auth.default(scopes=[_SCOPE])
        # Made before it is awaited elsewhere, where a caller who gives up would cancel it for all.
        keys: asyncio.Future[tuple[bytes, str]] = self._loop.create_future()
        keys.set_result(await generate_keys())
        client = CloudSQLClient(self._admin_url, None, credentials, driver=_DRIVER)
        atexit.register(self._close, client)
        project, region, name = self._instance.rsplit(":", 2)
        instance = ConnectionName(project, region, name)
        return LazyRefreshCache(instance, client, keys, enable_iam_auth=True)


def _without_its_init() -> None:
    # What it imports there, clients of other APIs and drivers, takes longer than all we use of it.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is not None and _PACKAGE not in sys.modules:
        sys.modules[_PACKAGE] = importlib.util.module_from_spec(spec)


def _described(error: Exception) -> str:
    """Its kind, and the Admin API's status where there is one."""
    status = getattr(error, "status", None)
    return f"{type(error).__name__} {status}" if status else type(error).__name__
