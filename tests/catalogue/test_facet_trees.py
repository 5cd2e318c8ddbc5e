"""What stands above the values of a facet: a tree with counts, on every engine."""

from __future__ import annotations

from catalogue.facet_trees import Forest
from catalogue.index import Count, Query
from catalogue.record import Term
from tests.catalogue.index_engines import change, engine, found
from vocab.base import vocabulary

__all__ = ["engine"]


def _concept(label: str) -> Term:
    concept = vocabulary("uat").lookup(label)
    assert concept is not None
    return Term(label=concept.label, uri=vocabulary("uat").uri_of(concept))


def test_values_stand_under_what_they_have_in_common(engine):
    index = engine()
    subjects = ("Spiral galaxies", "Elliptical galaxies", "Dark matter", "Gravitational waves")
    told = [*map(_concept, subjects), _concept("Spiral galaxies"), Term(label="beam")]
    index.apply([change(n, subjects=(term,)) for n, term in enumerate(told, 1)])
    plain = index.search(Query(counts=("subject",))).facets["subject"]
    assert {count.broader for count in plain} == {()} and len(plain) == 5
    tree = {
        count.value: count for count in index.search(Query(counts=("subject",), trees=True)).facets["subject"]
    }
    assert set(tree) > {count.value for count in plain}
    assert tree["beam"].broader == ()
    for count in tree.values():
        assert set(count.broader) <= set(tree)
        # Whoever chooses a concept of the tree finds as many as it says.
        assert len(found(index, facets={"subject": (count.value,)})) == count.count
        for parent in count.broader:
            assert tree[parent].count >= count.count
    (galaxies,) = set(tree["spiral galaxies"].broader) & set(tree["elliptical galaxies"].broader)
    assert tree[galaxies].count == 3 and tree[galaxies].uri == _concept("Galaxies").uri
    tops = [count for count in tree.values() if not count.broader and count.uri]
    assert {count.label for count in tops} <= {c.label for c in vocabulary("uat") if not c.broader}


def test_a_choice_in_the_facet_does_not_cut_its_tree(engine):
    index = engine()
    index.apply(
        [change(n, subjects=(_concept(name),)) for n, name in enumerate(("Galaxies", "Dark matter"), 1)]
    )
    whole = index.search(Query(counts=("subject",), trees=True)).facets
    chosen = Query(counts=("subject",), trees=True, facets={"subject": ("galaxies",)})
    assert index.search(chosen).facets == whole


def test_few_concepts_are_added():
    counts = [
        Count(
            value=concept.label.casefold(),
            label=concept.label,
            count=1,
            uri=vocabulary("uat").uri_of(concept),
        )
        for concept in list(vocabulary("uat"))[:1000]
    ]
    assert len(Forest(counts).added) <= 30
