"""Training says the style of most scenes that are not in the usual one."""

import numpy as np
import pytest

from tdiff.world.concepts import STYLES
from tdiff.world.dataset import described
from tdiff.world.usual_style import USUAL_DRAWS, USUAL_STYLE, stands_for_unsaid, style_is_said, training_caption

COUNT = 20_000


def test_nine_in_ten_of_the_other_styles_are_said_and_the_usual_one_never() -> None:
    indices = np.arange(COUNT)
    other = (USUAL_STYLE + 1) % len(STYLES)
    assert style_is_said(indices, np.full(COUNT, other)).mean() == pytest.approx(0.9, abs=0.01)
    assert not style_is_said(indices, np.full(COUNT, USUAL_STYLE)).any()
    assert (style_is_said(indices, np.full(COUNT, other)) == style_is_said(indices, np.full(COUNT, other))).all()
    assert style_is_said(7, other)[0] == style_is_said(indices, other)[7]


def test_what_stands_for_unsaid_captions_has_the_mix_of_training() -> None:
    other = (USUAL_STYLE + 1) % len(STYLES)
    kept = np.mean([stands_for_unsaid(index, other) for index in range(COUNT)])
    left_open = 1 - style_is_said(np.arange(COUNT), np.full(COUNT, other)).mean()
    assert kept == pytest.approx(left_open / USUAL_DRAWS, abs=0.005)
    assert stands_for_unsaid(7, USUAL_STYLE)
    assert not any(stands_for_unsaid(i, other) and style_is_said(i, other)[0] for i in range(COUNT))


def test_a_caption_as_training_says_it_names_the_style_once() -> None:
    added = 0
    for index in range(300):
        scene, own = described(index)
        same, said = training_caption(index)
        name = STYLES[scene.style]
        assert same == scene and said.startswith(own) and said.count(name) == max(own.count(name), said != own)
        added += said != own
    assert 100 < added < 240
