"""A shell script that fetches every file of a basket, goes on where it was cut off, and checks them."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.record import Distribution
from web.packages.base import Contents, Packaging
from web.targets.files import is_plain, quoted, scheme

_SUMS = {"md5": "md5sum", "sha1": "sha1sum", "sha256": "sha256sum", "sha512": "sha512sum"}
_HEAD = """#!/bin/sh
# Fetches the files of a basket into folders of their records; run it again to go on after a fault.
# Needs curl, xrdcp for root: addresses, gfal-copy for others.  Exit code 1: some file is missing.
failed=0
get() {  # path, address, program that checks (or -), checksum
    mkdir -p -- "$(dirname -- "$1")"
    if [ -e "$1" ]; then echo "have $1"; check "$@" && return; fi
    case "$2" in
        http:*|https:*) curl --globoff --location --fail --silent --show-error --continue-at - --output "$1.part" "$2" ;;
        root:*|roots:*|xroot:*) xrdcp --force "$2" "$1.part" ;;
        *) gfal-copy --force "$2" "file://$PWD/$1.part" ;;
    esac && mv -- "$1.part" "$1" && check "$@" && echo "got $1" || { echo "FAILED $1" >&2; failed=1; }
}
check() {
    [ "$3" = - ] || echo "$4  $1" | "$3" --check --status || { echo "wrong checksum: $1" >&2; return 1; }
}
"""  # noqa: E501 (a line of shell)


def pack(contents: Contents) -> Iterator[bytes]:
    """The script; files whose address no tool could take are named in comments."""
    yield _HEAD.encode()
    for path, _, file in contents.named_files():
        if not is_plain(file.url) or not scheme(file).isalnum():
            yield f"# cannot be fetched: {path}\n".encode()
            continue
        program, value = _sum(file)
        yield f"get {quoted(path)} {quoted(file.url)} {program} {quoted(value)}\n".encode()
    yield b'exit "$failed"\n'


def _sum(file: Distribution) -> tuple[str, str]:
    """The program that checks a file, and the checksum; «-» where there is none that it could."""
    if file.checksum is None:
        return "-", "-"
    program = _SUMS.get(file.checksum.algorithm.lower().replace("-", ""))
    value = file.checksum.value.lower()
    is_hexadecimal = bool(value) and set(value) <= set("0123456789abcdef")
    return (program, value) if program is not None and is_hexadecimal else ("-", "-")


PACKAGING = Packaging(
    name="sh",
    title="Shell script",
    file_name="fetch.sh",
    media_type="application/x-sh",
    pack=pack,
)
