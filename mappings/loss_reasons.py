"""Why values of a source come into no record: by format and field, asked only where nothing has them.

What is *aside* is left out on purpose: it says nothing of the thing, or what the record says already.
What is *lost* says something for which the model has no place, and is too little for an extra value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from mappings.loss_leaves import Value
from mappings.text import clean_block, clean_url, is_placeholder

_EMAIL = re.compile(r"\s*(?:mailto:)?[\w.%+\-]+@[\w\-]+(?:\.[\w\-]+)+\s*", re.IGNORECASE)

_API = "It is about the source's own interface, pages or service, not about the thing."
_COUNTS = "A count that changes by itself."
_FORM = "It is about the form of the document."
_LABEL = "A name of the code beside it, which is read."
_NAMESPACE = "An address of the scheme that is named beside it."
_PERSON = "How to reach a person is not kept."
_TWICE = "The document says it twice; it is read from another of its fields."
_WORKFLOW = "It is about how the source manages the record."
_REGISTRY = "The model does not tell from which registry needed software is had."
_LANGUAGE = "The model has the language of titles and descriptions only."

ASIDE: Mapping[str, Mapping[str, str]] = {
    "*": {
        "*@xsi:schemaLocation": _FORM,
        "*schemaVersion": _FORM,
        "*schema-version": _FORM,
        "*@context*": "It says what the names in the document mean.",
        "*mail": _PERSON,
        "*elephone": _PERSON,
        "*schemeUR[IL]": _NAMESPACE,
        "*schemeUri": _NAMESPACE,
        "*xsi:type": _FORM,
        "*@type": "The place where it stands says what it is.",
    },
    "cernopendata": {
        "system_details.container_images.registry": "The name of the image says the same.",
    },
    "codemeta": {
        "*.type": "The place where it stands says what it is.",
        "programmingLanguage.url": "An address of the language that is named.",
        "programmingLanguage.URL": "An address of the language that is named.",
        "programmingLanguage.identifier": "An address of the language that is named.",
        "agents.role.namespace": _NAMESPACE,
    },
    "datacite_json": {
        "*Count": _COUNTS,
        "*OverTime.*": _COUNTS,
        "*relationships.*.type": _API,
        "*relationships.*.id": _API,
        "type": _API,
        "*links.self": _API,
        "id": "The number of the record in the source's own interface.",
        "metadata.id": "The number of the record in the source's own interface.",
        "*types.*": "The type once more in the words of another format.",
        "*agency": _WORKFLOW,
        "*state": _WORKFLOW,
        "*isActive": _WORKFLOW,
        "*metadataVersion": _WORKFLOW,
        "*published": "The year once more.",
        "*source": _WORKFLOW,
        "*attributes.xml": "The record once more as XML.",
        "*creators.type": "The name says the same.",
    },
    "dif": {
        "*Phone": _PERSON,
        "*FAX": _PERSON,
        "*Address*": _PERSON,
        "*@uuid": "A number of the source's own list of keywords.",
        "DIF/Metadata_*": _FORM,
        "DIF/IDN_Node*": _WORKFLOW,
        "DIF/Private": _WORKFLOW,
        "DIF/DIF_Revision_History": _WORKFLOW,
        "*/Ending_Date_Time": "The data are said to go on (Ends_At_Present_Flag).",
    },
    "datacite": {"*/affiliation/@affilicationIdentifierScheme": "The name of the attribute is misspelt."},
    "eudatcore": {"*/@format": "The date itself says its form."},
    "hepdata": {"documents.data_file": "The table is read from this file; the record has the table."},
    "icat": {
        "*.id": "A key of the dump; the object that it is of is named.",
        "*user.*": "The person as a user of the system; the person's name stands with the publication.",
        "*users.affiliations.name": "It only says at which place of a list the affiliation stands.",
        "*orderKey": "The order of the list says the same.",
        "*studyInvestigations.investigation.*": "The investigation's own record says it.",
        "*investigation.*": "The investigation's own record says it.",
        "*datafile*Time": "Times of a single file.",
        "*facility.*": "The facility's own record says it.",
        "object.shifts.instrument.pid": "The instrument is named; its own record says more.",
    },
    "zenodo": {
        "title": _TWICE,
        "modified": _TWICE,
        "doi_url": _TWICE,
        "metadata.doi": _TWICE,
    },
    "inveniordm": {
        "metadata.doi": _TWICE,
        "*links.*": _API,
        "*stats.*": _COUNTS,
        "*.title.*": _LABEL,
        "*files.count": "It follows from the files themselves.",
        "*files.total_bytes": "It follows from the files themselves.",
        "*files.enabled": "It follows from the files themselves.",
        "files.type": "It follows from the files themselves.",
        "files.entries.*.ext": "It follows from the files themselves.",
        "metadata.access_right_category": _API,
        "metadata.rights.*": "It follows from the licence.",
        "metadata.relations.version.*": "The identifier of the concept says the same.",
        "parent.access.*": _WORKFLOW,
        "parent.communities.*": "It describes a community, not the record; the record names the community.",
        "pids.*": _WORKFLOW,
        "*deletion_status.*": _WORKFLOW,
        "submitted": _WORKFLOW,
        "is_*": _WORKFLOW,
        "owners*": _WORKFLOW,
        "revision*": _WORKFLOW,
        "status": _WORKFLOW,
        "state": _WORKFLOW,
        "id": "The number of the record in the source's own interface.",
        "recid": "The number of the record in the source's own interface.",
        "conceptrecid": "The number of the record in the source's own interface.",
        "files.id": "The number of the record in the source's own interface.",
    },
    "iso19139": {
        "*@codeList": _NAMESPACE,
        "*@codeSpace": _NAMESPACE,
        "*/@id": _FORM,
        "*/@nilReason": "It only says that there is nothing.",
        "*/contactInfo/*": _PERSON,
        "*/@indeterminatePosition": "The end of the time is open.",
        "*/metadataStandard*": _FORM,
        "*/characterSet/*": _FORM,
        "M?_Metadata/language/*": "The language of the description, where that of the data is known.",
        "*Code": _LABEL,
        "*/MD_KeywordTypeCode/*": "The thesaurus says of what kind its words are.",
        "*/codeSpace/*": "The identifier itself says what it is.",
        "*/CI_OnlineResource/protocol/*": "The address says the same.",
        "*/CI_OnLineFunctionCode/*": "It says what a reader of the page sees at once.",
        "M?_Metadata/contact/*": "Whom to ask about the description, where the data have a contact.",
    },
    "ivo_vor": {
        "*@version": _FORM,
        "*/@isMIMEType": "The value itself says whether it is a media type.",
    },
    "marcxml": {
        "*/@ind[12]": "It says how a library catalogue prints or sorts the field.",
        "record/041/$2": "The code says the same.",
        "record/leader": _FORM,
    },
    "oai_dc": {"dc": "Text between the elements belongs to none of them."},
    "oai_datacite": {"*isReferenceQuality": _WORKFLOW, "*datacentreSymbol": _WORKFLOW},
    "oai_openaire": {
        "*/@resourceTypeGeneral": "COAR's type beside it says more.",
        "*/@objectType": "The type of the record says the same.",
        "*/@nameType": "The name in parts says the same.",
    },
    "panosc": {
        "score": "How well it met a search.",
        "*id": "A number of the source's own database.",
        "*Id": "A number of the source's own database.",
        "datasets.*": "The dataset's own record says it; the document is related to it.",
        "parameters.*": "A number of the source's own database.",
        "*isPublic": "The document says the same of all its datasets.",
    },
    "re3data": {
        "type": _API,
        "*contentType*cheme": "The term says the same.",
        "repository/link/*": _API,
    },
    "scicat": {
        "createdBy": _WORKFLOW,
        "updatedBy": _WORKFLOW,
        "scicatUser": _WORKFLOW,
        "datasetlifecycle.*": _WORKFLOW,
        "MeasurementPeriodList.createdAt.*": _WORKFLOW,
        "origdatablocks.size": "The sum of the files' sizes.",
        "*.id": "A number of the source's own database.",
        "scientificMetadata.*.type": "The value itself says whether it has a unit.",
    },
    "rocrate": {"@graph.about.@id": _FORM},
    "schema_org": {
        "inLanguage.name": _LABEL,
        "translator.name": "The given and the family name beside it say more.",
    },
}
"""By prefix («*»: all formats), then by field, in which «*» stands for anything."""

REPEATED: Mapping[str, Mapping[str, str]] = {
    "*": {
        "*dentifierType": "The identifier itself says here what it is.",
        "*dentifierScheme": "The identifier itself says here what it is.",
        "*escriptionType": "The text that it is about is empty.",
        "*ights*dentifier": "The address of the licence says here the same.",
        "*/source/@format": "The identifier itself says here what it is.",
        "*resource_type.title": "The code beside it says here the same.",
    },
    "cernopendata": {
        "relations.recid": "The DOI of the same record is read.",
        "relations.type": "Another relation says the same of the same thing.",
    },
    "marcxml": {
        "record/008": "What it says by position the fields say here too.",
        "record/024/$q": "The field says here the same.",
    },
    "codemeta": {
        "agents.role.roleCode": "Everybody in this list who has no other role is a contributor.",
    },
    "datacite": {"*Name/@nameType": "The name in its two parts says here the same."},
    "hepdata": {"*keywords.name": "The list of words that it names is empty."},
    "inveniordm": {"metadata.resource_type.id": "The title beside it says here the same."},
    "re3data": {"*responsibilityType*": "The institution has here another role that says the same."},
    "scicat": {"ownerGroup": "The group matters only where access is restricted."},
}
"""Of fields that are read: why some of their values add nothing.

