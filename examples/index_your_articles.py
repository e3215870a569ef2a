"""Your own documents beside ours: indexed once, then found and cited like the rest.

python examples/index_your_articles.py notes/
"""

import sys
from pathlib import Path

from assistant import Assistant
from assistant.knowledge.build import add_files

with Assistant() as assistant:
    indexed = add_files(assistant.index, [Path(sys.argv[1])])
    print(f"{indexed.changes.added} passages added, {indexed.changes.changed} changed")
    for reason in indexed.skipped:
        print(f"skipped: {reason}")

    query = sys.argv[2] if len(sys.argv) > 2 else "rules of our desk"
    for hit in assistant.search(query, 3):
        print(f"{hit.score:.2f} {hit.passage.title} ({hit.passage.url})")
