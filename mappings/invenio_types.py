"""The resource types of InvenioRDM and Zenodo («publication-article») as kinds of the model."""

from __future__ import annotations

import functools

from catalogue.record import Kind
from mappings.terms import joined_type, resource_type

_CODES = {
    "audio": "Sound",
    "image-figure": "Image",
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
    folded = (code or "").casefold()
    known = _CODES.get(folded)
    if known is not None:
        concept = resource_type(words) if words else None
        # A title that only says the code again tells nothing new.
        says_more = folded.startswith("image-") and concept is None
        return joined_type(known, words if says_more else None)
    if code is None or resource_type(code) is not None:
        return joined_type(code, words)
    general, _, finer = code.partition("-")
    return joined_type(_CODES.get(general.casefold(), general), words or finer or None)
