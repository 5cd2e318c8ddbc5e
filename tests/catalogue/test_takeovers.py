"""How often a job was taken over, as long as it comes no further."""

from __future__ import annotations

from pathlib import Path

from catalogue.opening import Catalogue
from catalogue.settings import load_settings
from catalogue.takeovers import Takeovers


def test_takeovers_without_progress_are_counted_and_jobs_that_are_gone_forgotten(tmp_path: Path) -> None:
    catalogue = Catalogue(load_settings({"ALMAGEST_HOME": str(tmp_path)}))
    takeovers = Takeovers(catalogue.database)
    assert [takeovers.note(7, "page 1", {7}) for _ in range(3)] == [1, 2, 3]
    assert takeovers.note(8, "", {7, 8}) == 1
    assert takeovers.note(7, "page 2", {7, 8}) == 1
    assert [Takeovers(catalogue.database).note(8, "", {8}) for _ in range(2)] == [2, 3]
    # 7 was done meanwhile: were it there again, it would be counted anew.
    assert takeovers.note(7, "page 2", {7, 8}) == 1
    catalogue.close()
