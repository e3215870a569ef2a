"""The chat models: our own, which needs no key, and any other that LangChain knows by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["BUILTIN", "ModelError", "get_model"]

BUILTIN = "builtin"


def get_model(name: str) -> BaseChatModel:
    """The chat model of this name: 'builtin', or 'provider:name' of LangChain's init_chat_model."""
    if name == BUILTIN:
        from assistant.models.builtin.chat_model import BuiltinChatModel

        return BuiltinChatModel()
    if ":" not in name:
        raise ModelError(
            f"The model is '{name}'; it has to be '{BUILTIN}' or 'provider:name', "
            "such as 'openai:gpt-4.1-mini'."
        )
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(name)
    except ImportError as error:
        raise ModelError(f"The model '{name}' needs a package that is missing: {error}") from error
    except Exception as error:  # each provider has its own error for a missing key
        raise ModelError(f"The model '{name}' cannot be used: {error}") from error
