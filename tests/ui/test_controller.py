"""What keys mean, without a screen: the controller with a port that writes down what is asked of it."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field

import pytest

from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe
from tdiff.ui.control.controller import Controller
from tdiff.ui.control.studio import Studio
from tdiff.views.comparison import Comparison
from tdiff.views.fork import Fork, ForkPoint
from tdiff.views.live import Live
from tdiff.views.run import Run
from tdiff.views.session import Session
from tests.lessons.stored import stored_pipeline

Wanted = tuple[object, Hashable, Callable[[], Iterator[object]]]


@dataclass
class FakePort:
    """Shows nothing; computes when `run` is called, as a thread would a little later."""

    pipeline: Pipeline | None
    said: str = ""
    trouble: bool = False
    turnable: bool = False
    room: tuple[int, int] = (44, 20)
    drawn: int = 0
    playing: bool = False
    writing: set[str] = field(default_factory=set)
    wanted: Wanted | None = None
    controller: Controller | None = None

    def say(self, text: str, trouble: bool = False) -> None:
        self.said, self.trouble = text, trouble

    def draw(self) -> None:
        self.drawn += 1

    def draw_soon(self) -> None:
        self.drawn += 1

    def bring(self, place: int) -> None: ...

    def reveal(self, place: int) -> None: ...

    def compute(self, source: object, wish: Hashable, states: Callable[[], Iterator[object]]) -> None:
        self.wanted = (source, wish, states)

    def stop(self) -> None:
        self.wanted = None

    def tick(self, on: bool) -> None:
        self.playing = on

    def edit(self, role: str) -> None:
        self.writing.add(role)

    def leave(self, role: str) -> None:
        self.writing.discard(role)

    def slide(self) -> None: ...

    def run(self) -> None:
        """Compute all that is wanted."""
        while self.wanted is not None:
            (source, wish, states), self.wanted = self.wanted, None
            for state in states():
                self.controller.came(source, wish, state)
            self.controller.done(source, wish)


class Bench:
    """A studio without a screen: a controller, its port, and the pictures that it keeps."""

    def __init__(self, pipeline: Pipeline | None) -> None:
        self.port = FakePort(pipeline)
        self.session = Session(Recipe(prompt="a cat", steps=4, seed=1))
        self.controller = self.port.controller = Controller(self.port, Run(self.session, lambda: self.port.pipeline))
        self.kept: list[Recipe] = []
        self.studio = Studio(self.controller, lambda recipe, *_: self.kept.append(recipe))
        self.controller.join(self.studio, {})

    def press(self, *keys: str) -> None:
        """Press keys, and let threads run after each."""
        for key in keys:
            self.controller.press(key)
            self.port.run()


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return stored_pipeline()[0]


@pytest.fixture
def bench(pipeline: Pipeline) -> Bench:
    return Bench(pipeline)


def test_space_takes_a_step_and_enter_all_of_them(bench: Bench) -> None:
    bench.press("step")
    assert len(bench.session.trace) == 1 and not bench.session.at_end
    bench.press("finish")
    assert bench.session.at_end and [recipe.prompt for recipe in bench.kept] == ["a cat"]


def test_a_finished_picture_is_kept_once(bench: Bench) -> None:
    bench.press("finish", "back", "last", "finish")
    assert len(bench.kept) == 1


def test_looking_back_computes_nothing(bench: Bench) -> None:
    bench.press("finish")
    bench.controller.press("first")
    assert bench.port.wanted is None and bench.session.cursor == 0


@pytest.mark.parametrize("key", ["back", "first", "last"])
def test_before_the_first_step_looking_back_says_why_not(bench: Bench, key: str) -> None:
    bench.press(key)
    assert bench.port.said == "no step was taken yet: space takes one" and bench.session.trace is None


def test_a_key_of_the_lessons_says_where_it_is_at_home(bench: Bench) -> None:
    bench.press("card_next")
    assert bench.port.said.startswith("] is for 1–4, the lessons")


def test_what_was_asked_for_before_the_model_was_there_is_done_once_it_is(pipeline: Pipeline) -> None:
    bench = Bench(None)
    bench.press("finish")
    assert "being loaded" in bench.port.said and bench.port.wanted is None
    bench.port.pipeline = pipeline
    bench.controller.loaded()
    bench.port.run()
    assert bench.session.at_end and bench.port.said == ""


def test_another_setting_comes_again_to_the_same_place_and_is_undone(bench: Bench) -> None:
    bench.press("step", "step")
    before = bench.session.cursor
    bench.controller.settings.guide(7.0)
    bench.port.run()
    assert (bench.session.recipe.guidance, bench.session.cursor) == (7.0, before)
    bench.press("undo")
    assert bench.session.recipe.guidance != 7.0 and "undone" in bench.port.said


def test_what_comes_late_of_a_run_that_was_given_up_changes_nothing(bench: Bench) -> None:
    bench.controller.press("step")
    source, wish, _ = bench.port.wanted
    bench.press("seed")
    steps, drawn = len(bench.session.step_ms), bench.port.drawn
    bench.controller.came(source, wish, 12.0)
    assert (len(bench.session.step_ms), bench.port.drawn) == (steps, drawn)


def test_play_takes_a_step_at_every_tick_and_stops_at_the_end(bench: Bench) -> None:
    bench.press("play")
    assert bench.port.playing
    for _ in range(bench.session.recipe.steps + 2):
        bench.controller.movement.tick()
        bench.port.run()
    assert bench.session.at_end and not bench.port.playing


def test_a_thread_that_fails_is_told_and_nothing_plays_on(bench: Bench) -> None:
    bench.press("play")
    bench.controller.failed("no memory is left")
    assert (bench.port.said, bench.port.trouble, bench.port.playing) == ("no memory is left", True, False)


def test_a_prompt_without_a_known_word_is_taken_the_second_time(bench: Bench) -> None:
    bench.press("prompt")
    assert bench.port.writing == {"prompt"}
    bench.controller.writing.entered("prompt", "xylem", again=False)
    assert bench.port.trouble and "enter once more" in bench.port.said and bench.session.recipe.prompt == "a cat"
    bench.controller.writing.entered("prompt", "xylem", again=True)
    bench.port.run()
    assert bench.session.recipe.prompt == "xylem" and not bench.port.writing and bench.session.at_end


def test_typing_shows_a_quick_picture_and_leaving_it_brings_the_run_back(bench: Bench) -> None:
    bench.press("finish")
    bench.controller.writing.rested("prompt", "a dog")
    bench.port.run()
    assert isinstance(bench.controller.view, Live) and bench.controller.view.figures()[0].title == "live"
    bench.controller.writing.left()
    assert bench.controller.view is bench.controller.run and bench.session.recipe.prompt == "a cat"


def test_a_fork_goes_on_with_another_setting_and_b_closes_it(bench: Bench) -> None:
    bench.press("step", "step", "fork")
    assert isinstance(bench.controller.view, ForkPoint) and "change a setting" in bench.port.said
    bench.controller.settings.guide(9.0)
    bench.port.run()
    assert isinstance(bench.controller.view, Fork)
    bench.press("bench_view")
    assert bench.controller.view is bench.controller.run


def test_only_finished_pictures_are_compared(bench: Bench) -> None:
    bench.press("step", "compare")
    assert "only finished pictures" in bench.port.said
    bench.press("finish", "compare", "seed", "compare")
    assert isinstance(bench.controller.view, Comparison)
    bench.press("step")
    assert bench.port.said == "two finished pictures have no steps to move along: b goes back to the bench"
    bench.press("undo")
    assert bench.controller.view is bench.controller.run and "back on the bench" in bench.port.said
