"""TOPCAT and STILTS, and SAMP: tables and images of a record on the visitor's own desk."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue.record import Distribution, Record
from web.languages import N_
from web.targets.base import Offer, Sending, Target, Use
from web.targets.files import fetched_by, local_name, quoted

_FORMATS = {
    "application/x-votable+xml": "votable",
    "application/fits": "fits",
    "image/fits": "fits",
    "text/csv": "csv",
    "application/vnd.apache.parquet": "parquet",
}
_ENDINGS = {
    ".vot": "votable",
    ".votable": "votable",
    ".fits": "fits",
    ".fit": "fits",
    ".fits.gz": "fits",
    ".csv": "csv",
    ".parquet": "parquet",
    ".ecsv": "ecsv",
}
HUB = N_("a hub of SAMP on your machine: TOPCAT or Aladin, running")


def offers(use: Use) -> Iterator[Offer]:
    """How every table is opened; what can be sent to a running program."""
    for file in fetched_by(use.record, "http", "https"):
        form = format_of(file)
        if form is None:
            continue
        url = quoted(file.url)
        mtype = mtype_of(use.record, file, form)
        if mtype != "image.load.fits":
            yield Offer(label="TOPCAT", command=f"topcat -f {form} {url}", of=file)
            yield Offer(
                label="STILTS",
                command=f"stilts tpipe ifmt={form} {quoted('in=' + file.url)} omode=meta",
                of=file,
            )
        if mtype is not None:
            name = file.title or local_name(file)
            yield Offer(
                label=N_("To TOPCAT or Aladin"), send=Sending(mtype, file.url, name[:200]), needs=HUB, of=file
            )


def format_of(file: Distribution) -> str | None:
    """The format of a table or image, by media type or by the end of its name."""
    said = (file.media_type or "").partition(";")[0].strip().lower()
    if said in _FORMATS:
        return _FORMATS[said]
    name = local_name(file).lower()
    return next((form for ending, form in _ENDINGS.items() if name.endswith(ending)), None)


def mtype_of(record: Record, file: Distribution, form: str) -> str | None:
    """The message of SAMP by which a file is sent."""
    if form == "fits":
        is_image = record.kind == "image" or (file.media_type or "").lower().startswith("image/")
        return "image.load.fits" if is_image else "table.load.fits"
    return "table.load.votable" if form == "votable" else None


TARGET = Target(name="topcat", title="TOPCAT and STILTS", kind="open", rank=30, offers=offers)
