"""Published vocabularies become concepts with their hierarchy and matches; small files say how."""

from __future__ import annotations

from pathlib import Path

import pytest

from vocab.base import Concept, vocabulary
from vocab.published import (
    FORMS,
    NotReadable,
    joined,
    read_b2find,
    read_form,
    read_ivoa,
    read_panet,
    read_skos,
    read_spdx,
    read_ucd,
)
from vocab.tables import written
from vocab.updating import compared

IVOA = """\
light;1;Light;;
red;2;"Red; warm";A colour;skos:altLabel(crimson (deep)) skos:exactMatch(http://x.example/#red)
pink;3;Pink;;ivoasem:deprecated ivoasem:useInstead(red)
sound;1;Sound;;skos:broader(light)
"""


def by_code(concepts: list[Concept]) -> dict[str, Concept]:
    return {concept.code: concept for concept in concepts}


def test_ivoa_levels_and_relations() -> None:
    found = by_code(list(read_ivoa(IVOA.encode(), "http://www.ivoa.net/rdf/colour")))
    assert found["red"].label == "Red; warm"
    assert found["red"].broader == ("light",)
    assert found["red"].alternatives == ("crimson (deep)",)
    assert found["red"].matches == ("http://x.example/#red",)
    assert found["pink"].broader == ("red",)
    assert found["pink"].values == {"deprecated": "yes", "replaced_by": "red"}
    assert found["sound"].uri == "http://www.ivoa.net/rdf/colour#sound"
    assert found["sound"].broader == ("light",)


