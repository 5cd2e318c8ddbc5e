"""The codes of InvenioRDM's vocabularies for resource types and languages, from our own."""

from __future__ import annotations

from vocab.base import vocabulary

CODES = {
    "Audiovisual": "video",
    "Book": "publication-book",
    "BookChapter": "publication-section",
    "ComputationalNotebook": "software-computationalnotebook",
    "ConferencePaper": "publication-conferencepaper",
    "ConferenceProceeding": "publication-conferenceproceeding",
    "DataPaper": "publication-datapaper",
    "Dataset": "dataset",
    "Dissertation": "publication-dissertation",
    "Event": "event",
    "Image": "image",
    "Journal": "publication-journal",
    "JournalArticle": "publication-article",
    "Lesson": "lesson",
    "Model": "model",
    "Other": "other",
    "OutputManagementPlan": "publication-datamanagementplan",
    "Patent": "publication-patent",
    "PeerReview": "publication-peerreview",
    "PhysicalObject": "physicalobject",
    "Poster": "poster",
    "Preprint": "publication-preprint",
    "Presentation": "presentation",
    "Report": "publication-report",
    "ResearchProposal": "publication-proposal",
    "Software": "software",
    "Sound": "audio",
    "Standard": "publication-standard",
    "TechnicalDocumentation": "publication-softwaredocumentation",
    "Text": "publication",
    "Workflow": "workflow",
    "WorkingPaper": "publication-workingpaper",
}
"""The code for each of our resource types; all others are «other»."""


def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for one in vocabulary("languages"):
        codes = [
            name
            for name in (one.code, *one.alternatives)
            if len(name) == 3 and name.isascii() and name.islower()
        ]
        for name in (one.code, *codes):
            if codes:
                found.setdefault(name, codes[0])
    return found


LANGUAGES = _languages()
"""ISO 639-3 by the codes of two or three letters."""
