"""The schemas that a written VOResource must be valid by: the IVOA's beside the project, and our own
summaries of those that are not there (VORegistry, SimpleDALRegExt, the element of RegistryInterface)."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

OURS = Path(__file__).parent / "schemas"
_PLACE = re.compile(r'\s+schemaLocation="[^"]*"')


def vor_schema(shared: Path, folder: Path) -> etree.XMLSchema:
    """All schemas as one; ``folder`` is where copies without addresses are put."""
    standards = shared / "schemas" / "ivoa-std"
    names = (
        "VOResource-v1.3",
        "VODataService-v1.3",
        "TAPRegExt-v1.1",
        "StandardsRegExt-v1.1",
        "DocRegExt-v1.0",
    )
    paths = [*(standards / f"{name}.xsd" for name in names), *sorted(OURS.glob("*.xsd"))]
    imports = ""
    for path in paths:
        copy = folder / path.name
        copy.write_text(_PLACE.sub("", path.read_text("utf-8")), "utf-8")
        space = etree.parse(copy).getroot().get("targetNamespace")
        imports += f'<xs:import namespace="{space}" schemaLocation="{path.name}"/>'
    driver = folder / "all.xsd"
    driver.write_text(f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>')
    return etree.XMLSchema(etree.parse(driver))
