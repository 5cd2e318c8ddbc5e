"""Vocabularies as their owners publish them, read as concepts of ours.

Facts only are taken: codes, addresses, labels, hierarchy and matches, never definitions.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from vocab.base import Concept, NotReadable

_RELATION = re.compile(
    r"(skos:altLabel|skos:broader|skos:exactMatch|ivoasem:useInstead)\(((?:[^()]|\([^()]*\))*)\)"
)
_ROBOT_FEATURE = re.compile(r"\('?(\w+)'? some '?([^')]+)'?\)")
_PANET = "http://purl.org/pan-science/PaNET/"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_NUMBER = re.compile(r"Q\d+")
"""The label of a facility of which only the number in Wikidata is known."""
_MEANS = re.compile(r"\w.*\w")
_UCD_LINE = re.compile(r"\s*([A-Z])\s*\|\s*([\w.+-]+)\s*\|")


@dataclass(slots=True)
class _Found:
    """A concept while its file is read."""

    code: str
    label: str
    uri: str | None = None
    broader: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    matches: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def concept(self) -> Concept:
        """The concept, each value once, with single spaces."""
        label, *others = (" ".join(one.split()) for one in (self.label, *self.alternatives))
        return Concept(
            code=self.code,
            label=label,
            uri=self.uri,
            broader=tuple(dict.fromkeys(self.broader)),
            alternatives=tuple(one for one in dict.fromkeys(others) if one != label and _MEANS.search(one)),
            matches=tuple(dict.fromkeys(self.matches)),
            values=self.values,
        )


def read_ivoa(data: bytes, base: str) -> Iterator[Concept]:
    """An IVOA ``terms.csv`` (Vocabularies in the VO 2.1, appendix): term;level;label;description;relations.

    ``base`` is the vocabulary's address, as http://www.ivoa.net/rdf/product-type.
    """
    above: list[str] = []
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";", skipinitialspace=True):
        if len(row) < 3 or row[0].startswith("#"):
            continue
        code, level, label = row[0].strip(), int(row[1] or 1), row[2].strip()
        del above[level - 1 :]
        found = _Found(code, label or code, f"{base.rstrip('/#')}#{code}", broader=above[-1:])
        above.append(code)
        relations = " ".join(row[4:])
        for name, value in _RELATION.findall(relations):
            if name == "skos:altLabel":
                found.alternatives.append(value.strip())
            elif name == "skos:broader":
                found.broader.append(value.strip())
            elif name == "skos:exactMatch":
                found.matches.append(value.strip())
            else:
                found.values["replaced_by"] = value.strip()
        if "ivoasem:deprecated" in relations:
            found.values["deprecated"] = "yes"
        if not _NUMBER.fullmatch(label):
            yield found.concept()


def read_skos(data: bytes, base: str) -> Iterator[Concept]:
    """SKOS in RDF/XML, Turtle or N-Triples; ``base`` is what the addresses of its concepts begin with."""
    import rdflib

    graph = rdflib.Graph()
    form = "xml" if data.lstrip()[:5] in (b"<rdf:", b"<?xml") else "turtle"
    try:
        graph.parse(data=data, format=form)
    except Exception as error:
        raise NotReadable(f"It is no RDF: {' '.join(str(error).split())[:200]}") from None
    skos = rdflib.Namespace(_SKOS)
    for subject in sorted(set(graph.subjects(skos.prefLabel)), key=str):
        if not str(subject).startswith(base):
            continue
        labels = [one for one in graph.objects(subject, skos.prefLabel) if isinstance(one, rdflib.Literal)]
        main = next((one for one in labels if (one.language or "en").startswith("en")), labels[0])
        notations = [str(one) for one in graph.objects(subject, skos.notation)]
        found = _Found(str(subject)[len(base) :].lstrip("#/") or str(subject), str(main), str(subject))
        others = [*labels, *graph.objects(subject, skos.altLabel), *graph.objects(subject, skos.hiddenLabel)]
        found.alternatives = [*notations, *sorted({str(one) for one in others})]
        broader = {*graph.objects(subject, skos.broader), *graph.subjects(skos.narrower, subject)}
        found.broader = sorted(
            str(one)[len(base) :].lstrip("#/") for one in broader if str(one).startswith(base)
        )
        for predicate in (skos.exactMatch, skos.closeMatch):
            found.matches += sorted(str(one) for one in graph.objects(subject, predicate))
        if notations:
            found.values["notation"] = notations[0]
        if any("deprecated" in str(predicate) for predicate in graph.predicates(subject)):
            found.values["deprecated"] = "yes"
        yield found.concept()


def read_panet(data: bytes, base: str = _PANET) -> Iterator[Concept]:
    """PaNET's ROBOT template: classes with parents, and definitions by what they have in common.

    A class that is defined by a feature (a probe, a process …) is below the class that is defined
    by a broader feature.  Techniques share labels with features; then the table names the code.
    """
    rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) if len(row) > 17]
    heads = [index for index, name in enumerate(rows[0]) if name in ("Parent IRI", "Equivalent")]
    classes = {_panet_code(row[1]): row for row in rows[3:] if row[7] == "owl:Class" and row[2].strip()}
    by_label = {row[2].strip(): code for code, row in reversed(classes.items())}
    parents: dict[str, list[str]] = {code: [] for code in classes}
    features: dict[str, tuple[str, str]] = {}
    for code, row in classes.items():
        for cell in filter(None, (row[index].strip() for index in heads)):
            match = _ROBOT_FEATURE.fullmatch(cell)
            name = (match[2] if match else cell).strip("'")
            named = by_label.get(name, _panet_code(name))
            if match is not None:
                features[code] = (match[1], named)
            elif named in classes:
                parents[code].append(named)
    for code, feature in features.items():
        parents[code] += _broader_features(code, *feature, features, parents)
    roots = {code for code in features if not parents[code]}
    techniques = {code for code in classes if _leads_to(code, parents, roots)}
    yield _Found("PaNET00001", classes["PaNET00001"][2], base + "PaNET00001").concept()
    for code in sorted(techniques):
        yield _Found(
            code,
            classes[code][2].strip(),
            base + code,
            broader=[one for one in parents[code] if one in techniques] or ["PaNET00001"],
            alternatives=[one.strip() for one in classes[code][3:5] if one.strip()],
        ).concept()


def _panet_code(text: str) -> str:
    return text.removeprefix(_PANET).removeprefix("PaNET:").strip()


def _broader_features(
    code: str,
    role: str,
    feature: str,
    features: Mapping[str, tuple[str, str]],
    parents: Mapping[str, list[str]],
) -> list[str]:
    """The nearest classes that are defined by the same role and a broader feature."""
    nearest: list[str] = []
    waiting = list(parents.get(feature, ()))
    seen: set[str] = set()
    while waiting:
        above = waiting.pop(0)
        found = [one for one, named in features.items() if named == (role, above) and one != code]
        nearest += found
        if not found and above not in seen:
            waiting += parents.get(above, ())
        seen.add(above)
    return nearest


def _leads_to(code: str, parents: Mapping[str, list[str]], roots: set[str]) -> bool:
    waiting, seen = [code], set()
    while waiting:
        one = waiting.pop()
        if one in roots:
            return True
        if one not in seen:
            seen.add(one)
            waiting += parents.get(one, ())
    return False


def read_ucd(data: bytes, base: str = "http://www.ivoa.net/rdf/UCD#") -> Iterator[Concept]:
    """The UCD list of the IVOA (EN-UCDlist): words with their place in a UCD (P, S, Q, E, V, C)."""
    del base
    codes: set[str] = set()
    for line in data.decode("utf-8-sig").splitlines():
        match = _UCD_LINE.match(line)
        if match is None:
            continue
        code = match[2]
        above = code.rpartition(".")[0]
        while above and above not in codes:
            above = above.rpartition(".")[0]
        codes.add(code)
        yield _Found(code, code, broader=[above] if above else [], values={"place": match[1]}).concept()


def read_b2find(data: bytes, base: str = "") -> Iterator[Concept]:
    """B2FIND's list of disciplines: «number#parent#label»."""
    del base
    entries = re.findall(r'"([\d.]+)#([^#"]*)#([^"]*)"', data.decode("utf-8-sig"))
    codes = {code for code, _, _ in entries}
    for code, _, label in entries:
        above = code.rpartition(".")[0]
        while above and above not in codes:
            above = above.rpartition(".")[0]
        yield _Found(code, label.strip(), broader=[above] if above else []).concept()


