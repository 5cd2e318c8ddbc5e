"""What the extensions of VOResource add, as the parts that their schemas allow.

TAPRegExt 1.0 (section 2), SimpleDALRegExt 1.1 (section 3), VORegistry 1.0 (RegistryInterfaces 1.0,
section 4), StandardsRegExt 1.0 (section 3), DocRegExt 1.0, ParamHTTP of VODataService 1.2 (3.4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mappings.ivo_writing_parts import Part, part

NAMESPACES = {
    "vr": "http://www.ivoa.net/xml/VOResource/v1.0",
    "vs": "http://www.ivoa.net/xml/VODataService/v1.1",
    "vg": "http://www.ivoa.net/xml/VORegistry/v1.0",
    "vstd": "http://www.ivoa.net/xml/StandardsRegExt/v1.0",
    "tr": "http://www.ivoa.net/xml/TAPRegExt/v1.0",
    "cs": "http://www.ivoa.net/xml/ConeSearch/v1.0",
    "sia": "http://www.ivoa.net/xml/SIA/v1.1",
    "ssap": "http://www.ivoa.net/xml/SSA/v1.1",
    "slap": "http://www.ivoa.net/xml/SLAP/v1.0",
    "doc": "http://www.ivoa.net/xml/DocRegExt/v1",
}
"""The namespaces by the prefix that the IVOA recommends for each."""

_MODE = "sync|async"
_TIME = (part("default?", "integer"), part("hard?", "integer"))
_AMOUNT = (
    part("default?", "integer", unit__="byte|row"),
    part("hard?", "integer", unit__="byte|row"),
)
_LANGUAGE = part(
    "language+",
    None,
    part("name", "ncname"),
    part("version+", "token", ivo_id="uri"),
    part("description?", "token"),
    part(
        "languageFeatures*",
        None,
        part("feature*", None, part("form", "token"), part("description?", "string")),
        type__="uri",
    ),
)
_TABLE_ACCESS = part(
    "capability",
    None,
    part("dataModel*", "token", ivo_id__="uri"),
    _LANGUAGE,
    part("outputFormat+", None, part("mime", "token"), part("alias*", "token"), forMode=_MODE, ivo_id="uri"),
    part("uploadMethod*", None, ivo_id="uri", forMode=_MODE),
    part("retentionPeriod*", None, *_TIME, forMode=_MODE),
    part("executionDuration*", None, *_TIME, forMode=_MODE),
    part("outputLimit*", None, *_AMOUNT, forMode=_MODE),
    part("uploadLimit*", None, *_AMOUNT, forMode=_MODE),
)
_SKY = (part("long", "float"), part("lat", "float"))
_CONE_SEARCH = part(
    "capability",
    None,
    part("maxSR?", "float"),
    part("maxRecords?", "positive"),
    part("verbosity", "boolean"),
    part(
        "testQuery",
        None,
        part("ra", "float"),
        part("dec", "float"),
        part("sr", "float"),
        part("verb?", "positive"),
        part("catalog?", "string"),
        part("extras?", "string"),
    ),
)
_IMAGES = part(
    "capability",
    None,
    part("imageServiceType", "Cutout|Mosaic|Atlas|Pointed"),
    part("maxQueryRegionSize?", None, *_SKY),
    part("maxImageExtent?", None, *_SKY),
    part("maxImageSize?", "positive"),
    part("maxFileSize?", "positive"),
    part("maxRecords?", "positive"),
    part(
        "testQuery?",
        None,
        part("pos?", None, *_SKY),
        part("size?", None, *_SKY),
        part("verb?", "natural"),
        part("extras?", "string"),
    ),
)
_SPECTRA = part(
    "capability",
    None,
    part("complianceLevel?", "query|minimal|full"),
    part("dataSource+", "survey|pointed|custom|theory|artificial"),
    part("creationType+", "archival|cutout|filtered|mosaic|projection|specialExtraction|catalogExtraction"),
    part("supportedFrame+", "token"),
    part("maxSearchRadius?", "float"),
    part("maxRecords?", "positive"),
    part("defaultMaxRecords?", "positive"),
    part("maxAperture?", "float"),
    part("maxFileSize?", "positive"),
    part(
        "testQuery?",
        None,
        part("pos?", None, *_SKY, part("refframe?", "token")),
        part("size?", "float"),
        part("queryDataCmd?", "string"),
    ),
)
_LINES = part(
    "capability",
    None,
    part("complianceLevel", "minimal|full"),
    part("dataSource+", "observational/astrophysical|observational/laboratory|theoretical"),
    part("maxRecords?", "positive"),
    part(
        "testQuery",
        None,
        part("wavelength?", None, part("minWavelength", "float"), part("maxWavelength", "float")),
        part("queryDataCmd?", "string"),
    ),
)
_HARVEST = part("capability", None, part("maxRecords", "integer"))
_SEARCH = part(
    "capability",
    None,
    part("maxRecords", "integer"),
    part("extensionSearchSupport", "core|partial|full"),
    part("optionalProtocol*", "XQuery|"),
)
_EDITION = part("capability", None, part("languageCode", "token"), part("locTitle?", "token"))

PARAM_HTTP = part(
    "interface",
    None,
    part("queryType*", "GET|POST"),
    part("resultType?", "token"),
    part(
        "param*",
        None,
        part("name?", "token"),
        part("description?", "token"),
        part("unit?", "token"),
        part("ucd?", "token"),
        part("utype?", "token"),
        part("dataType?", "token", arraysize="shape"),
        use="required|optional|ignored",
        std="boolean",
    ),
    part("testQuery?", "string"),
)
DALI = part(
    "interface",
    None,
    part(
        "endpoint*",
        None,
        part("name", "token"),
        part("meta*", "token", about="uri", property__="uri", resource="uri"),
    ),
)
INTERFACES = {
    "ParamHTTP": ("vs:ParamHTTP", PARAM_HTTP),
    "WebBrowser": ("vr:WebBrowser", None),
    "WebService": ("vr:WebService", None),
    "OAIHTTP": ("vg:OAIHTTP", None),
    "OAISOAP": ("vg:OAISOAP", None),
    "DALIInterface": ("tr:DALIInterface", DALI),
}
"""Types of interfaces by name: the qualified name, and what they add to ``vr:Interface``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityType:
    """A type of capability: its qualified name, the standard that it is for, what it adds.

    ``interfaces`` says whether the schema demands at least one.
    """

    name: str
    model: Part
    standard: str | None = None
    interfaces: bool = True


