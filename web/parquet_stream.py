"""Rows as Apache Parquet, a row group at a time; needs pyarrow, which is an extra (`parquet`)."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice

from web.errors import NotInstalled
from web.result_table import COLUMNS, Row

MEDIA_TYPE = "application/vnd.apache.parquet"
ROW_GROUP = 1_000


def is_installed() -> bool:
    """Whether Parquet can be written here."""
    return importlib.util.find_spec("pyarrow") is not None


def parquet(found: Iterable[Row]) -> Iterator[bytes]:
    """A Parquet file; raises `NotInstalled` before the first byte where pyarrow is missing.

    ``time`` (MJD) and ``energy`` (joule) are lists of {low, high}.
    """
    if not is_installed():
        raise NotInstalled(
            "Parquet needs the package pyarrow; install it with «pip install pyarrow» "
            "(the extra «parquet» of almagest), or take another format."
        )
    return _written(iter(found))


def _written(found: Iterator[Row]) -> Iterator[bytes]:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    interval = pyarrow.list_(pyarrow.struct([("low", pyarrow.float64()), ("high", pyarrow.float64())]))
    types = {"year": pyarrow.int32(), "time": interval, "energy": interval}
    schema = pyarrow.schema([(name, types.get(name, pyarrow.string())) for name in COLUMNS])
    sink = _Sink()
    with ParquetWriter(pyarrow.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        while group := [_values(row) for row in islice(found, ROW_GROUP)]:
            writer.write_table(pyarrow.Table.from_pylist(group, schema=schema))
            yield sink.taken()
    yield sink.taken()


def _values(row: Row) -> dict[str, object]:
    return {name: None if value in ("", ()) else value for name, value in asdict(row).items()}


class _Sink(io.RawIOBase):
    """What is written, until it is taken; knows how far it is."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The bytes since the beginning."""
        return self._length

    def write(self, data: object) -> int:
        """Keep these bytes."""
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        self._length += len(part)
        return len(part)

    def taken(self) -> bytes:
        """The bytes since it was last asked."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
