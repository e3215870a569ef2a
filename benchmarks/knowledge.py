"""Building an index beside the embedder's own rate, and a search at ten thousand passages.

python -m benchmarks.knowledge --public FOLDER     (a retrieval set in BEIR's layout)
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from assistant.evaluation.finding import read_public_set
from assistant.knowledge.documents import windows
from assistant.knowledge.index import open_index
from assistant.knowledge.search import search
from assistant.settings import Settings


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=1500)
    parser.add_argument("--passages", type=int, default=10_000)
    options = parser.parse_args()
    public = read_public_set(options.public)
    with tempfile.TemporaryDirectory() as scratch:
        index = open_index(Settings(data_dir=Path(scratch)))
        some = public.documents[: options.documents]
        texts = [
            text
            for document in some
            for passage in document.passages()
            for plain in [document.text[passage.start : passage.end]]
            for text in (f"{document.title}\n{plain}", *windows(plain))
        ]
        begun = time.perf_counter()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(index.embedder.embed, [[text] for text in texts]))
        alone = time.perf_counter() - begun
        begun = time.perf_counter()
        index.update(some)
        built = time.perf_counter() - begun
        print(f"{len(texts)} texts: embedder alone {alone:.1f} s, index {built:.1f} s")
        print(f"index build at {alone / built:.2f} of the embedder's own rate")
        more, count = [], 0
        for document in public.documents:
            if count >= options.passages:
                break
            more.append(document)
            count += len(document.passages())
        index.update(more)
        queries = list(public.queries.values())
        times = []
        for query in queries:
            begun = time.perf_counter()
            search(index, query, 8)
            times.append((time.perf_counter() - begun) * 1000)
        count = len(index.library.passage_ids())
        print(
            f"search at {count} passages: median {statistics.median(times):.2f} ms, "
            f"p99 {sorted(times)[int(len(times) * 0.99)]:.2f} ms, {len(times)} queries"
        )
        index.close()


if __name__ == "__main__":
    main()
