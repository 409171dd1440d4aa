"""The one way from typed text to tokens: command line, explorer and evaluation all come through here."""

from functools import lru_cache

from tdiff.prompt.lexicon import resolve
from tdiff.prompt.tokenizer import Tokens, tokenize


@lru_cache(maxsize=1024)
def understand(text: str) -> Tokens:
    """Tokenize a prompt, reading unlisted words through the lexicon."""
    return tokenize(text, resolve)
