"""The exhibit on the order of words: what earlier weights knew and drew, beside what these do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tdiff.errors import AssetError
from tdiff.evaluate.checker import load_checker
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.rewording import exchanged, find
from tdiff.lessons.words.noun_order import both_right, order_share, ordered_pairs
from tdiff.lessons.words.order_recording import order_bytes, order_recording
from tdiff.lessons.words.swap_lab import EXCHANGE, WordSwap
from tdiff.lessons.words.swap_view import SwapView
from tdiff.pipeline import Pipeline
from tdiff.prompt.understand import understand_words
from tdiff.recipe import Recipe
from tests.lessons.attentive import attentive_pipeline
from tests.lessons.running import APPLE, Runs, last


def test_a_share_of_0_is_no_trace_of_the_order_and_one_of_1_is_as_much_as_another_noun() -> None:
    rng = np.random.default_rng(0)
    word, place = rng.standard_normal((1000, 64)), rng.standard_normal((16, 64))
    assert order_share(lambda ids: word[list(ids)].astype(np.float32)) == 0
    both = order_share(lambda ids: (word[list(ids)] + place[: len(ids)]).astype(np.float32))
    assert 0.5 < both < 2


def test_exchanged_prompts_hold_the_same_words() -> None:
    for asked, other in ordered_pairs():
        assert sorted(understand_words(asked.prompt).ids) == sorted(understand_words(other.prompt).ids)
        assert understand_words(asked.prompt).ids != understand_words(other.prompt).ids
        assert (asked.want.things, asked.want.relation) == (other.want.things[::-1], other.want.relation)


def test_the_recording_shows_that_the_order_was_heard_and_not_drawn() -> None:
    recording = order_recording()
    assert recording.read < recording.heard / 3
    assert sum(both_right(load_checker(), recording.pictures)) <= 1
    assert recording.model != "sprite-32 00000000" and recording.pictures_seen > 6_000_000


def test_the_card_tells_the_recorded_from_what_is_made_now(ran: Runs) -> None:
    final, recording = ran["words.word_order"][-1], order_recording()
    shown = final.values["shown"]
    assert [pane.title.split(",")[0] for pane in final.panes] == ["recorded", "recorded", "made now", "made now"]
    assert all((final.panes[n].picture == recording.pictures[shown, n]).all() for n in (0, 1))
    assert [pane.note for pane in final.panes] == [each.prompt for each in ordered_pairs()[shown]] * 2
    assert 0 <= final.values["right"] <= final.values["of"] == len(ordered_pairs())
    assert final.table[-1][0] == recording.model


def test_a_model_that_minds_no_order_is_found_out() -> None:
    outcome = last(Bench(attentive_pipeline()[0], APPLE), "words.word_order")
    assert (outcome.values["right"], outcome.answer) == (0, 0)
    assert outcome.values["read"] == pytest.approx(outcome.values["heard"])  # it takes words as they are heard


@pytest.mark.parametrize("spoil", [lambda data: data[:500], lambda data: b"", lambda data: b"PK" + data[2:900]])
def test_a_damaged_recording_is_named(tmp_path: Path, spoil) -> None:
    path = tmp_path / "order.npz"
    path.write_bytes(spoil(order_bytes(order_recording())))
    with pytest.raises(LessonError, match="the recording of the order of words, cannot be read"):
        order_recording(path)


def test_a_recording_of_other_pictures_is_damaged_and_a_missing_one_is_said(tmp_path: Path) -> None:
    path, recording = tmp_path / "order.npz", order_recording()
    path.write_bytes(order_bytes(replace(recording, pictures=recording.pictures[:2])))
    with pytest.raises(LessonError, match="do not fit"):
        order_recording(path)
    with pytest.raises((AssetError, LessonError)):
        order_recording(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("prompt", "other"),
    [
        ("a frog to the left of an apple", "an apple to the left of a frog"),
        ("a cat", None),
        ("a cat and a cat", None),
        ("a cat, a dog and a tree", None),
    ],
)
def test_two_nouns_are_exchanged_and_no_others(prompt: str, other: str | None) -> None:
    noun = find(prompt, "noun")
    assert noun is not None
    found = exchanged(prompt, noun)
    assert (None if found is None else found[0]) == other
    assert found is None or found[1].reads == "apple"


def test_the_nouns_are_exchanged_live(pipeline: Pipeline) -> None:
    swap = WordSwap(pipeline, Recipe(prompt="a frog to the left of a star", steps=2))
    choices = swap.choices(0)
    assert choices[0] == f"{EXCHANGE}star"
    assert swap.swap(0, choices[0]).other == "a star to the left of a frog"
    assert not any(choice.startswith(EXCHANGE) for choice in WordSwap(pipeline, Recipe(prompt="a red cat")).choices(0))


def test_the_lab_begins_with_the_pair_that_the_card_has_shown(pipeline: Pipeline) -> None:
    shown = ordered_pairs()[2][0]
    view = SwapView(LabContext(Bench(pipeline, APPLE), "order", found={"shown": 2, "seed": 9}))
    assert (view.recipe.prompt, view.recipe.seed) == (shown.prompt, 9)
    assert f"exchanged with “{shown.second}”" in view.text()
