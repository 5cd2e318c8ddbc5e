"""The resource types of InvenioRDM and Zenodo («publication-article») as kinds of the model."""

from __future__ import annotations

import functools

from catalogue.record import Kind
from mappings.terms import joined_type, resource_type

_CODES = {
    "audio": "Sound",
    "physicalobject": "PhysicalObject",
    "publication": "Text",
    "publication-article": "JournalArticle",
    "publication-book": "Book",
    "publication-conferencepaper": "ConferencePaper",
    "publication-conferenceproceeding": "ConferenceProceeding",
    "publication-datamanagementplan": "OutputManagementPlan",
    "publication-datapaper": "DataPaper",
    "publication-dissertation": "Dissertation",
    "publication-journal": "Journal",
    "publication-patent": "Patent",
    "publication-peerreview": "PeerReview",
    "publication-preprint": "Preprint",
    "publication-proposal": "ResearchProposal",
    "publication-report": "Report",
    "publication-section": "BookChapter",
    "publication-softwaredocumentation": "TechnicalDocumentation",
    "publication-standard": "Standard",
    "publication-thesis": "Dissertation",
    "publication-workingpaper": "WorkingPaper",
    "software-computationalnotebook": "ComputationalNotebook",
    "video": "Audiovisual",
}
"""Codes whose own words the vocabulary resource_types does not have."""


@functools.lru_cache(maxsize=1024)
def kind_and_label(code: str | None, words: str | None) -> tuple[Kind, str | None]:
    """Kind and finer label of a type's code («image-plot») and title («Plot»)."""
    known = _CODES.get((code or "").casefold())
    if known is not None:
        return joined_type(known, None)
    if code is None or resource_type(code) is not None:
        return joined_type(code, words)
    general, _, finer = code.partition("-")
    said = words or finer or None
    kind, label = joined_type(_CODES.get(general.casefold(), general), said)
    if finer and said and said.casefold() not in (label or "").casefold():
        # The vocabulary knows the words as those of a wider type.
        label = f"{label}/{said}" if label else said
    return kind, label
