"""What a training step sees."""

from dataclasses import fields

import numpy as np
import pytest

from tdiff.prompt.vocabulary import MAX_TOKENS, NEGATIVE_LEAD, noun_id, token_ids
from tdiff.world.concepts import STYLES, by_name
from tdiff.world.sprites import sprites
from tdiff.world.usual_style import style_is_said

torch = pytest.importorskip("torch")

from tdiff.train.draws import CaptionShares, Draw, Draws  # noqa: E402
from tdiff.train.likeness import NOTHING  # noqa: E402


def seen(draws: Draws, count: int, seed: int) -> Draw:
    """One batch, as numpy arrays."""
    drawn = draws.draw(count, torch.Generator().manual_seed(seed))
    return Draw(*(getattr(drawn, field.name).numpy() for field in fields(Draw)))


OWN = CaptionShares(0, 0, 0, 0, 0, 0)
ONLY_PAIRS = {"single": 0.0, "pair": 1.0, "count": 0.0}


def drawing(noun: str) -> int:
    """The first sprite of a noun."""
    return next(sprite.index for sprite in sprites() if sprite.concept == by_name()[noun].id)


class Arrays:
    """Six scenes whose captions say where they come from: single ones, the odd ones painted."""

    images = np.zeros((6, 32, 32, 3), np.uint8)
    kinds = np.array([0, 0, 0, 0, 1, 2], np.uint8)
    things = np.array([[[drawing("cat"), i % 2], [drawing("dog") if i == 4 else NOTHING, 0]] for i in range(6)])
    ids, full, open = (np.full((6, MAX_TOKENS), token, np.uint16) for token in (100, 101, 102))
    boxes = np.zeros((6, 2, 4), np.uint8)
    twins = np.full((6, 32, 32, 3), 9, np.uint8)
    facts = np.full((6, 8, 3), 103, np.uint16)


class Named(Arrays):
    """Six scenes by number; four single ones and two of which every caption names the cat alone but the full one."""

    ids = np.array([[noun_id("cat")] + [0] * (MAX_TOKENS - 1)] * 6)
    full = np.array([[100 + i] + [0] * (MAX_TOKENS - 1) for i in range(6)])
    facts = np.array([[[noun_id("cat"), 0, 0]] * 8] * 6)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0, 0, 0, 0, 0), {100}),
        ((1, 0, 0, 0, 0), {0}),
        ((0, 1, 0, 0, 0), {103, NEGATIVE_LEAD}),
        ((0, 0, 1, 0, 0), {101}),
        ((0, 0, 0, 1, 0), {100, 102}),  # only what is painted has a colour to leave open
        ((0, 0, 0, 0, 1), {100}),  # no caption names a relation
    ],
)
def test_each_share_draws_its_captions(shares: tuple[float, ...], expected: set[int]) -> None:
    drawn = seen(Draws(Arrays(), CaptionShares(*shares, 0)), 64, 5)
    assert set(drawn.ids[:, 0].tolist()) == expected
    assert (drawn.images == 0).all()  # no twin
    if 102 in expected:
        assert ((drawn.ids[:, 0] == 102) == (drawn.things[:, 0, 1] > 0)).all()


def test_shares_are_met_side_by_side() -> None:
    ids = seen(Draws(Arrays(), CaptionShares(0.1, 0.1, 0.2, 0.0, 0.0, 0.0)), 20_000, 6).ids[:, 0]
    shares = [float((ids == token).mean()) for token in (0, 103, NEGATIVE_LEAD, 101, 100)]
    assert shares == pytest.approx([0.1, 0.025, 0.075, 0.2, 0.6], abs=0.015)


class Related(Arrays):
    """Scene 4, a cat left of a dog, is the only pair; its image is 4 everywhere and its twin's is 9."""

    images = np.zeros((6, 32, 32, 3), np.uint8) + np.arange(6, dtype=np.uint8)[:, None, None, None]
    ids = np.array([[noun_id("cat"), token_ids()["left of"], noun_id("dog")] + [0] * (MAX_TOKENS - 3)] * 6)
    boxes = np.array([[[0, 8, 16, 24], [17, 6, 31, 20]]] * 6, np.uint8)


def test_a_twin_has_the_things_exchanged_the_relation_inverted_and_the_noise_of_its_scene() -> None:
    drawn = seen(Draws(Related(), CaptionShares(0, 0, 0, 0, 0.5, 0)), 200, 12)
    twin = drawn.images[:, 0, 0, 0] == 9
    assert 0 < twin.sum() < 100 and (drawn.alike[~twin] == np.flatnonzero(~twin)).all()
    assert (drawn.images[drawn.alike[twin]] == 4).all()
    assert (drawn.ids[~twin, 1] == token_ids()["left of"]).all()
    assert (drawn.ids[twin, :3] == [noun_id("cat"), token_ids()["right of"], noun_id("dog")]).all()
    assert (drawn.things[twin] == drawn.things[drawn.alike[twin]]).all()
    assert (drawn.boxes[twin] == [[16, 5, 32, 21], [1, 9, 15, 23]]).all()  # centres (8, 16) and (24, 13) exchanged