CAPABILITIES = {
    "TableAccess": CapabilityType(
        name="tr:TableAccess", model=_TABLE_ACCESS, standard="ivo://ivoa.net/std/TAP", interfaces=False
    ),
    "ConeSearch": CapabilityType(
        name="cs:ConeSearch", model=_CONE_SEARCH, standard="ivo://ivoa.net/std/ConeSearch"
    ),
    "SimpleImageAccess": CapabilityType(
        name="sia:SimpleImageAccess", model=_IMAGES, standard="ivo://ivoa.net/std/SIA"
    ),
    "SimpleSpectralAccess": CapabilityType(
        name="ssap:SimpleSpectralAccess", model=_SPECTRA, standard="ivo://ivoa.net/std/SSA"
    ),
    "SimpleLineAccess": CapabilityType(
        name="slap:SimpleLineAccess", model=_LINES, standard="ivo://ivoa.net/std/SLAP"
    ),
    "Harvest": CapabilityType(name="vg:Harvest", model=_HARVEST, standard="ivo://ivoa.net/std/Registry"),
    "Search": CapabilityType(name="vg:Search", model=_SEARCH, standard="ivo://ivoa.net/std/Registry"),
    "Edition": CapabilityType(name="doc:Edition", model=_EDITION, interfaces=False),
}
"""Types of capabilities by the name that readers keep in the paths of their parameters."""

STANDARD = part(
    "Resource",
    None,
    part("endorsedVersion+", "string", status="rec|pr|wd|iwd|note|pen|en|n/a", use="preferred|deprecated"),
    part(
        "schema*",
        None,
        part("location", "uri"),
        part("description?", "token"),
        part("example*", "uri"),
        namespace__="token",
    ),
    part("deprecated?", "token"),
    part("key*", None, part("name", "key"), part("description", "token")),
)
SERVICE_STANDARD = replace(
    STANDARD,
    parts=(
        *STANDARD.parts,
        replace(
            part(
                "interface*",
                None,
                part("accessURL+", "uri", use="full|base|dir"),
                part("mirrorURL*", "uri"),
                part("testQueryString?", "token"),
                *PARAM_HTTP.parts,
                version="token",
                role="nmtoken",
            ),
            # The type is not kept; that of nearly all interfaces can hold what others have.
            type="vs:ParamHTTP",
        ),
    ),
)
REGISTRY = part("Resource", None, part("full", "boolean"), part("managedAuthority*", "authority"))
AUTHORITY = part("Resource", None, part("managingOrg", "token", ivo_id="ivoid", altIdentifier="uri"))

STANDARDS = {
    one.casefold(): one
    for one in (
        *(f"ivo://ivoa.net/std/{name}" for name in ("TAP", "ConeSearch", "SIA", "SSA", "SLAP", "Registry")),
        *(f"ivo://ivoa.net/std/{name}" for name in ("VOSI", "DataLink", "SODA", "VOSpace", "Delegation")),
        *(f"ivo://ivoa.net/std/{name}" for name in ("ObsCore", "RegTAP", "EPNTAP", "HiPS", "VOEvent", "UWS")),
    )
}
"""The identifiers of standards in the case in which the IVOA registers them; schemas compare with it."""
