"""Addresses of RDF: their endings are no part of a name."""

from __future__ import annotations

import pytest

from catalogue.errors import SettingsError
from catalogue.sources import ENDINGS, Source, check_source
from web.rdf_documents import SYNTAXES, of_name


def test_no_source_is_called_as_the_address_of_another_ends() -> None:
    assert set(ENDINGS) == {f".{one.suffix}" for one in SYNTAXES}
    for ending in ENDINGS:
        with pytest.raises(SettingsError, match="cannot be a source's name"):
            check_source(Source(name=f"lab{ending}", kind="oai-pmh", url="http://x/"))
        name, syntax = of_name(f"lab{ending}")
        assert name == "lab" and syntax is not None and ending == f".{syntax.suffix}"
    check_source(Source(name="lab.ttlx", kind="oai-pmh", url="http://x/"))
    assert of_name("lab.ttlx") == ("lab.ttlx", None)
