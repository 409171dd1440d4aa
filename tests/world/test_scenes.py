"""Scenes are what their truth says, and captions say nothing but the truth."""

from itertools import pairwise

import numpy as np
import pytest

from tdiff.prompt.tokenizer import tokenize
from tdiff.prompt.vocabulary import colour_of, noun_of, tokens
from tdiff.world.captions import plural, with_article
from tdiff.world.concepts import LEFT_OUT, STYLES, by_name, concepts, held_out
from tdiff.world.dataset import TRAIN_SIZE, Example, described, draw_index, example, offered_from
from tdiff.world.layout import POSITIONS
from tdiff.world.palette import COLOURS, PALETTE
from tdiff.world.scenes import OPPOSITE, SIDE, Scene, exchanged
from tdiff.world.sprites import resized, sheet, shown, sprites

COUNT = 1200


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return [example(i) for i in range(COUNT)]


def test_a_scene_is_a_pure_function_of_its_index() -> None:
    later = example(TRAIN_SIZE + 5)
    first = example(3)
    again = example(3)
    assert first.caption == again.caption
    assert (first.image == again.image).all()
    assert (example(TRAIN_SIZE + 5).image == later.image).all()
    assert not (first.image == example(4).image).all()


def test_described_agrees_with_the_painted_example() -> None:
    scene, caption = described(17)
    assert (scene, caption) == (example(17).scene, example(17).caption)


def test_a_negative_index_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        example(-1)


def test_one_pair_in_eleven_is_held_out_and_natural_colours_never_are() -> None:
    pairs = [(concept, colour) for concept in concepts() for colour in COLOURS]
    out = [pair for pair in pairs if held_out(*pair)]
    assert 0.07 < len(out) / len(pairs) < 1 / 11 + 0.005
    assert all(colour not in concept.colours for concept, colour in out)


def test_held_out_pairs_are_never_shown(examples: list[Example]) -> None:
    for item in examples:
        for placed in item.scene.objects:
            concept = concepts()[placed.sprite.concept]
            assert not held_out(concept, placed.colour or placed.sprite.natural)


def test_held_out_pairs_are_never_named() -> None:
    for index in range(6000):
        scene, caption = described(index)
        if scene.kind == "pair":
            continue  # a colour word may belong to either noun; the shown pairs are checked above
        ids = tokenize(caption).ids
        ground = {k + 1 for k, i in enumerate(ids) if tokens()[i] == "on"}
        ground |= {k - 1 for k, i in enumerate(ids) if tokens()[i] == "background"}
        said = {colour_of(i) for k, i in enumerate(ids) if k not in ground} - {None}
        named = {noun_of(i) for i in ids} - {None}
        assert not any(held_out(by_name()[noun], colour) for noun in named for colour in said), caption


def test_objects_are_inside_and_apart(examples: list[Example]) -> None:
    for item in examples:
        boxes = [placed.box for placed in item.scene.objects]
        for left, top, right, bottom in boxes:
            assert 0 <= left < right <= SIDE
            assert 0 <= top < bottom <= SIDE
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
                assert min(wide, high) <= 2, item.index


def test_relations_and_positions_are_true(examples: list[Example]) -> None:
    for item in examples:
        scene = item.scene
        centres = [((p.box[0] + p.box[2]) / 2, (p.box[1] + p.box[3]) / 2) for p in scene.objects]
        if scene.relation is not None:
            dx, dy = centres[1][0] - centres[0][0], centres[1][1] - centres[0][1]
            if scene.relation in ("left", "right"):
                assert abs(dx) > abs(dy) and (dx > 0) == (scene.relation == "left")
            else:
                assert abs(dy) > abs(dx) and (dy > 0) == (scene.relation == "above")
        if scene.position is not None:
            want = np.array(POSITIONS[scene.position])
            off = np.array(centres[0]) / SIDE - 0.5
            assert np.abs(off - want).max() < 0.14


def test_exchanged_things_stand_in_each_others_place(examples: list[Example]) -> None:
    for scene in (item.scene for item in examples if item.scene.kind == "pair"):
        twin = exchanged(scene)
        assert twin.relation == OPPOSITE[scene.relation or ""]
        assert exchanged(twin).relation == scene.relation
        for item, moved, other in zip(scene.objects, twin.objects, scene.objects[::-1], strict=True):
            assert (item.sprite, item.colour, item.side, item.pose) == (
                moved.sprite,
                moved.colour,
                moved.side,
                moved.pose,
            )
            assert np.abs(np.subtract(moved.centre, other.centre)).max() <= 1.5  # pushed inside the picture


def test_all_kinds_concepts_and_styles_occur() -> None:
    scenes = [described(i)[0] for i in range(4000)]
    assert {scene.kind for scene in scenes} == {"single", "pair", "count"}
    assert {placed.sprite.concept for scene in scenes for placed in scene.objects} == set(range(len(concepts())))
    assert {scene.style for scene in scenes} == set(range(len(STYLES)))