SKOS = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <http://v.example/#> .
:a skos:prefLabel "Alpha"@en, "Alef"@de ; skos:narrower :b ; skos:notation "1" .
:b skos:prefLabel "Beta" ; skos:altLabel "Bee" ; skos:exactMatch <http://w.example/b> .
<http://elsewhere.example/c> skos:prefLabel "Other" .
"""


def test_skos_hierarchy_in_both_directions() -> None:
    found = by_code(list(read_skos(SKOS.encode(), "http://v.example/")))
    assert sorted(found) == ["a", "b"]
    assert found["a"].label == "Alpha"
    assert set(found["a"].alternatives) == {"Alef"}
    assert found["a"].values == {"notation": "1"}
    assert found["b"].broader == ("a",)
    assert found["b"].matches == ("http://w.example/b",)


def test_what_is_no_rdf_is_refused() -> None:
    with pytest.raises(NotReadable, match="no RDF"):
        list(read_skos(b"@prefix : broken", "http://v.example/"))


def panet_table(*rows: tuple[str, str, str, str, str]) -> bytes:
    """Code, label, alternative, parent and equivalent as a ROBOT template."""
    heads = ["", "ID", "Label", "Alt Label 1", "Alt Label 2", "Definition", "Source", "RDF Type"]
    heads += ["Parent IRI"] * 7 + ["Equivalent"] * 3
    lines = [",".join(heads), "," * 17, "," * 17]
    for code, label, alternative, parent, equivalent in rows:
        cells = ["", f"http://purl.org/pan-science/PaNET/{code}", label, alternative, "", "", "", "owl:Class"]
        lines.append(",".join([*cells, parent, *[""] * 6, equivalent, "", ""]))
    return "\n".join(lines).encode()


def test_panet_knows_what_follows_from_definitions() -> None:
    data = panet_table(
        ("PaNET00001", "technique", "", "owl:Thing", ""),
        ("PaNET00002", "by probe", "", "", "('byprobe' some 'probe')"),
        ("PaNET1", "probe", "", "", ""),
        ("PaNET2", "light", "", "probe", ""),
        ("PaNET3", "x-ray", "", "light", ""),
        ("PaNET01001", "light technique", "", "", "('byprobe' some 'light')"),
        ("PaNET01002", "x-ray technique", "XT", "", "('byprobe' some PaNET:PaNET3)"),
        ("PaNET01003", "x-ray imaging", "", "x-ray technique", "PaNET:PaNET01001"),
    )
    found = by_code(list(read_panet(data)))
    assert sorted(found) == ["PaNET00001", "PaNET00002", "PaNET01001", "PaNET01002", "PaNET01003"]
    assert found["PaNET00002"].broader == ("PaNET00001",)
    assert found["PaNET01001"].broader == ("PaNET00002",)
    assert found["PaNET01002"].broader == ("PaNET01001",)
    assert found["PaNET01002"].alternatives == ("XT",)
    assert found["PaNET01003"].broader == ("PaNET01002", "PaNET01001")


def test_lists_of_words_disciplines_and_licences() -> None:
    words = by_code(list(read_ucd(b"#list\nS | em           | light\nS | em.X-ray.soft | soft\n")))
    assert words["em.X-ray.soft"].broader == ("em",)
    assert words["em"].values == {"place": "S"}
    fields = by_code(list(read_b2find(b'{"disciplines": ["1#All#All", "1.1#All#Physics"]}')))
    assert (fields["1.1"].label, fields["1.1"].broader) == ("Physics", ("1",))
    licences = list(read_spdx(b'{"licenses": [{"licenseId": "X-1", "name": "X", "isOsiApproved": true}]}'))
    assert licences[0].uri == "https://spdx.org/licenses/X-1"
    with pytest.raises(NotReadable, match="no SPDX list"):
        list(read_spdx(b"[]"))


def test_a_code_that_comes_twice_is_one_concept() -> None:
    twice = [
        Concept(code="a", label="A", broader=("gone", "b")),
        Concept(code="b", label="B"),
        Concept(code="a", label="Aa", alternatives=("AA",)),
    ]
    found = by_code(joined(iter(twice)))
    assert found["a"].broader == ("b",)
    assert found["a"].alternatives == ("Aa", "AA")
    text = written({"title": "T"}, found.values())
    assert text.splitlines()[:2] == ["# title: T", "code\tlabel\turi\tbroader\talternatives\tmatches"]
    with pytest.raises(ValueError, match="comes twice"):
        written({}, twice)
    with pytest.raises(ValueError, match="is not there"):
        written({}, twice[:2])


@pytest.mark.corpus
def test_what_is_packaged_is_what_was_published(shared: Path) -> None:
    """Tables that can be updated are at the state that stands beside the project, own additions apart."""
    ivoa = {
        "messengers": "messenger",
        "product_types": "product-type",
        "object_types": "object-type",
        "time_scales": "timescale",
        "datalink": "datalink/core",
        "observation_facilities": "facility",
    }
    files = {name: f"ivoa/{folder}/terms.csv" for name, folder in ivoa.items()}
    files |= {"uat": "ivoa/uat/uat.skos", "techniques": "panet/PaNET.csv", "ucd": "ucd/ucd-list.txt"}
    files |= {"disciplines": "b2find/b2find_disciplines.json", "licences": "spdx/licenses.json"}
    files |= {"coar_resource_types": "coar/resource_types.nt"}
    for name, file in files.items():
        form, _, base = vocabulary(name).about["form"].partition(" ")
        update = compared(vocabulary(name), read_form(form, (shared / "vocab" / file).read_bytes(), base))
        assert (update.changed, update.gone) == ((), ()), name
        assert len(update.new) <= 1, name


@pytest.mark.corpus
def test_every_concept_of_coar_has_its_kind_or_is_unlike_all(shared: Path) -> None:
    unlike = {
        "542X-3S04",
        "BW7T-YM2G",
        "JBNF-DYAD",
        "F8RT-TJK0",
        "GSZA-Y7V7",
        "H6QP-SC1X",
        "c_12cc",
        "c_26e4",
    }
    types = vocabulary("resource_types")
    unknown = {one.code for one in vocabulary("coar_resource_types") if types.lookup(one.uri or "") is None}
    assert unknown == unlike


def test_what_is_not_of_a_form_is_told() -> None:
    for form in FORMS:
        for data in (b"", b"<html>502</html>", b"\xff\xfe\x00", b"[1, 2]", b"{}"):
            with pytest.raises(NotReadable):
                read_form(form, data, "http://v.example/")
    with pytest.raises(NotReadable, match="ivoa"):
        read_form("xls", b"", "")


def test_languages_of_iso_639_3() -> None:
    table = (
        "Id\tPart2b\tPart2t\tPart1\tScope\tLanguage_Type\tRef_Name\tComment\n"
        "deu\tger\tdeu\tde\tI\tL\tGerman\t\ngsw\tgsw\tgsw\t\tI\tL\tSwiss German\t\n"
    )
    base = "https://iso639-3.sil.org/code/"
    found = {one.code: one for one in read_form("iso639", table.encode(), base)}
    assert found["de"].alternatives == ("deu", "ger")
    assert (found["gsw"].label, found["gsw"].uri) == ("Swiss German", base + "gsw")
    with pytest.raises(NotReadable, match="ISO 639-3"):
        read_form("iso639", b"code\tlabel\n", base)
