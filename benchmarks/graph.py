"""How fast the RDF graph is: loading, replacing, snapshots and queries, on both engines.

``python -m benchmarks.graph [--records 100000] [--fuseki URL]``

The records are those of the search benchmark; vocabularies and catalogue stand beside them.  Each query is
asked `ROUNDS` times, if that is quick, by way of the process in which it runs; typical ones are what a page
or a program asks about some records, those of the gallery (web/questions) look at the whole graph.  The CPU
time of Fuseki is that of its own process; it is given the records by SPARQL Update, as any server is.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.generate import records as generated
from benchmarks.measure import Measurement, emit
from benchmarks.search import changes, percentile, size_of
from catalogue.errors import GraphError
from catalogue.graph import Asked, Graph, NamedGraph
from catalogue.graph_following import open_graph
from catalogue.opening import Catalogue
from catalogue.record import record_id
from catalogue.settings import load_settings
from mappings.graph_record import describe
from mappings.graph_vocabulary import without_concepts
from web.graph_catalog import standing
from web.sparql_questions import questions

BASE = "http://localhost:8080"
ROUNDS = 3
_LONG = 2000
"""Milliseconds after which a query is not asked again."""
REPLACED = 100
SNAPSHOTS = 5
_PREFIXES = f"""PREFIX alm: <{BASE}/terms#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <http://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
_JSON = "application/sparql-results+json"
_DOI = "<https://doi.org/10.5072/bench.00000123>"


def typical(record: str) -> dict[str, str]:
    """What a page or a program asks about some records, by name; ``record`` is the id of one."""
    thing, document = f"<{BASE}/id/records/{record}>", f"<{BASE}/records/{record}>"
    image = "<http://purl.org/coar/resource_type/c_c513>"
    return {
        "describe a thing": f"DESCRIBE {thing}",
        "all of a record": f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {document} {{ ?s ?p ?o }} }}",
        "a title": f"SELECT ?title {{ {thing} dct:title ?title }}",
        "what has a DOI": f"SELECT ?thing ?title {{ ?thing owl:sameAs {_DOI} ; dct:title ?title }}",
        "whether a DOI is here": f"ASK {{ ?thing owl:sameAs {_DOI} }}",
        "what relates to a DOI": f"SELECT ?thing ?how {{ ?thing ?how {_DOI} }}",
        "what it relates to, if here": (
            f"SELECT ?other ?title {{ {thing} dct:relation ?name . ?other owl:sameAs ?name ; "
            "dct:title ?title }"
        ),
        "two steps of relations": (
            f"SELECT DISTINCT ?far {{ {thing} dct:relation/^owl:sameAs/dct:relation ?far }} LIMIT 50"
        ),
        "creators of a thing": f"SELECT ?name {{ {thing} dct:creator/foaf:name ?name }}",
        "works of a creator": (
            'SELECT ?title { ?who foaf:name "García, Anna" . ?thing dct:creator ?who ; dct:title ?title } '
            "LIMIT 20"
        ),
        "works with a keyword": (
            'SELECT ?thing ?title { ?thing dcat:keyword "galaxy" ; dct:title ?title } LIMIT 20'
        ),
        "a keyword and a type": (
            f'SELECT ?thing {{ ?thing dcat:keyword "pulsar" ; dct:type {image} }} LIMIT 20'
        ),
        "images with a licence": (
            f"SELECT ?thing ?title {{ ?thing dct:type {image} ; dct:title ?title ; "
            "dct:license <https://spdx.org/licenses/MIT> } LIMIT 20"
        ),
        "a title with or without issue": (
            f"SELECT ?title ?issued {{ ?thing dct:type {image} ; dct:title ?title "
            "OPTIONAL { ?thing dct:issued ?issued } } LIMIT 20"
        ),
        "issued on a day": ('SELECT ?thing { ?thing dct:issued "2005-06-06"^^xsd:date } LIMIT 20'),
        "where it comes from": (
            f"SELECT ?source ?modified {{ {document} prov:wasDerivedFrom ?origin . "
            "?origin dct:isPartOf ?source ; dct:modified ?modified }"
        ),
        "a parameter in a range": (
            'SELECT ?thing ?value { ?parameter schema:name "photon_energy" ; schema:value ?value . '
            "?thing schema:variableMeasured ?parameter FILTER (?value > 66 && ?value < 66.5) } LIMIT 20"
        ),
        "narrower concepts": (
            'SELECT ?label { ?wide skos:prefLabel "small angle scattering" . ?narrow skos:broader+ ?wide ; '
            "skos:prefLabel ?label }"
        ),
        "matches of a concept": (
            'SELECT ?other { ?concept skos:prefLabel "galaxies" . '
            "?concept skos:exactMatch|skos:closeMatch ?other }"
        ),
        "sources and their sizes": "SELECT ?source ?count { ?source alm:recordCount ?count }",
        "the state of the graph": "SELECT ?p ?o { <urn:x-almagest:graph> ?p ?o }",
    }


