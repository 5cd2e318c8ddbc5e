"""Records that vanish: withdrawn when that is sure, and never too many at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalogue.opening import Catalogue
from tests.harvesters.misbehaving import Server, some
from tests.harvesters.outcomes import RunOnce, counts, ids, live


def test_fewer_records_than_announced_make_the_run_partial_and_withdraw_nothing(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run(options={"grace": "0", "shrink": "1"})
    del server.repository.items[20:]
    server.repository.announced = 25
    done = run(full=True)
    assert done.status == "partial"
    assert (done.error or "").startswith("Incomplete: 20 of 25 records came; nothing was withdrawn;")
    assert len(live(catalogue)) == 25


def test_vanished_records_are_withdrawn_after_their_grace(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run()
    del server.repository.items[:3]
    done = run(full=True)
    assert (done.status, counts(done)) == ("succeeded", {"fetched": 22, "unchanged": 22})
    assert len(live(catalogue)) == 25
    catalogue.sources.change(replace(catalogue.sources.get("test"), options={"grace": "0"}))
    done = run(full=True)
    assert counts(done) == {"fetched": 22, "unchanged": 22, "deleted": 3}
    assert catalogue.sources.runs("test")[0].deleted == 3
    assert live(catalogue) == ids(*range(3, 25))
    server.repository.items = some(25)
    assert counts(run(full=True)) == {"fetched": 25, "created": 3, "unchanged": 22}


def test_a_record_that_comes_back_within_its_grace_is_forgiven(
    run: RunOnce, catalogue: Catalogue, server: Server
) -> None:
    run()
    del server.repository.items[:3]
    run(full=True)
    server.repository.items = some(25)
    run(full=True)
    catalogue.sources.change(replace(catalogue.sources.get("test"), options={"grace": "0.00001"}))
    del server.repository.items[:3]
    assert run(full=True).deleted == 0


@pytest.mark.parametrize("left", [0, 10, 19])
def test_a_source_that_shrinks_suddenly_is_a_failed_harvest(
    run: RunOnce, catalogue: Catalogue, server: Server, left: int
) -> None:
    run(options={"grace": "0"})
    del server.repository.items[left:]
    done = run(full=True)
    assert done.status == "failed"
    assert done.error is not None
    assert f"{25 - left} of 25 records are no longer in the source's list" in done.error
    assert "refusing to withdraw them" in done.error
    assert "«almagest harvest test --full»" in done.error
    assert len(live(catalogue)) == 25
    # The list was incomplete only for a while: the next harvest reads it again from its beginning.
    server.repository.items = some(25)
    assert counts(run(full=True)) == {"fetched": 25, "unchanged": 25}


def test_an_operator_may_allow_it(run: RunOnce, catalogue: Catalogue, server: Server) -> None:
    run(options={"grace": "0"})
    del server.repository.items[5:]
    assert run(full=True).status == "failed"
    catalogue.sources.change(replace(catalogue.sources.get("test"), options={"grace": "0", "shrink": "1"}))
    done = run(full=True)
    assert (done.status, done.deleted) == ("succeeded", 20)
    assert live(catalogue) == ids(*range(5))


def test_an_incremental_harvest_withdraws_nothing(run: RunOnce, catalogue: Catalogue, server: Server) -> None:
    run(options={"grace": "0", "shrink": "1"})
    server.repository.items = some(1)
    assert run().deleted == 0
    assert len(live(catalogue)) == 25


def test_a_full_list_is_read_again_at_an_interval(run: RunOnce, catalogue: Catalogue) -> None:
    assert run(options={"full-every": "0.0000000001"}).full
    assert run().full
    catalogue.sources.change(replace(catalogue.sources.get("test"), options={}))
    run()
    assert not run().full
