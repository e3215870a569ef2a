"""The agent: LangChain's loop over a model and the tools, and one turn of it.

Outside this folder and the models nothing knows of LangChain.
"""
