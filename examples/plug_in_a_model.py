"""Another chat model under the same checks: here any server that speaks OpenAI's protocol.

    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none python examples/plug_in_a_model.py

A model is named 'provider:name', as LangChain's `init_chat_model` has it; its package and its key
are yours to supply. The model writes and chooses tools; the tools compute. A number in its text
that stands in no calculation, no cited passage and not in the question goes back once for repair;
if it still does not stand, or the model fails, the built-in model answers and says so.
"""

from assistant import Assistant
from assistant.settings import Settings

settings = Settings(model="openai:any-model")
with Assistant(settings, report=print) as assistant:
    answer = assistant.ask("Is a credit of 2.40 on a 10-wide condor in range?")
    print(answer.text)
    print(f"written by {answer.model}; untraced numbers: {answer.grounding.unsupported}")
