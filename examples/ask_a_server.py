"""The same questions, asked of a server: `askcondor serve` starts one.

python examples/ask_a_server.py http://127.0.0.1:8000
"""

import asyncio
import sys

from assistant import HttpAssistant
from assistant.events import Delta

url = sys.argv[1]
with HttpAssistant(url) as assistant:
    print(assistant.ask("What is the expected move for spot 5800, IV 16 %, 30 days?").text)
    print(assistant.call_tool("check_credit", {"credit": 2.4, "width": 10})["verdict"])


async def stream() -> None:
    """Print an answer as it comes, from asynchronous code."""
    async with HttpAssistant(url) as remote:
        async for event in remote.astream("what is theta"):
            if isinstance(event, Delta):
                print(event.text, end="")


asyncio.run(stream())