def read_spdx(data: bytes, base: str = "https://spdx.org/licenses/") -> Iterator[Concept]:
    """The SPDX License List as JSON (licenses.json)."""
    try:
        listed = json.loads(data)["licenses"]
    except (ValueError, KeyError, TypeError):
        raise NotReadable("It is no SPDX list: there is no array «licenses».") from None
    for one in listed:
        code = str(one["licenseId"])
        values = {}
        if one.get("isOsiApproved"):
            values["osi_approved"] = "yes"
        if one.get("isDeprecatedLicenseId"):
            values["deprecated"] = "yes"
        yield _Found(code, str(one["name"]), base + code, values=values).concept()


def read_iso639(data: bytes, base: str = "https://iso639-3.sil.org/code/") -> Iterator[Concept]:
    """The code table of ISO 639-3: Id, Part2b, Part2t, Part1, Scope, Language_Type, Ref_Name apart by tabs.

    The code is that of two letters where there is one, as BCP 47 has it.
    """
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter="\t")
    if not {"Id", "Part1", "Ref_Name"} <= set(rows.fieldnames or ()):
        raise NotReadable("It is no table of ISO 639-3: there are no columns «Id», «Part1» and «Ref_Name».")
    for row in rows:
        code = row["Part1"] or row["Id"]
        others = [one for one in (row["Id"], row.get("Part2t"), row.get("Part2b")) if one and one != code]
        yield _Found(code, row["Ref_Name"], base + row["Id"], alternatives=others).concept()


