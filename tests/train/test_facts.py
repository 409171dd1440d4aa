"""Bare captions of single facts, which the denoiser is also trained on."""

import numpy as np

from tdiff.prompt.tokenizer import tokenize
from tdiff.prompt.vocabulary import EMPTY
from tdiff.train.facts import LENGTH, MOST, fact_ids, facts
from tdiff.world.concepts import concepts
from tdiff.world.dataset import example, offered_from
from tdiff.world.palette import COLOURS


def test_a_fact_is_true_known_and_never_names_two_things() -> None:
    nouns = {concept.name for concept in concepts()}
    for index in range(200):
        scene = example(offered_from(index)).scene
        found = facts(scene)
        assert 2 <= len(found) <= MOST
        shown = {concepts()[item.sprite.concept].name for item in scene.objects}
        assert shown == {fact for fact in found if fact in nouns}
        for fact in found:
            assert 1 <= len(tokenize(fact).ids) <= LENGTH and EMPTY not in tokenize(fact).ids
            assert (
                sum(fact == noun for noun in nouns) + any(word in COLOURS for word in fact.split()) < 2 or fact in shown
            )


def test_every_row_of_tokens_is_one_of_the_facts() -> None:
    scene = next(found for index in range(100) if (found := example(offered_from(index)).scene).kind == "pair")
    ids = fact_ids(scene)
    rows = {tuple(int(token) for token in row if token) for row in ids}
    assert rows == {tuple(tokenize(fact).ids) for fact in facts(scene)}
    assert ids.dtype == np.uint16 and ids.all(axis=1).sum() <= len(ids)
