"""What a training step sees."""

import numpy as np
import pytest

from tdiff.prompt.vocabulary import MAX_TOKENS, NEGATIVE_LEAD, noun_id, token_ids
from tdiff.world.concepts import STYLES, by_name
from tdiff.world.sprites import sprites
from tdiff.world.usual_style import style_is_said

pytest.importorskip("torch")

from tdiff.train.draws import CaptionShares, Draws
from tdiff.train.likeness import NOTHING

OWN = CaptionShares(0, 0, 0, 0, 0)


def drawing(noun: str) -> int:
    """The first sprite of a noun."""
    return next(sprite.index for sprite in sprites() if sprite.concept == by_name()[noun].id)


class Arrays:
    """Six scenes whose captions say where they come from: single ones, the odd ones painted."""

    images = np.zeros((6, 32, 32, 3), np.uint8)
    kinds = np.array([0, 0, 0, 0, 1, 2], np.uint8)
    things = np.array([[[drawing("cat"), i % 2], [drawing("dog") if i == 4 else NOTHING, 0]] for i in range(6)])
    ids, full, open, stray = (np.full((6, MAX_TOKENS), token, np.uint16) for token in (11, 12, 13, 14))
    facts = np.full((6, 8, 3), 15, np.uint16)


class Named(Arrays):
    """Six scenes by number; four single ones and two of which every caption names the cat alone but the full one."""

    ids = np.array([[noun_id("cat")] + [0] * (MAX_TOKENS - 1)] * 6)
    full = np.array([[100 + i] + [0] * (MAX_TOKENS - 1) for i in range(6)])
    facts = np.array([[[noun_id("cat"), 0, 0]] * 8] * 6)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0, 0, 0, 0, 0), {11}),
        ((1, 0, 0, 0, 0), {0}),
        ((0, 1, 0, 0, 0), {15, NEGATIVE_LEAD}),
        ((0, 0, 1, 0, 0), {12}),
        ((0, 0, 0, 1, 0), {11, 13}),  # only what is painted has a colour to leave open
        ((0, 0, 0, 0, 1), {14}),
    ],
)
def test_each_share_draws_its_captions(shares: tuple[float, ...], expected: set[int]) -> None:
    drawn = Draws(Arrays(), CaptionShares(*shares)).draw(64, np.random.default_rng(5))
    assert set(drawn.ids[:, 0].tolist()) == expected
    if 13 in expected:
        assert ((drawn.ids[:, 0] == 13) == (drawn.things[:, 0, 1] > 0)).all()


def test_shares_are_met_side_by_side() -> None:
    ids = Draws(Arrays(), CaptionShares(0.1, 0.1, 0.2, 0.0, 0.3)).draw(20_000, np.random.default_rng(6)).ids[:, 0]
    shares = [float((ids == token).mean()) for token in (0, 15, NEGATIVE_LEAD, 12, 14, 11)]
    assert shares == pytest.approx([0.1, 0.025, 0.075, 0.2, 0.3, 0.3], abs=0.015)


@pytest.mark.parametrize("shares", [OWN, CaptionShares(0, 1, 0, 0, 0)])
def test_a_noun_alone_never_stands_for_several_things(shares: CaptionShares) -> None:
    ids = Draws(Named(), shares).draw(256, np.random.default_rng(7)).ids[:, 0]
    assert set(ids.tolist()) - {NEGATIVE_LEAD} == {noun_id("cat"), 104, 105}  # the others say all that they show


def test_a_single_fact_said_as_a_negative_stands_for_any_scene_with_it() -> None:
    drawn = Draws(Named(), CaptionShares(0, 1, 0, 0, 0)).draw(256, np.random.default_rng(10))
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
        full = ids
        facts = np.array([[[noun_id("cat"), 0, 0]] * 8] * 40)

    drawn = Draws(Retro(), CaptionShares(0.2, 0.2, 0, 0, 0)).draw(1024, np.random.default_rng(11))
    of_row, open_ = drawn.images[:, 0, 0, 0], drawn.ids[:, 0] == noun_id("cat")
    expected = np.where(style_is_said(np.arange(40), STYLES.index("retro"))[of_row], token_ids()["retro"], 0)
    assert (drawn.ids[open_, 1] == expected[open_]).all() and len(set(expected.tolist())) == 2
    assert not np.isin(drawn.ids[~open_], [token_ids()[style] for style in STYLES]).any()  # nothing said, or a negative


def test_scenes_of_a_noun_that_is_not_offered_are_not_drawn() -> None:
    class Crocodiles(Arrays):
        things = Arrays.things.copy()

    Crocodiles.things[1, 0, 0] = Crocodiles.things[4, 1, 0] = drawing("crocodile")
    Crocodiles.kinds = np.array([0, 0, 0, 1, 1, 2], np.uint8)
    drawn = Draws(Crocodiles(), OWN).draw(500, np.random.default_rng(8))
    assert drawing("crocodile") not in drawn.things[..., 0]
    assert drawing("cat") in drawn.things[..., 0]


def test_a_heavier_noun_comes_oftener() -> None:
    class Dogs(Arrays):
        things = Arrays.things.copy()
        kinds = np.array([0, 0, 0, 0, 1, 2], np.uint8)

    Dogs.things[0, 0, 0] = drawing("dog")
    drawn = Draws(Dogs(), OWN, {"dog": 3.0}).draw(20_000, np.random.default_rng(9))
    single = drawn.things[drawn.things[:, 1, 0] == NOTHING]
    dogs, others = (single[:, 0, 0] == drawing("dog")).sum(), (single[:, 0, 0] == drawing("cat")).sum()
    counts = 20_000 * 0.12  # the scene of several, a cat, is drawn by its kind alone
    assert dogs / (others - counts) == pytest.approx(3 / 3, abs=0.05)  # one dog of weight 3 beside three cats
