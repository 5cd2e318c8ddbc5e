"""InvenioRDM JSON. Its reader takes the other dialect too, as one repository may give either."""

from __future__ import annotations

from mappings.base import Format
from mappings.invenio_document import split
from mappings.invenio_reading import read
from mappings.inveniordm_writing import write

FORMAT = Format(
    prefix="inveniordm",
    title="InvenioRDM JSON",
    media_type="application/vnd.inveniordm.v1+json",
    read=read,
    write=write,
    rank=90,
    suffix="inveniordm.json",
    split=split,
)
