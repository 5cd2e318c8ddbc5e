"""How one gets at a thing, as statements: files, services, tables, parameters, rights (DCAT 3, SPDX)."""

from __future__ import annotations

from catalogue.record import Access, Checksum, Distribution, Environment, Parameter, Record, Rights
from mappings.dcat_words import (
    CHECKSUM_ALGORITHMS,
    CHECKSUMS,
    HEX_BINARY,
    MEDIA_TYPE,
    MEDIA_TYPES,
    NAMESPACES,
)
from mappings.graph_syntax import Statements, literal, moment, name, typed
from vocab.base import concluded, vocabulary

MOST_FILES = 1000
MOST_PARAMETERS = 2000
MOST_COLUMNS = 2000
"""Parts of one record that are said one by one; how many there are is said in any case."""

_XSD = NAMESPACES["xsd"]
_EU = "http://publications.europa.eu/resource/authority/access-right/"
ACCESS_RIGHTS = {
    "open": "PUBLIC",
    "embargoed": "RESTRICTED",
    "restricted": "RESTRICTED",
    "closed": "NON_PUBLIC",
    "metadata-only": "NON_PUBLIC",
}
"""The EU's authority table for each of our rights, as DCAT-AP 3 wants it."""


def say_files(out: Statements, thing: str, record: Record) -> None:
    """The files and other ways to the bytes, as ``dcat:Distribution``."""
    licence = next((found for one in record.rights if (found := licence_of(one)) is not None), None)
    for one in record.distributions[:MOST_FILES]:
        _say_file(out, thing, one, licence)
    if record.distributions:
        out.number(thing, "alm:fileCount", len(record.distributions))
        sizes = [one.size for one in record.distributions if one.size is not None]
        if sizes:
            out.number(thing, "alm:totalBytes", sum(sizes))


def _say_file(out: Statements, thing: str, one: Distribution, licence: str | None) -> None:
    """A file; to one without an address our page is the way."""
    file, address = out.part("file"), name(one.url)
    out.say(thing, "dcat:distribution", file)
    out.classes(file, "dcat:Distribution")
    out.say(file, "dcat:accessURL", address or out.document)
    out.say(file, "dcat:downloadURL", address)
    out.classes(address or out.document, "rdfs:Resource")
    if address is None:
        out.label(file, "dct:identifier", one.url)
    out.label(file, "alm:protocol", one.protocol)
    out.label(file, "dct:title", one.title)
    if one.media_type is not None:
        _say_media_type(out, file, one.media_type)
    if one.size is not None and one.size >= 0:
        out.say(file, "dcat:byteSize", typed(str(one.size), _XSD + "nonNegativeInteger"))
    if one.checksum is not None:
        _say_checksum(out, file, one.checksum)
    if licence is not None:
        out.say(file, "dct:license", licence)
        out.classes(licence, "dct:LicenseDocument")


def _say_media_type(out: Statements, file: str, media_type: str) -> None:
    if MEDIA_TYPE.fullmatch(media_type) and (named := name(MEDIA_TYPES + media_type)) is not None:
        out.say(file, "dcat:mediaType", named)
        out.classes(named, "dct:MediaType")
        return
    say_format(out, file, media_type)


def say_format(out: Statements, thing: str, text: str) -> None:
    """A format that is only called in words."""
    named = out.shared("format", text)
    out.say(thing, "dct:format", named)
    out.classes(named, "dct:MediaTypeOrExtent")
    out.label(named, "rdfs:label", text)


def _say_checksum(out: Statements, file: str, checksum: Checksum) -> None:
    algorithm = CHECKSUM_ALGORITHMS.get(checksum.algorithm)
    if algorithm is None or not HEX_BINARY.fullmatch(checksum.value):
        return
    named = out.part("checksum")
    out.say(file, "spdx:checksum", named)
    out.classes(named, "spdx:Checksum")
    kind = f"<{CHECKSUMS}{algorithm}>"
    out.say(named, "spdx:algorithm", kind)
    out.classes(kind, "spdx:ChecksumAlgorithm")
    out.say(named, "spdx:checksumValue", typed(checksum.value, _XSD + "hexBinary"))


def licence_of(rights: Rights) -> str | None:
    """The name of a licence: that of SPDX, else its address."""
    if rights.licence is not None and (found := name(rights.licence.uri)) is not None:
        return found
    return name(rights.url)


def say_rights(out: Statements, thing: str, record: Record, *, is_single: bool) -> None:
    """Licences, statements of rights, and who may have the data.

    Services and catalogues may have one licence and one statement only (DCAT-AP 3).
    """
    licences = statements = 0
    for one in record.rights:
        licence = licence_of(one)
        if licence is not None and not (is_single and licences):
            _say_licence(out, thing, licence, one)
            licences += 1
        words = one.text or one.holder if licence is None else _further_words(one)
        if words is not None and not (is_single and statements):
            named = out.part("rights")
            out.say(thing, "dct:rights", named)
            out.classes(named, "dct:RightsStatement")
            out.label(named, "rdfs:label", words)
            statements += 1
        out.label(thing, "alm:rightsHolder", one.holder)
    if record.access is not None:
        _say_access(out, thing, record.access)


