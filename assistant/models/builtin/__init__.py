"""The built-in chat model: a deterministic reader, planner and composer behind LangChain's door."""
