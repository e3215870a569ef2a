"""An answer as typed events while it is made.

python examples/stream.py
"""

from assistant import Assistant
from assistant.events import Delta, Finished, Step

with Assistant() as assistant:
    question = "Price a 30-day SPX iron condor: spot 5800, 5450/5500/6050/6100, IV 16 %"
    for event in assistant.stream(question):
        if isinstance(event, Step):
            print(f"({event.label}: {event.status})")
        elif isinstance(event, Delta):
            print(event.text, end="", flush=True)
        elif isinstance(event, Finished):
            print(f"\n{len(event.answer.citations)} sources, answer {event.answer.id}")
