"""Which recipes are made side by side, and that pictures come back in order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tdiff.batches import batches, in_order, shared
from tdiff.recipe import Recipe, Switch

recipes = st.builds(
    Recipe,
    prompt=st.sampled_from(("a cat", "a dog")),
    steps=st.integers(2, 4),
    seed=st.integers(0, 9),
    switches=st.sampled_from(((), (Switch(1, "a cat"),))),
)


@given(st.lists(recipes, max_size=40), st.integers(1, 7))
def test_each_recipe_is_in_one_batch_of_its_like(given_ones: list[Recipe], size: int) -> None:
    made = batches(given_ones, size)
    assert sorted(place for places in made for place in places) == list(range(len(given_ones)))
    for places in made:
        assert 1 <= len(places) <= size and len({shared(given_ones[place]) for place in places}) == 1
        assert len(places) == 1 or not any(given_ones[place].switches for place in places)


@given(st.permutations(range(20)), st.integers(1, 5))
def test_pictures_are_handed_out_in_order_and_as_soon_as_they_can_be(order: list[int], size: int) -> None:
    finished: set[int] = set()

    def made():
        for first in range(0, len(order), size):
            places = order[first : first + size]
            finished.update(places)
            yield places, np.array(places, np.uint8).reshape(-1, 1, 1, 1)

    handed: list[int] = []
    for part in in_order(made()):
        handed.extend(int(number) for number in part.reshape(-1))
        assert set(range(len(handed))) <= finished and len(handed) not in finished
    assert handed == list(range(len(order)))
