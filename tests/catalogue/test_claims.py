"""The list of claims: what records say to be, and is here as something else."""

from __future__ import annotations

import pytest

from catalogue.claims import Claim, open_claims
from catalogue.curation import Curation
from catalogue.errors import NotFound
from catalogue.record import record_id
from catalogue.store import Store
from tests.catalogue.three_sources import live, put

AX, BX, BY, CX = (record_id(*pair) for pair in (("a", "x"), ("b", "x"), ("b", "y"), ("c", "x")))


def claims(store: Store, source: str | None = None) -> list[Claim]:
    return list(open_claims(store.database, source=source))


def test_an_alternate_identifier_that_is_anothers_own(three_sources: Store) -> None:
    put(three_sources, "a", x="First d1")
    put(three_sources, "b", x="Second ~d1 d2", y="Third ~d9")
    assert claims(three_sources) == [
        Claim(
            id=BX,
            title="Second",
            kind="alternate",
            identifier="doi:10.5072/d1",
            target=AX,
            target_title="First",
        )
    ]
    assert claims(three_sources, "b") == claims(three_sources)
    assert claims(three_sources, "a") == []


def test_it_leads_to_the_product_and_ends_with_a_decision(three_sources: Store) -> None:
    put(three_sources, "a", x="First d1")
    put(three_sources, "c", x="Same d1")
    put(three_sources, "b", x="Second ~d1")
    (product,) = (change.id for change in live(three_sources) if change.members)
    found = claims(three_sources)
    assert {claim.target for claim in found} == {product}
    curation = Curation(three_sources.database)
    decision = curation.join([BX, product], by="Vera")
    assert claims(three_sources) == []
    curation.undo(decision.number, by="Vera")
    assert claims(three_sources) == found
    curation.join([BX, product], by="Vera")
    curation.split([BX], by="Vera")
    assert claims(three_sources) == [], "a curator has looked at it"


def test_what_is_withdrawn_is_claimed_no_more(three_sources: Store) -> None:
    put(three_sources, "a", x="First d1")
    put(three_sources, "b", x="Second ~d1")
    put(three_sources, "a", x="")
    assert claims(three_sources) == []
    with pytest.raises(NotFound):
        three_sources.source_number("nobody")
