"""What a learner does by hand in lesson 2."""

import numpy as np
import pytest
from PIL import Image
from textual.widgets import Input, Static

import tdiff
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.finding import open_lab
from tdiff.lessons.core.lab_context import LabContext
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.rewording import bare
from tdiff.pipeline import to_pixels
from tdiff.recipe import Recipe
from tdiff.ui.screens.picture_dialog import PictureDialog
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.scrubber import Scrubber

from .looking import QUICK, SMALL, seen

pytestmark = pytest.mark.slow

BIG = (120, 36)


@pytest.fixture
async def lesson(explorer, until):
    app = explorer(2, recipe=Recipe(prompt="a red apple", steps=3))
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)

        async def open_lab(name: str):
            cards = load_lesson(2).cards
            place = next(place for place, card in enumerate(cards) if card.lab == name)
            await pilot.press(*["right_square_bracket"] * place, "l")
            await until(pilot, lambda: app.screen.course.lab is not None)
            return app.screen

        yield app, pilot, open_lab


def page(app):
    return app.screen.query_one(Guide).page


async def test_noise_is_added_at_any_level_by_keys_and_mouse(lesson, until) -> None:
    app, pilot, open_lab = lesson
    screen = await open_lab("forward.forward")
    assert screen.course.lab.state.sigma == pytest.approx(0.5)
    await pilot.press("right", "right")
    await pilot.pause()
    assert screen.course.lab.state.sigma == pytest.approx(0.6)
    assert screen.course.lab.state.formula in page(app).text
    await pilot.click(Scrubber, offset=(1, 0))
    await pilot.pause()
    assert screen.course.lab.state.sigma == pytest.approx(0.0, abs=0.02)
    before = page(app).text
    await pilot.press("enter")
    await pilot.pause()
    assert page(app).text != before


async def test_the_clean_picture_is_among_the_panes_and_an_error_has_a_scale(lesson, until) -> None:
    app, _, open_lab = lesson
    screen = await open_lab("forward.forward")
    clean = next(figure for figure in screen.course.lab.figures() if figure.title.startswith("clean picture"))
    assert (clean.picture == to_pixels(screen.course.lab.state.x0)).all()
    assert ("a blind guess by", "1.13") in page(app).table


def test_noise_is_seen_through_by_the_clean_guess_before_the_mixture_is_told() -> None:
    bench = Bench(tdiff.load(), QUICK)
    lab = open_lab("forward.forward", LabContext(bench, start="matched"))
    own = bare(lab._forward.caption)
    lab.move(15)
    table = dict(row for row in lab.table() if len(row) == 2)
    assert table["clean guess to"] == own
    assert "told nothing" in lab.text()
    lab.move(0)
    assert dict(lab.table())["mixture matched to"] == own


async def test_a_picture_of_ones_own_is_noised_and_a_bad_one_refused(lesson, until, tmp_path) -> None:
    own = tmp_path / "my [b]tree.png"
    Image.new("RGB", (64, 40), (255, 0, 0)).save(own)
    app, pilot, open_lab = lesson
    screen = await open_lab("forward.forward")
    await pilot.press("o")
    await until(pilot, lambda: isinstance(app.screen, PictureDialog))
    assert "path of a PNG" in seen(app)
    await pilot.press(*"nowhere.png", "enter")
    await until(pilot, lambda: "nowhere.png" in str(app.screen.query_one(".trouble").render()))
    app.screen.query_one(Input).value = str(own)
    await pilot.press("enter")
    await until(pilot, lambda: app.screen is screen)
    await until(pilot, lambda: "my [b]tree.png" in page(app).text)
    assert np.allclose(screen.course.lab.state.x0, [1.0, -1.0, -1.0], atol=0.01)
    await pilot.press("enter")
    await until(pilot, lambda: "Training scene 0" in page(app).text)


async def test_a_start_picture_on_the_bench_is_what_the_lab_begins_with(lesson, until) -> None:
    app, _, open_lab = lesson
    app.screen.session.picture = np.full((32, 32, 3), 0.5, np.float32)
    screen = await open_lab("forward.forward")
    assert screen.course.lab.state.x0 == pytest.approx(0.5, abs=0.01)
    assert "the start picture on the bench" in page(app).text


