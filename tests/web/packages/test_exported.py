"""Tables of a basket: astropy reads the VOTable and finds nothing to complain of."""

from __future__ import annotations

import io

from astropy.io.votable import parse_single_table, validate

from tests.web.packages.conftest import Filled
from web.packages.base import packaging_of


def test_the_votable_is_valid_and_has_a_row_for_each_record(filled: Filled) -> None:
    contents = filled((), ())
    packaging = packaging_of("votable")
    data = b"".join(packaging.pack(contents))
    complaints = io.StringIO()
    assert validate(io.BytesIO(data), complaints), complaints.getvalue()
    table = parse_single_table(io.BytesIO(data)).to_table()
    assert list(table["id"]) == [one.record.id for one in contents.taken]
    assert packaging.file_name == "basket.vot"
