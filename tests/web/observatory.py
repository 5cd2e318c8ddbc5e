"""A small catalogue of physics for the tests of the web: real database, real index."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from catalogue.indexing import sync
from catalogue.json_form import dumps, read_record
from catalogue.opening import Catalogue
from catalogue.record import (
    Access,
    Agent,
    AgentIdentifier,
    Capability,
    Checksum,
    Coverage,
    Date,
    Distribution,
    Energy,
    Environment,
    Identifier,
    Interface,
    Interval,
    Issue,
    Mapped,
    Page,
    Parameter,
    Provenance,
    RawRecord,
    Record,
    Reference,
    Relation,
    Rights,
    Sky,
    Term,
    Text,
    TimeCoverage,
    record_id,
)
from catalogue.runs import Run
from catalogue.sources import Source

CC_BY = Rights(
    licence=Term(label="CC-BY-4.0", uri="https://spdx.org/licenses/CC-BY-4.0", scheme="SPDX"),
    url="https://creativecommons.org/licenses/by/4.0/",
)
LENSING = "weak gravitational lensing"


def read(raw: RawRecord, provenance: Provenance) -> Mapped:
    """A crosswalk for tests: the raw record is the unified JSON."""
    record = dataclasses.replace(
        read_record(raw.data),
        id=record_id(provenance.source, raw.identifier),
        provenance=provenance,
    )
    issues = []
    if not record.rights:
        issues.append(Issue(identifier=raw.identifier, path="/rights", reason="The record has no licence."))
    return Mapped(record=record, issues=tuple(issues))


def record(identifier: str, title: str, **values: object) -> Record:
    """A record with this title; its id and provenance come from the harvest."""
    provenance = Provenance(source="", identifier=identifier)
    given = {"kind": "dataset", "titles": (Text(value=title, language="en", type="main"),), **values}
    return Record(id="new", provenance=provenance, **given)  # type: ignore[arg-type]


def harvest(
    catalogue: Catalogue, source: str, records: Sequence[Record], *, deleted: Sequence[str] = ()
) -> Run:
    """Put records into the catalogue as a harvest would, and let the index follow."""
    if source not in [known.name for known in catalogue.sources.all()]:
        catalogue.sources.add(Source(name=source, kind="oai-pmh", url=f"https://{source}.example.org/oai"))
    raws = [
        RawRecord(
            identifier=known.provenance.identifier,
            format="unified",
            data=dumps(known),
            datestamp="2024-02-29T12:00:00Z",
            url=f"https://{source}.example.org/{known.provenance.identifier}",
            sets=("physics",),
            chain=known.provenance.chain,
        )
        for known in records
    ]
    raws += [RawRecord(identifier=name, format="unified", data=b"", deleted=True) for name in deleted]
    run = catalogue.sources.begin_run(source)
    run = catalogue.store.put_page(run, Page(records=tuple(raws), expected=len(raws)), read)
    run = catalogue.sources.finish_run(run, "succeeded", since=run.started, seconds=1.5)
    sync(catalogue.store, catalogue.index)
    return run


def observatory() -> list[Record]:
    """Seven records of as many kinds, related to each other."""
    return [_survey(), _spectra(), _neutrinos(), _service(), _workflow(), _paper(), _diffraction()]


def _survey() -> Record:
    return record(
        "survey:1",
        "Weak lensing shear catalogue of the southern sky, third release",
        titles=(
            Text(value="Weak lensing shear catalogue of the southern sky, third release", language="en"),
            Text(
                value="Katalog der schwachen Gravitationslinsen am Südhimmel",
                language="de",
                type="translated",
            ),
        ),
        identifiers=(
            Identifier(scheme="doi", value="10.5072/shear.3", written="https://doi.org/10.5072/SHEAR.3"),
            Identifier(scheme="ivoid", value="ivo://example.org/shear", role="alternate"),
        ),
        descriptions=(
            Text(
                value="Shapes of 1.2 × 10⁸ galaxies measured in r and i, with photometric redshifts.\n\n"
                "The calibration was done with image simulations; the multiplicative bias is below 10⁻³.",
                language="en",
                type="abstract",
            ),
            Text(value="Bilder wurden mit einem Formfit vermessen.", language="de", type="methods"),
        ),
        creators=(
            Agent(
                name="Okafor, Ngozi",
                given="Ngozi",
                family="Okafor",
                kind="person",
                identifiers=(AgentIdentifier(scheme="orcid", value="0000-0002-1825-0097"),),
            ),
            Agent(name="Lindqvist, Åsa", kind="person"),
        ),
        publisher=Agent(name="Southern Sky Data Centre", kind="organisation"),
        dates=(
            Date(kind="issued", start="2023-05-17", end="2023-05-17"),
            Date(kind="collected", start="2016-08", end="2021-02"),
        ),
        version="3",
        subjects=(
            Term(label="Weak gravitational lensing", uri="http://astrothesaurus.org/uat/1797", scheme="UAT"),
            Term(label="Cosmology"),
        ),
        rights=(CC_BY,),
        access=Access(right="open"),
        coverage=Coverage(
            sky=Sky(moc="6/17-20 22 7/100-130", frame="ICRS"),
            time=TimeCoverage(intervals=(Interval(low=57601.0, high=59273.0),), scale="UTC"),
            energy=Energy(intervals=(Interval(low=2.2e-19, high=3.7e-19),), bands=(Term(label="Optical"),)),
        ),
        messengers=(Term(label="Photon"),),
        facilities=(Reference(label="Cerro Verde Observatory"),),
        instruments=(Reference(label="WideCam", identifier="21.T11998/0000-001A", scheme="handle"),),
        parameters=(
            Parameter(name="limiting magnitude", value=24.3, unit="mag"),
            Parameter(
                name="exposure", low=30.0, high=900.0, unit="s", si_low=30.0, si_high=900.0, si_unit="s"
            ),
        ),
        distributions=(
            Distribution(
                url="https://data.example.org/shear/3/catalogue.fits",
                protocol="https",
                title="catalogue.fits",
                media_type="application/fits",
                size=48_318_382_080,
                checksum=Checksum(algorithm="sha256", value="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"),
            ),
            Distribution(url="https://data.example.org/shear/3/README", title="README", size=2048),
        ),
        relations=(Relation(type="IsSupplementTo", scheme="doi", value="10.5072/paper.7"),),
    )


def _spectra() -> Record:
    return record(
        "spectra:7",
        "X-ray spectra of accreting pulsars",
        descriptions=(Text(value="Phase-resolved spectra, 2 to 80 keV.", language="en", type="abstract"),),
        creators=(Agent(name="Rossi, Chiara"),),
        publisher=Agent(name="Southern Sky Data Centre"),
        dates=(Date(kind="issued", start="2019", end="2019"),),
        subjects=(Term(label="Pulsars"), Term(label="X-ray binaries")),
        rights=(CC_BY,),
        access=Access(right="embargoed", until="2031-01-01"),
        messengers=(Term(label="Photon"),),
        instruments=(Reference(label="XTIM"),),
    )


def _neutrinos() -> Record:
    return record(
        "events:nu",
        "Reconstructed neutrino events above 100 TeV",
        creators=(Agent(name="Deep Ice Collaboration", kind="organisation"),),
        dates=(Date(kind="issued", start="2021-11", end="2021-11"),),
        subjects=(Term(label="Neutrino astronomy"),),
        rights=(Rights(licence=Term(label="CC0-1.0")),),
        access=Access(right="restricted", to="members", how="https://ice.example.org/ask"),
        messengers=(Term(label="Neutrino"),),
        facilities=(Reference(label="South Pole Array"),),
    )


def _service() -> Record:
    return record(
        "service:tap",
        "TAP service of the Southern Sky Data Centre",
        kind="service",
        publisher=Agent(name="Southern Sky Data Centre"),
        dates=(Date(kind="created", start="2018-01-01", end="2018-01-01"),),
        rights=(CC_BY,),
        capabilities=(
            Capability(
                standard="ivo://ivoa.net/std/TAP",
                version="1.1",
                interfaces=(Interface(type="ParamHTTP", url="https://data.example.org/tap", use="base"),),
            ),
        ),
    )


def _workflow() -> Record:
    return record(
        "code:shear",
        "Shear measurement pipeline",
        kind="workflow",
        creators=(Agent(name="Lindqvist, Åsa"),),
        dates=(Date(kind="issued", start="2022", end="2022"),),
        rights=(Rights(licence=Term(label="BSD-3-Clause")),),
        access=Access(right="open"),
        environment=Environment(
            languages=("Python",),
            repository="https://code.example.org/shear",
            container="registry.example.org/shear:3",
            entry_point="run.py",
            specification="https://code.example.org/shear/reana.yaml",
        ),
    )


def _paper() -> Record:
    return record(
        "paper:7",
        "Kosmologische Parameter aus schwachen Gravitationslinsen",
        kind="publication",
        titles=(Text(value="Kosmologische Parameter aus schwachen Gravitationslinsen", language="de"),),
        identifiers=(Identifier(scheme="doi", value="10.5072/paper.7"),),
        creators=(Agent(name="Okafor, Ngozi"),),
        dates=(Date(kind="issued", start="2024-01-09", end="2024-01-09"),),
        languages=("de",),
    )


def _diffraction() -> Record:
    return record(
        "neutron:42",
        "Neutron powder diffraction of a frustrated magnet",
        creators=(Agent(name="Nakamura, Yui"),),
        dates=(Date(kind="issued", start="2020-06-30", end="2020-06-30"),),
        subjects=(Term(label="Magnetism"),),
        rights=(CC_BY,),
        access=Access(right="open"),
        techniques=(
            Term(label="Neutron powder diffraction", uri="http://purl.org/pan-science/PaNET/PaNET01099"),
        ),
        samples=(Reference(label="Ho2Ti2O7 powder"),),
        proposals=(Reference(label="5-31-2771"),),
        parameters=(Parameter(name="temperature", value=1.8, unit="K", si_value=1.8, si_unit="K"),),
    )