async def test_the_game_scores_you_and_the_model_on_the_same_draws(lesson, until) -> None:
    app, pilot, open_lab = lesson
    screen = await open_lab("training.guess_game")
    right = screen.course.lab._game.draw.right
    await pilot.press("abcd"[right])
    await pilot.pause()
    assert page(app).right == page(app).chosen == right
    assert page(app).table[1] == ("you", "1", "1")
    await pilot.press("l")
    await pilot.pause()
    assert screen.course.lab is None
    await pilot.press("l")
    await pilot.pause()
    assert page(app).table[1] == ("you", "1", "1")  # the score outlives its closing
    await pilot.press("enter")
    await pilot.pause()
    assert page(app).chosen is None


async def test_on_a_small_screen_all_four_to_choose_from_are_seen_at_once(explorer, until) -> None:
    app = explorer(2, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press(
            *["right_square_bracket"] * [card.id for card in load_lesson(2).cards].index("guess-game"), "l"
        )
        await pilot.pause()
        assert all(f"noise {letter}" in seen(app) for letter in "abcd")
        assert page(app).options == ("noise a", "noise b", "noise c", "noise d")
        await pilot.press("tab")
        await pilot.pause()
        assert app.screen.query_one(Canvases).front.title == "mixture x_t"


async def test_help_begins_with_what_the_keys_of_a_lab_do(lesson, until) -> None:
    app, pilot, open_lab = lesson
    await open_lab("training.guess_game")
    await pilot.press("question_mark")
    await pilot.pause()
    text = app.screen.query_one(Static).visual.plain
    assert text.startswith("Words of this card")  # then what the keys do, the lab's first
    assert text.partition("\n\n")[2].startswith("Here: Hands on: guess the noise") and "enter next round" in text


async def test_a_training_step_is_walked_through(lesson, until) -> None:
    app, pilot, open_lab = lesson
    await open_lab("training.slow_step")
    texts = set()
    for _ in range(4):
        texts.add(page(app).text)
        await pilot.press("space")
        await pilot.pause()
    assert len(texts) == 4


def steps_made(lab) -> list[int]:
    """Where the training stands after each piece of work from now on; it may be long past one before a test looks."""
    steps, work = [], lab.work

    def watched():
        job = work()

        def noted():
            state = job()
            steps.append(state.step)
            return state

        return noted

    lab.work = watched
    return steps


async def test_live_training_trains_pauses_and_begins_anew(lesson, until) -> None:
    app, pilot, open_lab = lesson
    screen = await open_lab("training.live_training")
    assert screen.course.lab.state.step == 0
    await pilot.press("p")
    await until(pilot, lambda: screen.course.lab.state.step > 300)
    assert "tiny network" in screen.drawing.caption()
    await pilot.press("p")
    await pilot.pause(0.5)
    held = screen.course.lab.state.step
    await pilot.pause(0.5)
    assert screen.course.lab.state.step == held
    await pilot.press("plus")
    await until(pilot, lambda: ("learning rate", "0.004") in page(app).table)
    held = screen.course.lab.state.step  # the slice that was cancelled counts
    await pilot.press("minus")
    await until(pilot, lambda: ("learning rate", "0.002") in page(app).table)
    assert screen.course.lab.state.step == held and not screen.view.at_work  # paused is paused, whatever is set
    await pilot.press("l", "l")
    await pilot.pause()
    assert (
        screen.course.lab.state.step >= held and not screen.view.at_work
    )  # closed and opened again: the same network, paused
    await pilot.press("p")
    steps = steps_made(screen.course.lab)
    await pilot.press("r")
    await until(pilot, lambda: any(step < held for step in steps))
    await pilot.press("p")
    await until(pilot, lambda: not screen.view.at_work)
    for key in ("t", "v", "r"):
        await pilot.press(key)
        await until(pilot, lambda: screen.course.lab.state.step == 0)
        assert "paused: p runs it" in page(app).text
    assert "on 40 pictures" in page(app).text
    await pilot.press("l")
    await pilot.pause()
    assert screen.course.lab is None and not screen.view.at_work
