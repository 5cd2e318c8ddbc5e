"""An input file of aria2, which fetches many files at once: «aria2c --input-file=basket.aria2».

After the manual of aria2 1.37, «Input File»: an address a line, its options in lines that begin with a space.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.record import Checksum
from web.packages.base import Contents, Packaging
from web.targets.files import is_plain, scheme

# Its names of hash functions («aria2c --version»), and the digits of their values.
_HASHES = {
    "md5": ("md5", 32),
    "sha1": ("sha-1", 40),
    "sha224": ("sha-224", 56),
    "sha256": ("sha-256", 64),
    "sha384": ("sha-384", 96),
    "sha512": ("sha-512", 128),
    "adler32": ("adler32", 8),
}
_SCHEMES = {"http", "https", "ftp", "sftp"}


def pack(contents: Contents) -> Iterator[bytes]:
    """The file; what aria2 cannot fetch is named in comments."""
    yield b"# aria2c --continue --input-file=basket.aria2\n"
    for path, _, file in contents.named_files():
        if scheme(file) not in _SCHEMES or not is_plain(file.url):
            yield f"# cannot be fetched: {path}\n".encode()
            continue
        folder, _, name = path.partition("/")
        check = _check(file.checksum)
        yield f"{file.url}\n dir={folder}\n out={name}\n{check}".encode("utf-8", "replace")


def _check(checksum: Checksum | None) -> str:
    """The option that has a file checked; nothing where aria2 would refuse it, and the file with it."""
    if checksum is None:
        return ""
    known = _HASHES.get(checksum.algorithm.lower().replace("-", ""))
    value = checksum.value.lower()
    if known is None or len(value) != known[1] or not set(value) <= set("0123456789abcdef"):
        return ""
    return f" checksum={known[0]}={value}\n"


PACKAGING = Packaging(
    name="aria2",
    title="aria2 input file",
    file_name="basket.aria2",
    media_type="text/plain; charset=utf-8",
    pack=pack,
)
