"""What counts as following the prompt."""

from collections import Counter

import numpy as np
import pytest

from tdiff.evaluate.checker import Look, Seen, ground_terms
from tdiff.evaluate.judge import Thing, Want, fits, position_of, shows, stands
from tdiff.evaluate.prompts import CATEGORIES, NEGATIVES, cases, negative_cases
from tdiff.evaluate.real import real_picture
from tdiff.prompt.understand import understand
from tdiff.prompt.vocabulary import noun_of
from tdiff.world.concepts import concepts, held_out, offered
from tdiff.world.layout import POSITIONS
from tdiff.world.palette import PALETTE
from tdiff.world.sprites import shown


def seen(concept: int, *colours: str, x: float = 16, y: float = 16, side: float = 14, style: int = 0) -> Seen:
    return Seen(concept, colours or ("red",), style, x, y, side, 0.9)


def look(*objects: Seen, grounds: tuple[str, ...] = ()) -> Look:
    return Look(objects, grounds)


def test_object_and_attribute_must_both_be_there() -> None:
    want = Want((Thing(3, "red"),))
    assert fits(want, look(seen(3, "red")))
    assert fits(want, look(seen(3, "orange", "red")))
    assert not fits(want, look(seen(3, "blue")))
    assert not fits(want, look(seen(4, "red")))
    assert not fits(want, look())
    assert not fits(want, look(seen(3, "red"), seen(5, "red")))


def test_counting_is_exact() -> None:
    want = Want((Thing(3),) * 3)
    assert fits(want, look(seen(3), seen(3), seen(3)))
    assert not fits(want, look(seen(3), seen(3)))
    assert not fits(want, look(seen(3), seen(3), seen(3), seen(3)))
    assert not fits(want, look(seen(3), seen(3), seen(4)))


def test_colours_are_bound_to_their_objects() -> None:
    want = Want((Thing(1, "red"), Thing(2, "blue")))
    assert fits(want, look(seen(2, "blue"), seen(1, "red")))
    assert not fits(want, look(seen(1, "blue"), seen(2, "red")))


def test_an_object_that_fits_two_wishes_fulfils_only_one() -> None:
    want = Want((Thing(1), Thing(1, "red")))
    assert fits(want, look(seen(1, "red"), seen(1, "blue")))
    assert not fits(want, look(seen(1, "blue"), seen(1, "green")))


@pytest.mark.parametrize(
    ("relation", "first", "second"),
    [
        ("left", (8, 16), (24, 16)),
        ("right", (24, 16), (8, 16)),
        ("above", (16, 8), (16, 24)),
        ("below", (16, 24), (16, 8)),
    ],
)
def test_relations(relation: str, first: tuple[int, int], second: tuple[int, int]) -> None:
    a, b = seen(1, x=first[0], y=first[1]), seen(2, x=second[0], y=second[1])
    assert stands(a, relation, b)
    assert not stands(b, relation, a)
    assert [r for r in ("left", "right", "above", "below") if stands(a, r, b)] == [relation]


@pytest.mark.parametrize("name", list(POSITIONS))
def test_positions_are_told_apart(name: str) -> None:
    dx, dy = POSITIONS[name]
    assert position_of(seen(1, x=16 + 32 * dx, y=16 + 32 * dy)) == name


def test_ground_style_and_position_are_required_where_asked_for() -> None:
    thing = (Thing(1),)
    assert fits(Want(thing, ground="blue"), look(seen(1), grounds=("blue",)))
    assert not fits(Want(thing, ground="blue"), look(seen(1)))
    assert fits(Want(thing, style=2), look(seen(1, style=2)))
    assert not fits(Want(thing, style=2), look(seen(1, style=3)))
    assert not fits(Want(thing, position="left"), look(seen(1, x=24)))


def test_shows_looks_at_any_object() -> None:
    picture = look(seen(1, "red"), seen(2, "blue"))
    assert shows(picture, concept=2)
    assert shows(picture, colour="red")
    assert not shows(picture, concept=1, colour="blue")
    assert not shows(picture, concept=3)


