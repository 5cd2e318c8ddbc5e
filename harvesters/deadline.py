"""An end to answers whose headers come byte by byte: each byte is in time, and all of them never."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any, Self


class Deadline:
    """Cuts the connection after so many seconds, in a ``with`` statement around a request.

    ``streams`` remembers the connection of each ``place`` (a host, as one thread asks it) beyond
    the request, as a later one may go over it.  `trace` is to be given the events of httpcore,
    which tells of new connections there (extension «trace»).  ``is_over`` tells that it has cut.
    """

    def __init__(self, streams: dict[object, Any], place: object, seconds: float) -> None:
        self._streams = streams
        self._place = place
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self.is_over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def trace(self, event: str, told: dict[str, Any]) -> None:
        """An event of a request."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._streams[self._place] = told["return_value"]

    def _cut(self) -> None:
        self.is_over = True
        stream = self._streams.get(self._place)
        connection = stream.get_extra_info("socket") if stream is not None else None
        if connection is not None:
            with contextlib.suppress(OSError):
                # Not the method of a TLS socket, which would first forget its keys.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
