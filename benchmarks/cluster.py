"""What a record costs an Elasticsearch: bytes, and CPU of cluster and client, to index and to search.

``python -m benchmarks.cluster --elasticsearch URL [--records 100000] [--shards 1]``

The figures of docs/scaling.md.  The cluster should have nothing else to do: its CPU time is that of its
nodes as they count it themselves, heap and page cache included.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import urllib.request
from typing import Any

from benchmarks.search import CONES, COVERED, FACETS, QUERIES, changes, percentile
from catalogue.cluster import PUBLIC, Spread
from catalogue.index import Index, Query
from catalogue.indexing import open_index

ROUNDS = 3


def asked(url: str, path: str, method: str = "GET") -> Any:
    """The JSON answer of the cluster to a question beside the index."""
    request = urllib.request.Request(f"{url}/{path}", method=method)
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.load(answer)


def cluster_cpu(url: str) -> float:
    """CPU seconds that the nodes have used since they were started."""
    nodes = asked(url, "_nodes/stats/process")["nodes"].values()
    return sum(node["process"]["cpu"]["total_in_millis"] for node in nodes) / 1000


def heap(url: str) -> int:
    """Bytes of heap in use on all nodes."""
    nodes = asked(url, "_nodes/stats/jvm")["nodes"].values()
    return sum(int(node["jvm"]["mem"]["heap_used_in_bytes"]) for node in nodes)


def tell(name: str, **figures: float) -> None:
    """One line of JSON."""
    rounded = {key: round(value, 3) for key, value in figures.items()}
    print(json.dumps({"benchmark": "cluster", "name": name} | rounded), flush=True)


def fill(index: Index, url: str, alias: str, count: int) -> None:
    """Bring all records into the index, and see what that cost and how large it is."""
    before, client, wall = cluster_cpu(url), 0.0, 0.0
    for batch in changes(count):
        begun = time.process_time(), time.perf_counter()
        index.apply(batch)
        client, wall = client + time.process_time() - begun[0], wall + time.perf_counter() - begun[1]
    tell("indexed", records=count, client_cpu_s=client, cluster_cpu_s=cluster_cpu(url) - before, wall_s=wall)
    for state in ("as written", "merged"):
        if state == "merged":
            before = cluster_cpu(url)
            asked(url, f"{alias}-*/_forcemerge?max_num_segments=1", "POST")
            tell("merging to one segment", cluster_cpu_s=cluster_cpu(url) - before)
        asked(url, f"{alias}-*/_flush", "POST")
        total = asked(url, f"{alias}-*/_stats/store,docs")["_all"]["primaries"]
        size = total["store"]["size_in_bytes"]
        tell(f"size, {state}", documents=total["docs"]["count"], bytes_a_record=size / count)


def search(index: Index, url: str, name: str, queries: tuple[dict[str, Any], ...], facets: Any) -> None:
    """Ask all queries some times: CPU a search of cluster and client, and how long it took."""
    before, begun, times = cluster_cpu(url), time.process_time(), []
    for _ in range(ROUNDS):
        for values in queries:
            start = time.perf_counter()
            index.search(Query(**values, counts=facets))
            times.append((time.perf_counter() - start) * 1000)
    count = len(times)
    tell(
        name,
        searches=count,
        client_cpu_ms=(time.process_time() - begun) * 1000 / count,
        cluster_cpu_ms=(cluster_cpu(url) - before) * 1000 / count,
        p50_ms=statistics.median(times),
        p95_ms=percentile(times, 0.95),
    )


def main() -> None:
    """Fill, weigh, ask; the index is left for a look at it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--elasticsearch", metavar="URL", required=True)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--shards", type=int, default=1)
    options = parser.parse_args()
    url, alias = options.elasticsearch.rstrip("/"), f"bench{int(time.time())}"
    index = open_index(f"{url}/{alias}", "", PUBLIC, Spread(shards=options.shards, replicas="0"))
    tell("before", heap_mb=heap(url) / 1e6)
    fill(index, url, alias, options.records)
    search(index, url, "searches with 8 facets", QUERIES, FACETS)
    search(index, url, "searches without facets", QUERIES, ())
    search(index, url, "cones on the sky", CONES, ())
    search(index, url, "time, energy, parameters", COVERED, ())
    tell("after", heap_mb=heap(url) / 1e6)
    index.close()


if __name__ == "__main__":
    main()