def test_objects_stand_out_from_their_ground(examples: list[Example]) -> None:
    faint = 0
    for item in examples:
        ground = np.array(item.scene.ground_rgb)
        x, y, right, bottom = item.scene.objects[0].box
        apart = np.linalg.norm(item.image[y:bottom, x:right].astype(float) - ground, axis=-1)
        faint += (apart > 40).mean() < 0.1
    assert faint / len(examples) < 0.02


def stated(scene: Scene) -> dict[str, set[str]]:
    """Everything that could truly be said of a scene."""
    colours = {placed.colour_term for placed in scene.objects} | {scene.ground}
    relations = {"left": "right", "right": "left", "above": "below", "below": "above"}
    both = {scene.relation, relations[scene.relation]} if scene.relation else set()
    return {
        "colour": {c for c in colours if c},
        "noun": {concepts()[placed.sprite.concept].name for placed in scene.objects},
        "relation": {r + " of" if r in ("left", "right") else r for r in both if r},
        "number": {{2: "two", 3: "three", 4: "four"}.get(len(scene.objects), "")} if scene.kind == "count" else set(),
        "position": {f"@{scene.position}"} if scene.position else set(),
        "size": {scene.size} if scene.size else set(),
        "style": {STYLES[scene.style]},
    }


def test_captions_state_only_what_is_true() -> None:
    groups = {
        "relation": {"left of", "right of", "above", "below"},
        "number": {"two", "three", "four"},
        "position": {f"@{name}" for name in POSITIONS},
        "size": {"small", "big"},
        "style": set(STYLES),
    }
    for index in range(4000):
        scene, caption = described(offered_from(index))
        ids = tokenize(caption).ids
        said, truth = {tokens()[i] for i in ids}, stated(scene)
        for name, group in groups.items():
            assert said & group <= truth[name], caption
        assert {colour_of(i) for i in ids} - {None} <= truth["colour"], caption
        assert {noun_of(i) for i in ids} - {None} <= truth["noun"], caption


def test_indices_are_passed_over_where_a_noun_is_not_offered() -> None:
    def left_out(index: int) -> bool:
        return any(concepts()[item.sprite.concept].name in LEFT_OUT for item in described(index)[0].objects)

    passed = [index for index in range(200) if left_out(index)]
    assert 5 < len(passed) < 80
    for index in passed:
        forward, backward = offered_from(index), offered_from(index, -1)
        assert backward < index < forward
        assert not left_out(forward) and not left_out(backward)
    rng = np.random.default_rng(3)
    drawn = [draw_index(rng, 50, 100) for _ in range(200)]
    assert set(drawn) <= set(range(50, 150)) - set(passed)
    assert len(set(drawn)) > 60


def test_articles_fit_the_word_that_follows() -> None:
    for index in range(3000):
        words = described(index)[1].split()
        for article, word in pairwise(words):
            if article == "an":
                assert word[0] in "aeiou" or word.startswith("hour"), words
            if article == "a":
                assert word[0] not in "aeio" or word.startswith("one"), words


@pytest.mark.parametrize(
    ("noun", "many"),
    [("cat", "cats"), ("fox", "foxes"), ("mouse", "mice"), ("leaf", "leaves"), ("ice cream", "ice creams"),
     ("cherry", "cherries"),     ("fish", "fish"), ("snowman", "snowmen"), ("monkey", "monkeys"),
     ("torch", "torches"), ("cactus", "cacti")],
)  # fmt: skip
def test_plurals(noun: str, many: str) -> None:
    assert plural(noun) == many


@pytest.mark.parametrize(
    ("phrase", "wanted"),
    [("red apple", "a red apple"), ("orange cat", "an orange cat"), ("grapes", "grapes"), ("unicorn", "a unicorn"),
     ("yellow hourglass", "a yellow hourglass"), ("hourglass", "an hourglass"), ("blue scissors", "blue scissors")],
)  # fmt: skip
def test_articles(phrase: str, wanted: str) -> None:
    assert with_article(phrase) == wanted


@pytest.mark.parametrize("colour", COLOURS)
def test_a_painted_drawing_is_mostly_of_that_colour(colour: str) -> None:
    names, table = list(PALETTE), np.array(list(PALETTE.values()), float)
    hits = 0
    chosen = sprites()[::37]
    for sprite in chosen:
        patch = resized(sprite.index, colour, 24)
        solid = patch[patch[..., 3] > 0.9]
        tone = np.median(solid[:, :3] / solid[:, 3:], axis=0)
        hits += names[int(np.linalg.norm(table - tone, axis=1).argmin())] == colour
    assert hits >= 0.95 * len(chosen)


def test_resizing_keeps_the_mean() -> None:
    for side in (12, 17, 31):
        small = resized(5, None, side)
        assert np.allclose(small.mean((0, 1)), resized(5, None, 48).mean((0, 1)), atol=1.0)


def test_the_sheet_and_its_index_agree() -> None:
    assert len(sheet()) == len(sprites()) == 1137
    assert all(sheet()[sprite.index][..., 3].max() == 255 for sprite in sprites()[::50])
    assert set(shown()) == set(range(len(concepts())))
