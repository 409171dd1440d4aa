"""Suites judged on painted real scenes, where what came out is known."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from tdiff.evaluate.checker import Checker, load_checker
from tdiff.evaluate.following import follow, obey
from tdiff.evaluate.judge import Thing, Want
from tdiff.evaluate.prompts import Case, cases, negative_cases
from tdiff.evaluate.real import real_picture

COUNT = 24


@pytest.fixture(scope="module")
def checker() -> Checker:
    return load_checker()


class Painter:
    """Stands for a model: paints for each prompt a real scene of what it is told that the prompt means."""

    def __init__(self, wants: dict[str, Want], told: Callable[[str, str], Want] | None = None) -> None:
        self.wants, self.told = wants, told
        self.asked: list[tuple[str, str, int]] = []

    def __call__(
        self, prompts: Sequence[str], negatives: Sequence[str], seeds: Sequence[int], guidance: float | None = None
    ) -> np.ndarray:
        asked = list(zip(prompts, negatives, seeds, strict=True))
        self.asked += asked
        wants = [self.told(prompt, negative) if self.told else self.wants[prompt] for prompt, negative, _ in asked]
        return np.stack(
            [
                real_picture(want, np.random.default_rng((7, seed)))
                for want, (_, _, seed) in zip(wants, asked, strict=True)
            ]
        )


def wants_of(suite: Sequence[Case]) -> dict[str, Want]:
    return {case.prompt: case.want for one in suite for case in (one, one.twin) if case is not None}


@pytest.mark.parametrize("category", ["single", "relation", "two colours and a relation", "style", "counting"])
def test_a_model_that_paints_what_is_asked_reaches_the_ceiling(checker: Checker, category: str) -> None:
    suite = cases(category, COUNT)
    found = follow(Painter(wants_of(suite)), checker, suite)
    assert found.made.count == found.real.count == COUNT
    assert found.made.hits >= 0.85 * COUNT and found.real.hits >= 0.85 * COUNT


def test_twins_are_right_when_the_scene_is_exchanged_and_wrong_when_it_is_not(checker: Checker) -> None:
    suite = cases("twins", COUNT)
    wants = wants_of(suite)
    obedient = Painter(wants)
    assert follow(obedient, checker, suite).made.hits >= 0.85 * COUNT
    deaf = wants | {case.twin.prompt: case.want for case in suite if case.twin}
    assert follow(Painter(deaf), checker, suite).made.hits == 0
    # one of the two is right in every pair, so judged apart they would have half
    assert follow(Painter(deaf), checker, [replace(case, twin=None) for case in suite]).made.hits >= 0.85 * COUNT


def test_twins_share_a_seed_that_no_other_pair_has(checker: Checker) -> None:
    suite = cases("twins", 6)
    painter = Painter(wants_of(suite))
    follow(painter, checker, suite)
    seeds = {prompt: seed for prompt, _, seed in painter.asked}
    assert len(painter.asked) == 12
    assert [seeds[case.prompt] for case in suite] == [seeds[case.twin.prompt] for case in suite if case.twin]
    assert len(set(seeds.values())) == 6


def test_colours_in_each_others_place_are_wrong(checker: Checker) -> None:
    suite = cases("two colours and a relation", COUNT)
    swapped = {}
    for case in suite:
        first, second = case.want.things
        things = Thing(first.concept, second.colour), Thing(second.concept, first.colour)
        swapped[case.prompt] = replace(case.want, things=things)
    assert follow(Painter(swapped), checker, suite).made.hits <= 2


def test_a_negative_is_obeyed_where_the_colour_goes_and_the_thing_stays(checker: Checker) -> None:
    suite = negative_cases("natural colour", COUNT)
    by_prompt = {case.prompt: case for case in suite}

    def paints(other: bool) -> Callable[[str, str], Want]:
        def told(prompt: str, negative: str) -> Want:
            case = by_prompt[prompt]
            away = "blue" if case.colour != "blue" else "yellow"
            return Want((Thing(case.subject, away if negative and other else case.colour),))

        return told

    obedient = obey(Painter({}, paints(other=True)), checker, suite)
    assert obedient.shown.hits >= 0.9 * COUNT and obedient.obeyed.count == obedient.shown.hits
    assert obedient.obeyed.value >= 0.9
    deaf = obey(Painter({}, paints(other=False)), checker, suite)
    assert deaf.shown == obedient.shown and deaf.obeyed.hits == 0


def test_what_never_showed_cannot_obey(checker: Checker) -> None:
    suite = negative_cases("natural colour", 8)
    by_prompt = {case.prompt: case for case in suite}

    def never(prompt: str, negative: str) -> Want:
        case = by_prompt[prompt]
        return Want((Thing(case.subject, "blue" if case.colour != "blue" else "yellow"),))

    found = obey(Painter({}, never), checker, suite)
    assert found.shown.hits == found.obeyed.count == 0 and np.isnan(found.obeyed.value)


def test_losing_the_subject_is_no_obedience(checker: Checker) -> None:
    suite = negative_cases("contradicts the prompt", COUNT)
    by_prompt = {case.prompt: case for case in suite}

    def told(prompt: str, negative: str) -> Want:
        case = by_prompt[prompt]
        both = (Thing(case.subject), Thing(case.concept or 0))
        return Want(both[1:] if negative else both)

    found = obey(Painter({}, told), checker, suite)
    assert found.shown.hits >= 0.85 * COUNT and found.obeyed.hits == 0