FORMS: Mapping[str, Callable[[bytes, str], Iterator[Concept]]] = {
    "ivoa": read_ivoa,
    "skos": read_skos,
    "panet": read_panet,
    "ucd": read_ucd,
    "b2find": read_b2find,
    "spdx": read_spdx,
    "iso639": read_iso639,
}
"""The forms in which vocabularies are published, by the name that `almagest vocab import` takes."""


def read_form(form: str, data: bytes, base: str) -> list[Concept]:
    """The concepts of a published file in one of the `FORMS`; raises `NotReadable`."""
    if form not in FORMS:
        raise NotReadable(f"There is no form «{form}»; there are {', '.join(FORMS)}.")
    try:
        concepts = joined(FORMS[form](data, base))
    except NotReadable:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, csv.Error) as error:
        why = " ".join(str(error).split())[:150]
        raise NotReadable(f"It is not of the form «{form}»: {why}") from None
    if not concepts:
        raise NotReadable(f"It holds no concepts in the form «{form}».")
    return concepts


def joined(concepts: Iterator[Concept]) -> list[Concept]:
    """Concepts that come twice under one code as one, and no broader concept that is not there."""
    found: dict[str, Concept] = {}
    for concept in concepts:
        known = found.get(concept.code)
        if known is not None:
            labels = (*known.alternatives, concept.label, *concept.alternatives)
            concept = replace(
                known,
                broader=tuple(dict.fromkeys(known.broader + concept.broader)),
                alternatives=tuple(one for one in dict.fromkeys(labels) if one != known.label),
                matches=tuple(dict.fromkeys(known.matches + concept.matches)),
            )
        found[concept.code] = concept
    return [
        replace(
            concept, broader=tuple(one for one in concept.broader if one in found and one != concept.code)
        )
        for concept in found.values()
    ]
