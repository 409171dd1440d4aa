"""What is said of the words of a prompt: by the closed vocabulary of our own model, or by a checkpoint's tokenizer."""

from functools import lru_cache
from typing import Final, Protocol

from tdiff.engines.model import Model
from tdiff.prompt.complete import complete
from tdiff.prompt.explain import explain, explain_cut, require_effect
from tdiff.prompt.tokenizer import Tokens
from tdiff.prompt.understand import TextRole, understand_as


class Words(Protocol):
    """What writing a prompt asks of the model's side of texts."""

    def read(self, role: TextRole, text: str) -> Tokens:
        """What becomes of each word."""
        ...

    def said(self, role: TextRole, text: str) -> list[str]:
        """One line for each thing that is worth saying about a text."""
        ...

    def complete(self, text: str, limit: int) -> tuple[str, ...]:
        """How the end of a text could go on; () where the model takes any words."""
        ...

    def require_effect(self, prompt: str) -> None:
        """Refuse a prompt that says nothing to the model.

        Raises:
            PromptError: it does not.
        """
        ...


class OwnWords:
    """A closed vocabulary: each word is used, read as another, or has no effect."""

    def read(self, role: TextRole, text: str) -> Tokens:
        """By the tokenizer that ships with tdiff; no model needed."""
        return understand_as(role, text)

    def said(self, role: TextRole, text: str) -> list[str]:
        """What became of the words that were not simply understood."""
        return explain(understand_as(role, text), usual=role == "prompt")

    def complete(self, text: str, limit: int) -> tuple[str, ...]:
        """Known words."""
        return complete(text, limit)

    def require_effect(self, prompt: str) -> None:
        """Refuse a prompt of which no word is known."""
        require_effect(understand_as("prompt", prompt), allow_unknown=False)


class CheckpointWords:
    """Any words, cut where the text encoder takes no more.

    Args:
        model: its tokenizer reads them.
    """

    def __init__(self, model: Model) -> None:
        self._read = lru_cache(maxsize=64)(model.read)  # asked at every drawing

    def read(self, role: TextRole, text: str) -> Tokens:
        """By the checkpoint's own tokenizer."""
        return self._read(text, role)

    def said(self, role: TextRole, text: str) -> list[str]:
        """How many tokens it takes, and what is cut."""
        tokens = self.read(role, text)
        cut = explain_cut(tokens, role)
        return [cut] if cut is not None else [f"{role}: {len(tokens.ids)} tokens"] if tokens.ids and text else []

    def complete(self, text: str, limit: int) -> tuple[str, ...]:
        """Nothing: its vocabulary is open."""
        return ()

    def require_effect(self, prompt: str) -> None:
        """Every text has one."""


OWN_WORDS: Final = OwnWords()
