"""What the experiments on taking noise out find."""

import numpy as np
import pytest

import tdiff
from tdiff.diffusion import noise
from tdiff.diffusion.run import PICTURE
from tdiff.evaluate.checker import Look, Seen
from tdiff.evaluate.judge import Thing, Want
from tdiff.evaluate.real import real_picture
from tdiff.lessons.core import naming
from tdiff.lessons.core.bench import Bench
from tdiff.pipeline import from_pixels
from tdiff.world.concepts import by_name
from tests.lessons.running import TREE, Runs, last
from tests.lessons.stored import stored_pipeline


class Named:
    """A checker that has made up its mind."""

    def __init__(self, nouns: list[str]) -> None:
        self._looks = [Look((Seen(by_name()[noun].id, (), 0, 16.0, 16.0, 20.0, 1.0),), ()) for noun in nouns]

    def look(self, pictures: np.ndarray) -> list[Look]:
        return self._looks


def test_what_is_shown_is_what_the_recipe_makes(ran: Runs) -> None:
    made = tdiff.load().generate(TREE)[0].astype(int)
    for name, place in (("denoise.layout_first", 3), ("seeds.jigsaw", 3)):
        assert np.abs(ran[name][-1].panes[place].picture - made).max() <= 1


def test_numbers_agree_with_the_pictures_shown(ran: Runs) -> None:
    final = ran["denoise.twenty_of_fifty"][-1]
    state, _, finished = (pane.picture.astype(float) / 127.5 for pane in final.panes)
    assert np.abs(state - finished).mean() == pytest.approx(final.values["difference"], abs=0.01)


@pytest.mark.parametrize(
    ("trees", "answer"),
    [([], 3), ([0, 1, 2, 3], 1), ([0, 2, 3], 1), (["bluest"], 0), (["not the bluest"], 2), ([1, 2], 2)],
)
def test_which_square_becomes_the_thing_asked_for_is_for_the_checker_to_say(
    monkeypatch: pytest.MonkeyPatch, trees: list[object], answer: int
) -> None:
    blue = [(noise(seed, PICTURE).argmax(-1) == 2).mean() for seed in range(3, 7)]
    places = {"bluest": int(np.argmax(blue)), "not the bluest": int(np.argmin(blue))}
    named = {places.get(place, place) for place in trees}
    monkeypatch.setattr(naming, "_checker", lambda: Named(["tree" if n in named else "hat" for n in range(4)]))
    outcome = last(Bench(stored_pipeline()[0], TREE), "denoise.four_squares")
    assert outcome.answer == answer
    assert outcome.values["named"] == len(named)
    assert outcome.values["noun"] == "tree"


def test_a_thing_in_an_unusual_colour_is_called_by_its_name() -> None:
    frog = by_name()["frog"]
    real = real_picture(Want((Thing(frog.id, "blue"),), ground="yellow"), np.random.default_rng(0))
    pictures = from_pixels(real)[None]
    assert naming.name_pictures(pictures, ["frog"]) == naming.name_pictures(pictures, ["cat"]) == ("frog",)


def test_a_picture_of_nothing_is_called_nothing() -> None:
    assert naming.name_pictures(np.ones((1, *PICTURE), np.float32), ["frog"]) == (naming.NOTHING,)


def test_the_squares_are_asked_for_what_the_bench_shows() -> None:
    pipeline, _ = stored_pipeline()
    for prompt, noun in (("two red hearts", "heart"), ("xylem", "frog")):
        assert last(Bench(pipeline, TREE.replace(prompt=prompt)), "denoise.four_squares").values["noun"] == noun


@pytest.mark.parametrize(("steps", "answer"), [(1, 2), (2, 1), (20, 0), (1000, 0)])
def test_how_much_one_step_takes_depends_on_how_many_there_are(steps: int, answer: int) -> None:
    pipeline, model = stored_pipeline()
    outcome = last(Bench(pipeline, TREE.replace(steps=steps)), "denoise.one_step")
    assert outcome.answer == answer
    assert outcome.values["steps"] == steps
    assert len(model.calls) == 1
