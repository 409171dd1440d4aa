"""Captions made false by one attribute."""

import numpy as np
import pytest

from tdiff.evaluate.false_captions import KINDS, falsify
from tdiff.prompt.tokenizer import tokenize
from tdiff.prompt.vocabulary import MAX_TOKENS, tokens


def ids_of(text: str) -> np.ndarray:
    found = tokenize(text).ids
    return np.array([*found, *[0] * (MAX_TOKENS - len(found))])


def said(ids: np.ndarray) -> str:
    return " ".join(tokens()[i].rstrip("_") for i in ids if i)


def test_another_order_is_the_inverse_relation_or_the_nouns_exchanged() -> None:
    ids = ids_of("a red cat to the left of a blue dog")
    found = [falsify(ids, np.random.default_rng(seed), order=1.0) for seed in range(30)]
    assert {each.kind for each in found} == {"order"}
    assert {said(each.ids) for each in found} == {"red cat right of blue dog", "red dog left of blue cat"}


def test_a_false_relation_is_on_the_other_axis() -> None:
    ids = ids_of("a cat above a dog")
    found = [falsify(ids, np.random.default_rng(seed)) for seed in range(200)]
    assert {said(each.ids) for each in found if each.kind == "relation"} == {"cat left of dog", "cat right of dog"}


def test_what_names_no_relation_has_no_order() -> None:
    found = [falsify(ids_of("a cat and a dog"), np.random.default_rng(seed), order=1.0) for seed in range(30)]
    assert {each.kind for each in found} == {"noun"}


@pytest.mark.parametrize("text", ["two small red cats in the top left corner", "a red cat and a blue dog in 3d style"])
def test_one_attribute_changes_and_the_kind_says_which(text: str) -> None:
    ids = ids_of(text)
    for seed in range(60):
        each = falsify(ids, np.random.default_rng(seed))
        assert each.kind in KINDS
        assert (each.ids != ids).sum() == (2 if each.kind == "swapped colours" else 1)


def test_nothing_to_falsify_is_said() -> None:
    assert falsify(ids_of(""), np.random.default_rng(0)).kind == ""
