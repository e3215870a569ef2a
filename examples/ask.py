"""A question, its answer, and what the answer rests on.

python examples/ask.py
"""

from assistant import Assistant

with Assistant() as assistant:
    answer = assistant.ask("VIX is 22 and VIX3M is 20.5. Is this a regime to sell condors in?")
    print(answer.text)

    for citation in answer.citations:
        print(f"[{citation.n}] {citation.title}: {citation.quote}")
    for calculation in answer.calculations:
        print(calculation.tool, calculation.inputs)
    for number in answer.grounding.numbers:
        print(f"{number.text} stands in {number.source}")

    # The conversation goes on where its id is given: only what changes has to be said.
    later = assistant.ask("and with VIX3M at 25?", answer.conversation_id)
    print(later.text)
