"""Which kind of thing a SciCat document is, told by its fields, and the documents in an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalogue.errors import NotARecord, RecordRefused

_DATASET_TYPES = frozenset({"raw", "derived", "custom"})
_PUBLISHED = frozenset({"doi", "pidArray", "datasetPids", "publicationYear", "dataDescription"})
_PROPOSAL = frozenset({"MeasurementPeriodList", "pi_lastname", "pi_firstname", "pi_email"})
_SAMPLE = frozenset({"sampleCharacteristics", "sampleName"})
_DATASET = frozenset({"datasetName", "scientificMetadata", "sourceFolder", "creationTime"})
_JOB = frozenset({"jobParams", "jobResultObject", "jobStatusMessage", "emailJobInitiator"})
_IDENTIFIERS = {
    "dataset": ("pid", "_id", "id"),
    "published data": ("doi", "_id", "id"),
    "instrument": ("pid", "_id", "id"),
    "proposal": ("proposalId", "_id", "id"),
    "sample": ("sampleId", "_id", "id"),
}


def kind_of_document(document: Any) -> str:
    """«dataset», «published data», «instrument», «proposal» or «sample»; raises `RecordRefused`."""
    if not isinstance(document, dict):
        raise NotARecord("This is no JSON object, so no record of SciCat.")
    names = {name for name, value in document.items() if value is not None}
    if names & _JOB:
        raise NotARecord("A job of SciCat is no record of a catalogue.")
    if "dataFileList" in names:
        raise NotARecord("A list of files (datablock) is read with its dataset, not by itself.")
    if "caption" in names and not names & {"title", "datasetName", "abstract"}:
        raise NotARecord("An attachment (picture) of SciCat is no record of a catalogue.")
    if str(document.get("type")) in _DATASET_TYPES and names & _DATASET:
        return "dataset"
    for kind, fields in (("proposal", _PROPOSAL), ("published data", _PUBLISHED), ("sample", _SAMPLE)):
        if names & fields:
            return kind
    if names & _DATASET:
        return "dataset"
    return _plain_kind(names)


def _plain_kind(names: set[str]) -> str:
    """The kind of a document with hardly any fields."""
    if "sampleId" in names:
        return "sample"
    if "title" in names and "proposalId" in names:
        return "proposal"
    if "uniqueName" in names or ("name" in names and names & {"customMetadata", "pid", "_id", "id"}):
        return "instrument"
    if names & {"error", "statusCode"}:
        raise NotARecord("This is an error message of SciCat's API, no record.")
    shown = ", ".join(sorted(names)[:8]) or "none"
    raise NotARecord(
        "This is no dataset, published data, instrument, proposal or sample of SciCat; "
        f"its fields are: {shown}."
    )


def single_documents(document: Any) -> Iterator[tuple[str | None, Any]]:
    """Identifier and document of each record in a list, an answer, or the bundle of an ingestor."""
    if isinstance(document, list):
        for one in document:
            yield from single_documents(one)
    elif isinstance(document, dict) and isinstance(document.get("dataset"), dict):
        bundle = _bundled(document)
        yield _identifier(bundle), bundle
    else:
        yield _identifier(document), document


def _bundled(document: dict[str, Any]) -> dict[str, Any]:
    """Dataset, owner and files of what pyscicat's ingestors write, as the API gives them."""
    dataset = dict(document["dataset"])
    if isinstance(document.get("ownable"), dict):
        dataset = {**document["ownable"], **dataset}
    if isinstance(document.get("id"), str):
        dataset.setdefault("id", document["id"])
    if "orig_datablock" in document:
        dataset.setdefault("origdatablocks", [document["orig_datablock"]])
    return dataset


def _identifier(document: Any) -> str | None:
    try:
        names = _IDENTIFIERS[kind_of_document(document)]
    except RecordRefused:
        return None
    found = (document[name] for name in names if isinstance(document.get(name), str))
    return next((value for value in found if value), None)
