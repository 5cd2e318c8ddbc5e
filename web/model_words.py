"""The words of the model that pages show: kinds, rights, roles, relations, names of fields.

Records hold them in English; the filters ``spoken`` and ``words`` say them in the language of the page.
Here they stand so that they are found as messages.
"""

from __future__ import annotations

from web.languages import N_

KINDS = (
    N_("dataset"), N_("collection"), N_("service"), N_("software"), N_("workflow"), N_("publication"),
    N_("instrument"), N_("facility"), N_("sample"), N_("project"), N_("organisation"), N_("repository"),
    N_("standard"), N_("event"), N_("image"), N_("lesson"), N_("document"), N_("other"),
    N_("Dataset"), N_("Collection"), N_("Service"), N_("Software"), N_("Workflow"), N_("Publication"),
    N_("Instrument"), N_("Facility"), N_("Sample"), N_("Project"), N_("Organisation"), N_("Repository"),
    N_("Standard"), N_("Event"), N_("Image"), N_("Lesson"), N_("Document"), N_("Other"),
)  # fmt: skip

ACCESS = (
    N_("open"), N_("embargoed"), N_("restricted"), N_("closed"), N_("metadata only"),
    N_("Open"), N_("Embargoed"), N_("Restricted"), N_("Closed"), N_("Metadata only"),
)  # fmt: skip

TOLD = (
    N_("Description"), N_("Creators"), N_("Creators with ORCID"), N_("Publisher"), N_("Date of publication"),
    N_("Subjects"), N_("Licence"), N_("Access right"), N_("Files"), N_("Services"), N_("Region of the sky"),
    N_("Time of observation"), N_("Energy"), N_("Place on Earth"), N_("Facility or instrument"),
    N_("Technique"), N_("Parameters or tables"), N_("Relations"), N_("Funding"),
)  # fmt: skip

DATES = (
    N_("created"), N_("issued"), N_("updated"), N_("available"), N_("collected"), N_("valid"),
    N_("withdrawn"),
    N_("accepted"), N_("submitted"), N_("copyrighted"),
)  # fmt: skip

MATCHES = (N_("exact"), N_("broader"), N_("narrower"))

IDENTIFIERS = (N_("own"), N_("alternate"), N_("version of concept"))

TEXTS = (
    N_("abstract"), N_("methods"), N_("series information"), N_("table of contents"),
    N_("technical info"), N_("technical information"), N_("notes"), N_("readme"), N_("summary"),
)  # fmt: skip

ROLES = (
    N_("contact person"), N_("contact"), N_("data collector"), N_("data curator"), N_("data manager"),
    N_("distributor"), N_("editor"), N_("hosting institution"), N_("producer"), N_("project leader"),
    N_("project manager"), N_("project member"), N_("registration agency"), N_("registration authority"),
    N_("related person"), N_("research group"), N_("researcher"), N_("rights holder"), N_("sponsor"),
    N_("supervisor"), N_("translator"), N_("work package leader"), N_("maintainer"),
)  # fmt: skip

RELATIONS = (
    N_("cites"), N_("collects"), N_("compiles"), N_("continues"), N_("describes"), N_("documents"),
    N_("has metadata"), N_("has part"), N_("has translation"), N_("has version"), N_("is cited by"),
    N_("is collected by"), N_("is compiled by"), N_("is continued by"), N_("is derived from"),
    N_("is described by"), N_("is documented by"), N_("is identical to"), N_("is metadata for"),
    N_("is new version of"), N_("is obsoleted by"), N_("is original form of"), N_("is part of"),
    N_("is previous version of"), N_("is published in"), N_("is referenced by"), N_("is related to"),
    N_("is required by"), N_("is reviewed by"), N_("is served by"), N_("is service for"), N_("is source of"),
    N_("is supplement to"), N_("is supplemented by"), N_("is translation of"), N_("is variant form of"),
    N_("is version of"), N_("obsoletes"), N_("references"), N_("requires"), N_("reviews"),
)  # fmt: skip

FIELDS = (
    N_("kind"), N_("titles"), N_("provenance"), N_("identifiers"), N_("descriptions"), N_("creators"),
    N_("contributors"), N_("publisher"), N_("dates"), N_("languages"), N_("version"), N_("sizes"),
    N_("formats"), N_("type label"), N_("processing level"), N_("subjects"), N_("rights"), N_("access"),
    N_("funding"), N_("relations"), N_("coverage"), N_("messengers"), N_("facilities"), N_("instruments"),
    N_("techniques"), N_("experiments"), N_("samples"), N_("proposals"), N_("targets"), N_("parameters"),
    N_("tables"), N_("capabilities"), N_("distributions"), N_("environment"), N_("quality"), N_("extra"),
)  # fmt: skip

STATES = (
    N_("new"), N_("running"), N_("succeeded"), N_("partial"), N_("failed"), N_("interrupted"),
    N_("harvest"), N_("answered"),
)  # fmt: skip

FACETS = (
    N_("type"), N_("source"), N_("subject"), N_("creator"), N_("licence"), N_("technique"), N_("messenger"),
    N_("year"), N_("has"),
)  # fmt: skip

FORMS = (
    N_("Unified JSON"), N_("Citation in words"), N_("Author and date"), N_("As physicists number them"),
    N_("VOResource of the International Virtual Observatory Alliance"),
    N_("DataCite 4.6 in DataCite's OAI wrapper"), N_("EUDAT Core, which B2FIND harvests"),
    N_("RO-Crate metadata"), N_("ADS tagged text"),
)  # fmt: skip

TARGETS = (N_("Virtual Observatory"),)

PERIODS = (N_("daily"), N_("weekly"))

STEPS = (
    N_("session"), N_("group"), N_("product"), N_("alias"), N_("job"), N_("begun"), N_("ended"), N_("added"),
    N_("removed"), N_("changed"), N_("paused"), N_("resumed"), N_("cancelled"), N_("asked for"),
)  # fmt: skip