def test_a_plain_ground_has_its_colour_and_a_pale_tint_none() -> None:
    for name, tone in PALETTE.items():
        assert ground_terms(np.full((32, 32, 3), tone, np.uint8)) == (name,)
    assert ground_terms(np.full((32, 32, 3), (200, 225, 250), np.uint8)) == ()


@pytest.mark.parametrize("category", list(CATEGORIES))
def test_suites_are_deterministic_understood_and_ask_for_what_they_say(category: str) -> None:
    suite = cases(category, 30)
    assert suite == cases(category, 30)
    assert len({case.prompt for case in suite}) == 30
    for case in suite:
        tokens = understand(case.prompt)
        assert all(word.fate.value in ("known", "filler", "usual") for word in tokens.words), case.prompt
        named = {noun_of(i) for i in tokens.ids} - {None}
        assert named == {concepts()[thing.concept].name for thing in case.want.things}, case.prompt
        for thing in case.want.things:
            if thing.colour is not None:
                assert held_out(concepts()[thing.concept], thing.colour) == ("held out" in category)


@pytest.mark.parametrize("category", list(CATEGORIES))
def test_every_offered_noun_is_equally_likely(category: str) -> None:
    """The weights with which the world draws its scenes would give tier 0 a share of .42 and tier 2 one of .23."""
    share = Counter(concept.tier for concept in offered())
    drawn = Counter(concepts()[case.want.things[0].concept].tier for case in cases(category, 200))
    for tier, count in share.items():
        assert abs(drawn[tier] / 200 - count / len(offered())) < 0.11, (tier, drawn)
    assert all(concepts()[thing.concept].offered for case in cases(category, 200) for thing in case.want.things)


def test_twins_are_the_same_two_things_exchanged() -> None:
    for case in cases("twins", 60):
        assert case.twin is not None
        (first, second), (other, last) = case.want.things, case.twin.want.things
        mirrored = {"left": "right", "right": "left", "above": "below", "below": "above"}
        if (other, last) == (first, second):
            assert case.twin.want.relation == mirrored[case.want.relation or ""]
        else:
            assert (other, last) == (second, first)
            assert case.twin.want.relation == case.want.relation
        assert case.twin.prompt != case.prompt


def test_two_colours_and_a_relation_ask_for_all_three() -> None:
    for case in cases("two colours and a relation", 60):
        first, second = case.want.things
        assert first.colour in case.prompt and second.colour in case.prompt
        assert first.colour != second.colour and first.concept != second.concept
        assert case.want.relation is not None


def test_no_style_is_asked_for_that_the_noun_was_never_drawn_in() -> None:
    for case in cases("style", 300):
        assert case.want.style in shown()[case.want.things[0].concept]


def test_another_draw_asks_for_other_prompts_and_a_long_suite_begins_anew() -> None:
    assert {case.prompt for case in cases("twins", 40)}.isdisjoint(case.prompt for case in cases("twins", 40, draw=1))
    many = [case.prompt for case in cases("single", 300)]
    assert len(many) == 300 and len(set(many)) == len(offered())


@pytest.mark.parametrize("kind", list(NEGATIVES))
def test_negatives_name_something_to_lose_and_keep_a_subject(kind: str) -> None:
    for case in negative_cases(kind, 40):
        assert (case.concept is None) != (case.colour is None)
        assert understand(case.negative).has_effect
        assert case.concept != case.subject


def test_a_natural_colour_is_left_open_by_its_prompt_and_a_contradiction_is_not() -> None:
    for case in negative_cases("natural colour", 40):
        assert case.colour in concepts()[case.subject].colours and case.colour not in case.prompt.split()
    for case in negative_cases("contradicts the prompt", 40):
        assert case.negative in case.prompt


def test_real_pictures_are_made_for_every_wish() -> None:
    rng = np.random.default_rng(0)
    for category in CATEGORIES:
        for case in cases(category, 5):
            assert real_picture(case.want, rng).shape == (32, 32, 3)