def _say_licence(out: Statements, thing: str, licence: str, rights: Rights) -> None:
    """A licence, which many share: it is called as SPDX calls it, whatever a source has written."""
    out.say(thing, "dct:license", licence)
    out.classes(licence, "dct:LicenseDocument")
    if rights.licence is None:
        out.label(licence, "rdfs:label", rights.text)
        return
    out.label(licence, "dct:identifier", rights.licence.label)
    known = vocabulary("licences").lookup(rights.licence.uri or rights.licence.label)
    out.label(licence, "rdfs:label", known.label if known is not None else rights.text)
    address = name(rights.url)
    out.say(licence, "rdfs:seeAlso", address if address != licence else None)


@concluded(4096)
def _further_words(rights: Rights) -> str | None:
    """The text beside a licence where it is no name of it."""
    if rights.text is None or rights.licence is None:
        return None
    known = vocabulary("licences").lookup(rights.text)
    return rights.text if known is None or known.code != rights.licence.label else None


def _say_access(out: Statements, thing: str, access: Access) -> None:
    named = f"<{_EU}{ACCESS_RIGHTS[access.right]}>"
    out.say(thing, "dct:accessRights", named)
    out.classes(named, "dct:RightsStatement")
    out.label(thing, "alm:access", access.right)
    known = vocabulary("access_rights").lookup(access.right)
    if known is not None and known.uri is not None:
        out.say(thing, "alm:accessRight", name(known.uri))
    if access.until is not None:
        out.say(thing, "alm:embargoedUntil", moment(access.until))
    out.label(thing, "alm:accessFor", access.to)
    out.label(thing, "alm:howToAccess", access.how)


def say_services(out: Statements, thing: str, record: Record) -> None:
    """Each interface at which something answers as a ``dcat:DataService`` with the standard it follows."""
    for capability in record.capabilities:
        standard = name(capability.standard)
        if standard is not None:
            out.say(thing, "dct:conformsTo", standard)
            out.classes(standard, "dct:Standard")
        for interface in capability.interfaces:
            address = name(interface.url)
            if address is None:
                continue
            service = out.part("service")
            out.say(thing, "alm:service", service)
            out.classes(service, "dcat:DataService")
            out.label(service, "dct:title", capability.description or record.title)
            out.say(service, "dcat:endpointURL", address)
            out.classes(address, "rdfs:Resource")
            if standard is not None:
                out.say(service, "dct:conformsTo", standard)
            out.label(service, "alm:standardVersion", capability.version)
            out.label(service, "alm:interfaceType", interface.type)


def say_tables(out: Statements, thing: str, record: Record) -> None:
    """Tables with their columns (CSVW), each with its UCD and unit."""
    left = MOST_COLUMNS
    for table in record.tables:
        if left <= 0:
            return
        named = out.part("table")
        out.say(thing, "alm:table", named)
        out.classes(named, "csvw:Table")
        out.label(named, "schema:name", table.name)
        out.label(named, "dct:description", table.description)
        for column in table.columns[:left]:
            part = out.part("column")
            out.say(named, "csvw:column", part)
            out.label(part, "csvw:name", column.name)
            out.label(part, "alm:ucd", column.ucd)
            out.label(part, "schema:unitText", column.unit)
            out.label(part, "dct:description", column.description)
        left -= len(table.columns)


def say_parameters(out: Statements, thing: str, parameters: tuple[Parameter, ...]) -> None:
    """Measured and set quantities, as given and in SI (schema.org, ``PropertyValue``)."""
    for one in parameters[:MOST_PARAMETERS]:
        named = out.part("parameter")
        out.say(thing, "schema:variableMeasured", named)
        out.classes(named, "schema:PropertyValue")
        out.label(named, "schema:name", one.name)
        out.label(named, "alm:group", one.path)
        if one.value is None:
            out.label(named, "schema:value", one.text)
        out.number(named, "schema:value", one.value)
        out.number(named, "schema:minValue", one.low)
        out.number(named, "schema:maxValue", one.high)
        out.label(named, "schema:unitText", one.unit)
        out.number(named, "alm:siValue", one.si_value)
        out.number(named, "alm:siMinValue", one.si_low)
        out.number(named, "alm:siMaxValue", one.si_high)
        out.label(named, "alm:siUnit", one.si_unit)


def say_environment(out: Statements, thing: str, environment: Environment) -> None:
    """What software or a workflow needs to run, in the words of schema.org and CodeMeta."""
    for language in environment.languages:
        out.label(thing, "schema:programmingLanguage", language)
    if environment.repository is not None:
        repository = name(environment.repository)
        out.say(thing, "schema:codeRepository", repository or literal(environment.repository))
    for requirement in environment.requirements:
        out.label(thing, "schema:softwareRequirements", requirement)
    out.label(thing, "alm:container", environment.container)
    out.label(thing, "alm:entryPoint", environment.entry_point)
    out.label(thing, "alm:workflowSpecification", environment.specification)
