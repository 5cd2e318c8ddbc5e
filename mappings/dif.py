"""DIF 9 and 10, the Directory Interchange Format of NASA's Global Change Master Directory.

==================  ====================================================================================
field               element (DIF 9 / DIF 10)
==================  ====================================================================================
identifiers         Entry_ID; Dataset_DOI / Persistent_Identifier, Data_Set_ID as alternate ones
titles              Entry_Title; other titles in Data_Set_Citation / Dataset_Citation
descriptions        Summary (Abstract), Purpose, Quality
creators, publisher Dataset_Creator, Dataset_Publisher of the first citation; Data_Center / Organization
contributors        Personnel with their roles, Dataset_Editor
dates               Dataset_Release_Date, Temporal_Coverage, Metadata_Dates / DIF_Creation_Date …
coverage            Temporal_Coverage; Spatial_Coverage (boxes, points, polygons); Location
subjects            Parameters / Science_Keywords, Keyword / Ancillary_Keyword, ISO_Topic_Category
instruments         Sensor_Name / Platform/Instrument; facilities: Source_Name / Platform
experiments         Project
rights, access      Use_Constraints (License_URL), Access_Constraints
relations           Reference, Parent_DIF / Metadata_Association
distributions       Related_URL, Online_Resource; sizes and formats: Distribution
==================  ====================================================================================

All else is kept as it is, but e-mail addresses and telephone numbers.
"""

from __future__ import annotations

from typing import Any

from catalogue.errors import NotARecord
from catalogue.record import Agent, Mapped, Provenance
from mappings.base import Format
from mappings.dif_coverage import read_locations, read_space, read_time
from mappings.dif_people import read_citation, read_organization, read_personnel
from mappings.dif_things import read_access, read_links, read_subjects, read_things
from mappings.draft import Draft
from mappings.json_reading import Node
from mappings.xml_reading import local_name, namespace, payload
from mappings.xml_tree import plain, words, words_at

NAMESPACE = "http://gcmd.gsfc.nasa.gov/Aboutus/xml/dif/"
_OF_DESCRIPTION = "of the description"
_OURS = ("Metadata_Name", "Metadata_Version", "IDN_Node", "Private", "DIF_Revision_History")


def read(document: Any, provenance: Provenance) -> Mapped:
    """A record from a ``DIF`` element; raises `NotARecord` for another."""
    element = document if local_name(document) == "DIF" else payload(document)
    if local_name(element) != "DIF":
        reason = (
            f"The root element is «{local_name(element)}» in the namespace «{namespace(element)}», not DIF."
        )
        raise NotARecord(reason, path=f"/{local_name(element)}")
    draft = Draft(provenance.identifier)
    node = Node(plain(element))
    _identity(draft, node)
    for one in node.children("Data_Set_Citation", "Dataset_Citation"):
        read_citation(draft, one)
    read_personnel(draft, node)
    for one in node.children("Data_Center", "Organization"):
        read_organization(draft, one)
    _center(draft, node)
    _descriptions(draft, node)
    read_subjects(draft, node)
    read_things(draft, node)
    read_time(draft, node)
    read_space(draft, node)
    read_locations(draft, node)
    read_access(draft, node)
    read_links(draft, node)
    _stamps(draft, node)
    for name in ("Data_Set_Language", "Dataset_Language"):
        for one in node.children(name):
            draft.add_language(words(one))
    draft.contributors = list(dict.fromkeys(draft.contributors))
    draft.keep_all(_left(node))
    return draft.finished("dataset", provenance, "DIF")


def _left(node: Node) -> list[tuple[str, str]]:
    """What nobody took, without how to reach people and without the history of the description."""
    return [
        (path, text)
        for path, text in node.left()
        if path.split(".")[0] not in _OURS and not any(part in path for part in ("Email", "Phone", "Fax"))
    ]


def _identity(draft: Draft, node: Node) -> None:
    entry = node.child("Entry_ID")
    name = words_at(entry, "Short_Name") if entry.is_object else words(entry)
    draft.add_identifier(name, "DIF")
    draft.version = words_at(entry, "Version") if entry.is_object else None
    draft.add_title(words_at(node, "Entry_Title"), "Entry_Title")


def _center(draft: Draft, node: Node) -> None:
    """The centre where the data came from, as publisher where nobody else is."""
    center = words_at(node, "Originating_Center")
    if center is not None and draft.publisher is None:
        draft.publisher = Agent(name=center)
    elif center is not None:
        draft.contributors.append(Agent(name=center, role="Producer"))


def _descriptions(draft: Draft, node: Node) -> None:
    for summary in node.children("Summary"):
        if summary.is_object:
            for name, type_ in (("Abstract", "abstract"), ("Purpose", "other")):
                for one in summary.children(name):
                    draft.add_description(_text(one), one.path, type=type_)
        draft.add_description(_text(summary), summary.path)
    for one in node.children("Quality"):
        draft.add_description(_text(one), one.path, type="technical")


def _text(node: Node) -> str | None:
    """A text of several paragraphs."""
    return node.text("#text") if node.is_object else node.text()


def _stamps(draft: Draft, node: Node) -> None:
    """When the description and the data were made and changed."""
    draft.add_date(words_at(node, "DIF_Creation_Date"), "created", "DIF_Creation_Date", _OF_DESCRIPTION)
    draft.add_date(
        words_at(node, "Last_DIF_Revision_Date"), "updated", "Last_DIF_Revision_Date", _OF_DESCRIPTION
    )
    for dates in node.children("Metadata_Dates"):
        draft.add_date(words_at(dates, "Metadata_Creation"), "created", dates.path, _OF_DESCRIPTION)
        draft.add_date(words_at(dates, "Metadata_Last_Revision"), "updated", dates.path, _OF_DESCRIPTION)
        draft.add_date(words_at(dates, "Data_Creation"), "created", dates.path)
        draft.add_date(words_at(dates, "Data_Last_Revision"), "updated", dates.path)


FORMAT = Format(
    prefix="dif",
    title="DIF 9 and 10 of NASA's Global Change Master Directory",
    media_type="application/xml",
    namespace=NAMESPACE,
    schema="https://gcmd.earthdata.nasa.gov/DocumentBuilder/defaultDif10/guide/dif_v10.2.xsd",
    read=read,
    rank=50,
    suffix="dif.xml",
)