It counts only where other values of the field are seen in records; without that it would hide that a
reader does not look at the field at all.
"""

LOST: Mapping[str, Mapping[str, str]] = {
    "*": {
        "*@xml:lang": _LANGUAGE,
        "*.lang": _LANGUAGE,
        "*@language": _LANGUAGE,
        "*ameLanguage": _LANGUAGE,
    },
    "codemeta": {
        "softwareRequirements.*provider.*": _REGISTRY,
        "softwareSuggestions.provider.*": _REGISTRY,
        "depends.packageSystem": _REGISTRY,
        "suggests.packageSystem": _REGISTRY,
    },
    "datacite": {
        "*/relatedItem/titles/title/@xml:lang": "The model has no language of the title of a related thing.",
    },
    "datacite_json": {"*container.type": "The model names what a thing is published in, not its kind."},
    "dcat": {"dcat:distribution.dct:title.@language": "The model has no language of the name of a file."},
    "ivo_vor": {
        "*dataType/@extendedType": "The model has one type of a column.",
        "*/table/@type": "The model does not tell tables, views and outputs apart.",
    },
    "icat": {"*datafiles.*": "The model has no times and parameters of a single file."},
    "re3data": {
        "*nstitution*ype": "The model has no kinds of organisation.",
        "*institutions.type": "The model has no kinds of organisation.",
    },
    "scicat": {"*dataFileList.time": "The model has no time of a single file."},
}

BY_VALUE: tuple[tuple[str, str, str], ...] = (
    ("*rightsIdentifierScheme", "spdx", "The licence was found in the list of SPDX, and says so."),
    (
        "*funderIdentifierType",
        "crossref funder( id)?|ror|grid|isni|doi",
        "The identifier itself says here what it is.",
    ),
    ("*/@resourceTypeGeneral", "other", "It only says that it is none of the other types."),
)
"""Patterns of field and value (the whole of it, without regard to case): why just this adds nothing."""

_SAME = {
    "zenodo": "inveniordm",
    "re3data_json": "re3data",
    "rocrate": "schema_org",
    "oai_datacite": "datacite",
}
"""Formats that are read by the same reader."""


def reason_for(prefix: str, field: str, value: Value) -> str | None:
    """Why a value is left out on purpose; ``None`` where no reason is known."""
    if isinstance(value, str):
        if is_placeholder(value):
            return "It only says that there is nothing."
        if _EMAIL.fullmatch(value):
            return _PERSON
        if clean_block(value) is None and clean_url(value) is None:
            return "Nothing is left of it when it is cleaned."
    return _found(ASIDE, prefix, field) or next(
        (
            reason
            for pattern, words, reason in BY_VALUE
            if fnmatchcase(field, pattern) and re.fullmatch(words, str(value).strip(), re.IGNORECASE)
        ),
        None,
    )


def loss_for(prefix: str, field: str) -> str | None:
    """Why the model cannot hold a value; ``None`` where no reason is known."""
    is_of_the_thing = field.endswith(("lang", "anguage")) and any(
        part in field for part in ("title", "escription")
    )
    return _found(LOST, prefix, field, in_all_formats=not is_of_the_thing)


def repeated(prefix: str, field: str) -> str | None:
    """Why a value adds nothing, provided that the field is read at all; ``None`` where no reason is known."""
    return _found(REPEATED, prefix, field)


def _found(
    table: Mapping[str, Mapping[str, str]], prefix: str, field: str, *, in_all_formats: bool = True
) -> str | None:
    rows = _rows(table, (prefix, _SAME.get(prefix, ""), *(("*",) if in_all_formats else ())))
    return next((reason for pattern, reason in rows if fnmatchcase(field, pattern)), None)


def _rows(table: Mapping[str, Mapping[str, str]], scopes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for scope in scopes:
        yield from table.get(scope, {}).items()