def test_some_relations_are_told_as_and_without_a_twin() -> None:
    drawn = seen(Draws(Related(), CaptionShares(0, 0, 0, 0, 1, 0.4), shares=ONLY_PAIRS), 2_000, 14)
    beside = drawn.ids[:, 1] == token_ids()["and"]
    assert (drawn.images[beside] == 4).all() and (drawn.alike == np.arange(2_000))[beside].all()
    assert (drawn.ids[beside, 0] == noun_id("cat")).all() and (drawn.ids[beside, 2] == noun_id("dog")).all()
    alone = CaptionShares(0, 0, 0, 0, 0, 0.4)
    told = seen(Draws(Related(), alone, shares=ONLY_PAIRS), 2_000, 14).ids[:, 1] == token_ids()["and"]
    assert told.mean() == pytest.approx(0.4, abs=0.04)


def test_kinds_are_drawn_as_asked() -> None:
    pairs = Draws(Related(), OWN, shares=ONLY_PAIRS)
    assert (seen(pairs, 20, 13).images == 4).all()


@pytest.mark.parametrize("shares", [OWN, CaptionShares(0, 1, 0, 0, 0, 0)])
def test_a_noun_alone_never_stands_for_several_things(shares: CaptionShares) -> None:
    ids = seen(Draws(Named(), shares), 256, 7).ids[:, 0]
    assert set(ids.tolist()) - {NEGATIVE_LEAD} == {noun_id("cat"), 104, 105}  # the others say all that they show


def test_a_single_fact_said_as_a_negative_stands_for_any_scene_with_it() -> None:
    drawn = seen(Draws(Named(), CaptionShares(0, 1, 0, 0, 0, 0)), 256, 10)
    marked = drawn.ids[:, 0] == NEGATIVE_LEAD
    assert (drawn.ids[marked, :3] == [NEGATIVE_LEAD, noun_id("cat"), 0]).all()
    pair = drawn.things[:, 1, 0] != NOTHING
    assert (marked & pair).any() and (marked & ~pair).any()


def test_styles_are_said_behind_captions_that_leave_them_open() -> None:
    class Retro(Named):
        drawn = next(sprite for sprite in sprites() if sprite.style == STYLES.index("retro"))
        things = np.array([[[drawn.index, 0], [NOTHING, 0]]] * 40)
        kinds = np.array([0] * 38 + [1, 2], np.uint8)
        images = np.zeros((40, 32, 32, 3), np.uint8) + np.arange(40, dtype=np.uint8)[:, None, None, None]
        ids = np.array([[noun_id("cat")] + [0] * (MAX_TOKENS - 1)] * 40)
        full = open = ids
        twins = images
        facts = np.array([[[noun_id("cat"), 0, 0]] * 8] * 40)
        boxes = np.zeros((40, 2, 4), np.uint8)

    drawn = seen(Draws(Retro(), CaptionShares(0.2, 0.2, 0, 0, 0, 0.0)), 1024, 11)
    of_row, open_ = drawn.images[:, 0, 0, 0], drawn.ids[:, 0] == noun_id("cat")
    expected = np.where(style_is_said(np.arange(40), STYLES.index("retro"))[of_row], token_ids()["retro"], 0)
    assert (drawn.ids[open_, 1] == expected[open_]).all() and len(set(expected.tolist())) == 2
    assert not np.isin(drawn.ids[~open_], [token_ids()[style] for style in STYLES]).any()  # nothing said, or a negative


def test_scenes_of_a_noun_that_is_not_offered_are_not_drawn() -> None:
    class Crocodiles(Arrays):
        things = Arrays.things.copy()

    Crocodiles.things[1, 0, 0] = Crocodiles.things[4, 1, 0] = drawing("crocodile")
    Crocodiles.kinds = np.array([0, 0, 0, 1, 1, 2], np.uint8)
    drawn = seen(Draws(Crocodiles(), OWN), 500, 8)
    assert drawing("crocodile") not in drawn.things[..., 0]
    assert drawing("cat") in drawn.things[..., 0]


def test_a_heavier_noun_comes_oftener() -> None:
    class Dogs(Arrays):
        things = Arrays.things.copy()
        kinds = np.array([0, 0, 0, 0, 1, 2], np.uint8)

    Dogs.things[0, 0, 0] = drawing("dog")
    drawn = seen(Draws(Dogs(), OWN, {"dog": 3.0}), 20_000, 9)
    single = drawn.things[drawn.things[:, 1, 0] == NOTHING]
    dogs, others = (single[:, 0, 0] == drawing("dog")).sum(), (single[:, 0, 0] == drawing("cat")).sum()
    counts = 20_000 * 0.09  # the scene of several, a cat, is drawn by its kind alone
    assert dogs / (others - counts) == pytest.approx(3 / 3, abs=0.05)  # one dog of weight 3 beside three cats
