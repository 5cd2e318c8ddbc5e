"""Relations and funding of DataCite XML."""

from __future__ import annotations

from typing import Any

from catalogue.identity import resolver_url, scheme_and_value
from catalogue.record import Funding, Reference, Relation
from mappings.datacite_draft import DataciteDraft
from mappings.reading import Reading
from mappings.terms import default_type, kind_of, relation_type, resource_type
from mappings.text import clean_line, clean_url
from mappings.xml_reading import elements, first, flattened, local_name, text_at, text_of


def read_related(draft: DataciteDraft, element: Any) -> None:
    """A relatedIdentifier as relation."""
    value = clean_url(text_of(element))
    if value is None:
        return
    get = element.get
    type_ = clean_line(get("relationType"))
    scheme, normal = scheme_and_value(value, clean_line(get("relatedIdentifierType")))
    path = "relatedIdentifiers/relatedIdentifier"
    if type_ is None:
        draft.issue(path, "The related identifier has no relationType.", value)
    draft.add_relation(
        Relation(
            type=relation_type(type_) if type_ else "IsRelatedTo",
            scheme=scheme,
            value=normal,
            target_kind=target_kind(draft, get("resourceTypeGeneral"), normal, path),
        )
    )
    for name in ("relatedMetadataScheme", "schemeURI", "schemeType", "relationTypeInformation"):
        said = get(name)
        if said:
            draft.keep(f"{path}/@{name}", f"{normal}: {said}")


def target_kind(draft: Reading, general: str | None, value: str, path: str) -> str | None:
    """The kind of a related thing; a finer type is kept beside."""
    concept = resource_type(general) if general else None
    if concept is None:
        return None
    kind = kind_of(concept)
    if concept is not default_type(kind):
        draft.keep(f"{path}/@resourceTypeGeneral", f"{value}: {concept.code}")
    return kind


def read_related_item(draft: DataciteDraft, element: Any) -> None:
    """A related thing in its own words (kernel 4.4): a relation where it has an identifier."""
    path = "relatedItems/relatedItem"
    found = first(element, "relatedItemIdentifier")
    value = clean_url(text_of(found)) if found is not None else None
    titles = first(element, "titles")
    title = clean_line(text_at(titles, "title")) if titles is not None else None
    type_ = relation_type(element.get("relationType") or "IsRelatedTo")
    general = element.get("relatedItemType")
    if found is not None and value is not None:
        scheme, normal = scheme_and_value(value, clean_line(found.get("relatedItemIdentifierType")))
        kind = target_kind(draft, general, normal, path)
        said = title if title != normal else None
        relation = Relation(type=type_, scheme=scheme, value=normal, target_kind=kind, title=said)
        draft.add_relation(relation, f"{path}/titles/title")
        label = said or normal
        uri = resolver_url(scheme, normal)
        reference = Reference(label=label, identifier=normal, scheme=scheme, uri=uri)
    elif title is not None:
        normal, reference = None, Reference(label=title)
    else:
        return
    instrument = type_ == "IsCollectedBy" and (general or "").casefold() == "instrument"
    if instrument:
        draft.instruments.append(reference)
    _keep_item(draft, element, normal, said=normal is not None or instrument)


def _keep_item(draft: DataciteDraft, item: Any, value: str | None, *, said: bool) -> None:
    """What a related item tells beyond what the relation says."""
    if not said:
        draft.keep("relatedItems/relatedItem/@relationType", item.get("relationType"))
    information = item.get("relationTypeInformation")
    if information:
        told = f"{value}: {information}" if value else information
        draft.keep("relatedItems/relatedItem/@relationTypeInformation", told)
    for child in elements(item):
        name = local_name(child)
        if name == "relatedItemIdentifier":
            continue
        told = list(elements(child))[1:] if name == "titles" and said else [child]
        for one in told:
            for where, text in flattened(one, f"relatedItems/relatedItem/{local_name(one)}"):
                draft.keep(where, f"{value}: {text}" if value else text)


def read_funding(draft: DataciteDraft, element: Any) -> None:
    """A fundingReference; an award without a funder stays as extra value."""
    funder = clean_line(text_at(element, "funderName"))
    found = first(element, "funderIdentifier")
    identifier = _funder_identifier(found) if found is not None else None
    number = first(element, "awardNumber")
    award = clean_line(text_of(number)) if number is not None else None
    award_url = clean_url(number.get("awardURI")) if number is not None else None
    title = clean_line(text_at(element, "awardTitle"))
    if funder is None and identifier is None:
        if award or title:
            draft.issue("fundingReferences/fundingReference", "The award has no funder.", award or title)
            draft.keep_below(element, "fundingReferences/fundingReference")
        return
    draft.funding.append(
        Funding(
            funder=funder or identifier or "",
            funder_identifier=identifier,
            award=award,
            award_title=title,
            award_url=award_url,
        )
    )
    stream = clean_line(text_at(element, "fundingStream"))
    if stream:
        draft.keep("fundingReferences/fundingReference/fundingStream", stream)


def _funder_identifier(element: Any) -> str | None:
    """A funder's identifier as address where it has one."""
    value = clean_url(text_of(element))
    if value is None:
        return None
    return funder_address(value, clean_line(element.get("funderIdentifierType")))


def funder_address(value: str, kind: str | None) -> str:
    """The address of a funder's identifier of this type, or the identifier itself."""
    if kind is None or kind.casefold() == "other":
        return value
    scheme, normal = scheme_and_value(value, kind)
    return resolver_url(scheme, normal) or normal