class Source:
    """The batches of a build, with what it costs to make them: none of that is loading."""

    def __init__(self, catalogue: Catalogue, count: int) -> None:
        self._catalogue = catalogue
        self._count = count
        self.statements = 0
        self.describing = 0.0
        """CPU seconds of making statements."""
        self.spent = 0.0
        """CPU seconds of all that happens here, such as the making of the records themselves."""

    def batches(self) -> Iterator[tuple[Sequence[NamedGraph], int]]:
        """The standing graphs, then the records."""
        entered = time.process_time()
        for graphs, position in self._made():
            self.statements += sum(one.statements.count(b"\n") for one in graphs)
            self.spent += time.process_time() - entered
            yield graphs, position
            entered = time.process_time()
        self.spent += time.process_time() - entered

    def _made(self) -> Iterator[tuple[list[NamedGraph], int]]:
        begun = time.process_time()
        graphs = list(standing(self._catalogue))
        self.describing += time.process_time() - begun
        yield graphs, 0
        for batch in changes(self._count):
            begun = time.process_time()
            graphs = [without_concepts(describe(change, BASE), BASE) for change in batch]
            self.describing += time.process_time() - begun
            yield graphs, batch[-1].sequence


def cpu_of(pid: int | None) -> float:
    """CPU seconds of a process so far; of none 0."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def server_at(url: str) -> int | None:
    """The process of the Fuseki that listens at an address of this machine; ``None`` elsewhere."""
    port = f"--port={urlsplit(url).port}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if port in words and words[0].endswith(b"java"):
            return int(process.name)
    return None


def fill(graph: Graph, engine: str, catalogue: Catalogue, count: int, server: int | None) -> float:
    """Build the graph of all records; CPU seconds of loading a statement."""
    source = Source(catalogue, count)
    ours, theirs, wall = time.process_time(), cpu_of(server), time.perf_counter()
    graph.rebuild(source.batches(), f"benchmark {BASE}")
    used = time.process_time() - ours - source.spent + cpu_of(server) - theirs
    wall = time.perf_counter() - wall
    told = f"{source.statements / count:.0f} a record"
    emit(Measurement("graph", f"{engine}: load quads", source.statements, used, wall, note=told))
    emit(Measurement("graph", f"{engine}: make and load quads", source.statements, used + source.describing))
    return used / source.statements


def replace(graph: Graph, count: int, server: int | None) -> dict[str, list[float]]:
    """Replace records: milliseconds by what was measured.

    First many in one session, in CPU time: of one half little has changed, the other says all anew.  Then
    one by one with a snapshot each, by the clock, and the snapshots in CPU time too.
    """
    graphs = [
        without_concepts(describe(change, BASE), BASE)
        for change in next(changes(count))[-2 * REPLACED :]
        if change.record
    ]
    position = graph.position()

    def now() -> tuple[float, float]:
        return time.perf_counter() * 1000, (time.process_time() + cpu_of(server)) * 1000

    def spent(changed: Sequence[NamedGraph]) -> float:
        begun = now()
        for one in changed:
            graph.apply([one], position)
        return (now()[1] - begun[1]) / len(changed)

    graph.apply(graphs[:1], position)
    many = {
        "a little changed record, CPU": [spent([touched(one) for one in graphs])],
        "a record replaced wholly, CPU": [spent([taken_over(*pair) for pair in pairwise(graphs)])],
    }
    graph.settle()
    found: dict[str, list[float]] = {name: [] for name in ("a session's first", "snapshot", "snapshot, CPU")}
    for one in graphs[:SNAPSHOTS]:
        begun = now()
        graph.apply([one], position)
        middle = now()
        graph.settle()
        end = now()
        found["a session's first"].append(middle[0] - begun[0])
        found["snapshot"].append(end[0] - middle[0])
        found["snapshot, CPU"].append(end[1] - middle[1])
    return {**many, **found}


def touched(graph: NamedGraph) -> NamedGraph:
    """The same with other dates of change."""
    changed = graph.statements.replace(b'terms/modified> "20', b'terms/modified> "19')
    return NamedGraph(name=graph.name, statements=changed)


def taken_over(graph: NamedGraph, other: NamedGraph) -> NamedGraph:
    """What another one says, said of this one."""
    mine, theirs = (one.name.rpartition("/")[2].encode() for one in (graph, other))
    return NamedGraph(name=graph.name, statements=other.statements.replace(theirs, mine))


def ask(graph: Graph, queries: Mapping[str, str]) -> tuple[dict[str, list[float]], list[str]]:
    """Milliseconds of each query, the first answer and the best of `ROUNDS`; those that failed."""
    found: dict[str, list[float]] = {}
    failed = []
    for name, text in queries.items():
        media_type = "text/turtle" if text.startswith(("DESCRIBE", "CONSTRUCT")) else _JSON
        asked = Asked(text=_PREFIXES + text, media_type=media_type)
        times = []
        try:
            while not times or (len(times) < ROUNDS and sum(times) < _LONG):
                begun = time.perf_counter()
                b"".join(graph.query(asked))
                times.append((time.perf_counter() - begun) * 1000)
        except GraphError as error:
            failed.append(f"{name}: {error}")
            continue
        found[name] = [times[0], min(times)]
    return found, failed


def report(engine: str, count: int, name: str, times: Sequence[float]) -> str:
    """One line of JSON, and one row of the table."""
    middle, high = statistics.median(times), percentile(times, 0.95)
    line = {"benchmark": "graph", "name": f"{engine}: {name}", "records": count}
    rounded = {"p50_ms": round(middle, 2), "p95_ms": round(high, 2), "max_ms": round(max(times), 2)}
    print(json.dumps(line | rounded), flush=True)
    return f"| {engine} | {name} | {middle:.1f} | {high:.1f} | {max(times):.1f} |"


def measure(engine: str, url: str, folder: Path, count: int) -> tuple[list[str], dict[str, float]]:
    """All figures of one engine: rows of the table, and those that engines are compared by."""
    settings = load_settings({"ALMAGEST_HOME": str(folder), "ALMAGEST_GRAPH_URL": url})
    catalogue = Catalogue(settings)
    graph, server = open_graph(settings), None if engine == "embedded" else server_at(url)
    compared = {"CPU µs to load a statement": fill(graph, engine, catalogue, count, server) * 1e6}
    size = graph.size()
    if engine == "embedded":
        bytes_ = size_of(folder / "graph")
        line = {"benchmark": "graph", "name": "embedded: size", "records": count, "statements": size}
        print(json.dumps(line | {"bytes_per_record": round(bytes_ / count), "bytes": bytes_}), flush=True)
    replaced = replace(graph, count, server)
    for name in ("a little changed record, CPU", "a record replaced wholly, CPU"):
        compared[f"{name} ms"] = replaced[name][0]
    rows = [report(engine, count, name, times) for name, times in replaced.items()]
    one = record_id("bench", next(generated(1)).identifier)
    gallery = {one.title: one.text for one in questions(BASE)}
    for kind, queries in (("typical", typical(one)), ("gallery", gallery)):
        times, failed = ask(graph, queries)
        for number, name in enumerate(("first answer", f"best of {ROUNDS}")):
            rows.append(
                report(engine, count, f"{kind} queries, {name}", [one[number] for one in times.values()])
            )
        compared[f"ms of a {kind} query (p50)"] = statistics.median(best for _, best in times.values())
        slowest = sorted(times.items(), key=lambda item: -item[1][1])[:5]
        told = {name: round(best, 1) for name, (_, best) in slowest}
        line = {"benchmark": "graph", "name": f"{engine}: {kind} queries", "asked": len(queries)}
        print(json.dumps(line | {"slowest_ms": told, "failed": failed}, ensure_ascii=False), flush=True)
        rows += [f"| {engine} | stopped: {fault} | | | |" for fault in failed]
    graph.close()
    catalogue.close()
    return rows, compared


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument(
        "--fuseki", metavar="URL", help="a dataset of a Fuseki to measure beside; it is emptied"
    )
    options = parser.parse_args()
    rows, compared = ["| engine | what | p50 ms | p95 ms | max ms |", "|---|---|---:|---:|---:|"], {}
    with tempfile.TemporaryDirectory() as folder:
        engines = {"embedded": f"embedded:{folder}/graph"}
        if options.fuseki:
            engines["fuseki"] = options.fuseki
        for engine, url in engines.items():
            more, compared[engine] = measure(engine, url, Path(folder), options.records)
            rows += more
    print("\n".join(rows))
    heads = " | ".join([*engines, *(["ratio"] if options.fuseki else [])])
    print(f"\n| compared | {heads} |\n|---|{'---:|' * (len(engines) + bool(options.fuseki))}")
    for name, value in compared["embedded"].items():
        others = [compared[engine][name] for engine in engines]
        ratio = [others[1] / value] if options.fuseki else []
        print(f"| {name} | {' | '.join(f'{one:.2f}' for one in [*others, *ratio])} |")


if __name__ == "__main__":
    main()
