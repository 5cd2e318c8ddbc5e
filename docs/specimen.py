"""A record with a plausible value in every field of the model, to see what a written format can hold.

Identifiers are in the normal form of their schemes: in another one they would seem to be lost.
"""

from __future__ import annotations

from catalogue.record import (
    Access,
    Affiliation,
    Agent,
    AgentIdentifier,
    Capability,
    Checksum,
    Column,
    Coverage,
    Date,
    Distribution,
    Energy,
    Environment,
    Extra,
    Funding,
    Identifier,
    Interface,
    Interval,
    Parameter,
    Place,
    Point,
    Provenance,
    Record,
    Reference,
    Relation,
    Rights,
    Sky,
    TableDescription,
    Term,
    Text,
    TimeCoverage,
)

ROR = "01bj3aw27"

PERSON = Agent(
    name="Aldebaran, Ada",
    given="Ada",
    family="Aldebaran",
    kind="person",
    identifiers=(AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097"),),
    affiliations=(Affiliation(name="Institute of Specimens", identifier=ROR, scheme="ror"),),
)
INSTITUTE = Agent(
    name="Specimen Press",
    kind="organisation",
    identifiers=(AgentIdentifier(scheme="ror", value="0304hq317"),),
    affiliations=(Affiliation(name="Union of Presses"),),
)
WHERE = Coverage(
    sky=Sky(moc="5/1234-1236", frame="ICRS", source="circle 10.5 41.2 0.7"),
    time=TimeCoverage(intervals=(Interval(low=58849.0, high=58879.0),), scale="UTC"),
    energy=Energy(
        intervals=(Interval(low=1.6e-16, high=3.2e-16),),
        bands=(Term(label="X-ray", uri="http://www.ivoa.net/rdf/messenger#X-ray", scheme="messengers"),),
    ),
    places=(
        Place(name="Beamline hall", point=Point(longitude=9.88, latitude=53.57)),
        Place(name="North field", box=(8.0, 53.0, 10.0, 54.0)),
        Place(
            name="Array",
            polygon=(
                Point(longitude=1.0, latitude=1.0),
                Point(longitude=2.0, latitude=1.0),
                Point(longitude=2.0, latitude=2.0),
                Point(longitude=1.0, latitude=1.0),
            ),
        ),
    ),
)


def _reference(name: str) -> Reference:
    return Reference(
        label=f"{name} of the specimen",
        uri=f"https://example.org/{name.lower()}",
        identifier=f"10.5072/{name.lower()}",
        scheme="doi",
    )


SPECIMEN = Record(
    id="0123456789abcdef0123",
    kind="dataset",
    titles=(
        Text(value="Scattering of specimens", language="en", type="main"),
        Text(value="Streuung von Proben", language="de", type="translated"),
    ),
    provenance=Provenance(source="specimen", identifier="ivo://example.authority/specimen"),
    identifiers=(
        Identifier(scheme="doi", value="10.5072/specimen"),
        Identifier(scheme="ivoid", value="ivo://example.authority/specimen"),
        Identifier(scheme="url", value="https://example.org/specimen"),
        Identifier(scheme="handle", value="21.t11998/specimen", role="alternate"),
    ),
    descriptions=(
        Text(value="What was scattered, and at what.", language="en", type="abstract"),
        Text(value="How it was done.", language="en", type="methods"),
    ),
    creators=(PERSON,),
    contributors=(
        Agent(
            name="Betelgeuse, Ben",
            given="Ben",
            family="Betelgeuse",
            kind="person",
            identifiers=(AgentIdentifier(scheme="orcid", value="0000-0001-5109-3700"),),
            affiliations=(Affiliation(name="Institute of Hosts", identifier=ROR, scheme="ror"),),
            role="Editor",
        ),
    ),
    publisher=INSTITUTE,
    dates=(
        Date(kind="issued", start="2021-04-05", end="2021-04-05"),
        Date(kind="updated", start="2022-06-07", end="2022-06-07"),
        Date(kind="collected", start="2020-01-01", end="2020-01-31", text="first run"),
    ),
    languages=("en",),
    version="2.1",
    sizes=("17 files", "1.5 GB"),
    formats=("application/x-hdf5",),
    type_label="Scattering images",
    processing_level="raw",
    subjects=(
        Term(label="free keyword"),
        Term(
            label="Galaxies",
            uri="http://astrothesaurus.org/uat/573",
            scheme="Unified Astronomy Thesaurus",
        ),
    ),
    rights=(
        Rights(
            text="Creative Commons Attribution 4.0 International",
            url="https://creativecommons.org/licenses/by/4.0/",
            licence=Term(label="CC-BY-4.0", uri="https://spdx.org/licenses/CC-BY-4.0", scheme="SPDX"),
            holder="Holders of Specimens",
        ),
    ),
    access=Access(right="embargoed", until="2031-01-01", to="members of the team", how="Write to the team."),
    funding=(
        Funding(
            funder="Foundation of Specimens",
            funder_identifier="https://ror.org/01swzsf04",
            award="SP-1234",
            award_title="Specimens for all",
            award_url="https://example.org/award",
        ),
    ),
    relations=(
        Relation(
            type="IsSupplementTo",
            scheme="doi",
            value="10.5072/paper",
            target_kind="publication",
            title="The paper of the specimen",
        ),
    ),
    coverage=WHERE,
    messengers=(Term(label="Neutron", uri="https://example.org/neutron", scheme="messengers"),),
    facilities=(_reference("Facility"),),
    instruments=(_reference("Instrument"),),
    techniques=(
        Term(
            label="small angle scattering",
            uri="http://purl.org/pan-science/PaNET/PaNET01124",
            scheme="PaNET",
        ),
    ),
    experiments=(_reference("Experiment"),),
    samples=(_reference("Sample"),),
    proposals=(_reference("Proposal"),),
    targets=(_reference("Target"),),
    parameters=(
        Parameter(
            name="photon energy",
            value=12.5,
            unit="keV",
            si_value=2.0e-15,
            si_unit="J",
            path="beam",
        ),
        Parameter(name="temperature", low=4.5, high=300.5, unit="K", si_low=4.5, si_high=300.5, si_unit="K"),
        Parameter(name="detector mode", text="counting", path="detector"),
    ),
    tables=(
        TableDescription(
            name="specimen.events",
            description="One row an event.",
            columns=(
                Column(
                    name="energy_col",
                    ucd="em.energy",
                    unit="keV",
                    datatype="double",
                    utype="spec:energy",
                    description="Energy of the event.",
                ),
            ),
        ),
    ),
    capabilities=(
        Capability(
            standard="ivo://ivoa.net/std/TAP",
            version="1.1",
            description="Queries of the table.",
            interfaces=(
                Interface(
                    type="vs:ParamHTTP",
                    url="https://example.org/tap",
                    use="base",
                    security=("ivo://ivoa.net/sso#BasicAA",),
                    test_query="REQUEST=doQuery",
                ),
            ),
        ),
    ),
    distributions=(
        Distribution(
            url="https://example.org/specimen.h5",
            protocol="https",
            title="specimen.h5",
            media_type="application/x-hdf5",
            size=123456,
            checksum=Checksum(algorithm="sha256", value="ab" * 32),
            access="restricted",
            part_of="specimen.zip",
        ),
    ),
    environment=Environment(
        languages=("Python",),
        repository="https://example.org/code.git",
        container="docker.io/example/specimen:2",
        requirements=("numpy>=2",),
        entry_point="python scatter.py",
        specification="snakemake",
    ),
    quality=("level 2",),
    extra=(Extra(path="proposal/remark", text="a remark without a place"),),
)
