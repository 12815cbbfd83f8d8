"""Exact search by usearch and by faiss, timed: search_speed.py --vectors FILE --dimension D --threads T

FILE holds float32 rows. Prints a line when it is ready, then answers each line of stdin, {"library": "usearch" or
"faiss", "queries": FILE, "k": K, "calls": N}, with the {"seconds": ...} of one of N calls.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import faiss
import numpy as np
from usearch.index import MetricKind, search


def say(content: dict[str, object]) -> None:
    print(json.dumps(content), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", required=True)
    parser.add_argument("--dimension", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    flags = parser.parse_args()
    vectors = np.fromfile(flags.vectors, dtype=np.float32).reshape(-1, flags.dimension)
    faiss.omp_set_num_threads(flags.threads)
    index = faiss.IndexFlatL2(flags.dimension)
    index.add(vectors)

    def found_by(library: str, queries: np.ndarray, k: int) -> None:
        if library == "faiss":
            index.search(queries, k)
            return
        asked = queries[0] if len(queries) == 1 else queries
        search(vectors, asked, k, MetricKind.L2sq, exact=True, threads=flags.threads)

    say({"ready": True})
    for line in sys.stdin:
        try:
            request = json.loads(line)
            queries = np.fromfile(request["queries"], dtype=np.float32).reshape(-1, flags.dimension)
            start = time.perf_counter()
            for _ in range(request["calls"]):
                found_by(request["library"], queries, request["k"])
            say({"seconds": (time.perf_counter() - start) / request["calls"]})
        except (ValueError, KeyError, TypeError) as error:
            say({"error": f"Answer {line.strip()!r}: {type(error).__name__}: {error}"})


main()
