"""Recipes and pictures for the tests of this folder."""

import numpy as np
from hypothesis import strategies as st

from tdiff.recipe import Recipe, StartPicture, Switch
from tdiff.samplers import SAMPLERS

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
    st.lists(
        st.sampled_from(["Negative prompt:", "Steps: 20, Sampler: x, Seed: 3", "\n", "a red apple", ",", '"', "<&>"]),
        max_size=6,
    ).map(" ".join),
)
STARTS = st.none() | st.builds(StartPicture, st.just("ab" * 32), st.floats(0.01, 1))
SWITCHES = st.just(()) | st.tuples(st.builds(Switch, st.just(0), TEXTS, TEXTS))


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    sampler = draw(st.sampled_from(list(SAMPLERS)))
    return Recipe(
        prompt=draw(TEXTS),
        negative=draw(TEXTS),
        guidance=draw(st.floats(-2, 15)),
        steps=draw(st.integers(1, 1000)),
        sampler=sampler,
        eta=draw(st.floats(0, 1)) if sampler == "ddim" else 0.0,
        clip=draw(st.booleans()),
        seed=draw(st.integers(0, 2**63 - 1)),
        start=draw(STARTS),
        switches=draw(SWITCHES),
        model=draw(st.none() | st.just("01234567")),
    )


PICTURE = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
