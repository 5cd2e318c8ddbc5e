"""A process that writes the embedded graph in PATH until it is killed.

``python -m tests.catalogue.graph_writer PATH``.  Each version replaces all records, in two steps, and
is the position when it is settled.
"""

from __future__ import annotations

import sys
from pathlib import Path

from catalogue.graph_embedded import EmbeddedGraph
from tests.catalogue.graph_engines import records

COUNT = 60


def main() -> None:
    """Go on behind what is there, and tell each version that is settled."""
    graph = EmbeddedGraph(Path(sys.argv[1]))
    version = graph.position()
    while True:
        version += 1
        for start in (0, COUNT // 2):
            graph.apply(records(start, start + COUNT // 2, version), version)
        graph.settle()
        print(version, flush=True)


if __name__ == "__main__":
    main()
