"""A lesson is taken: cards turned, questions answered, the quiz graded, progress kept."""

import numpy as np
import pytest

from tdiff.diffusion import noise
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.loader import load_lesson
from tdiff.pipeline import to_pixels
from tdiff.prompt.command import command_of
from tdiff.recipe import Recipe
from tdiff.store.progress import load_progress
from tdiff.ui.screens.help_screen import HelpScreen
from tdiff.ui.screens.lesson_screen import LessonScreen
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.lesson_bar import LessonBar
from tdiff.ui.widgets.page import page_content
from tdiff.ui.widgets.pixel_view import PixelView
from tdiff.ui.widgets.status_lines import CaptionLine

SMALL = (80, 24)
QUICK = Recipe(prompt="a red apple", steps=4, seed=1)


def page(app):
    return app.screen.query_one(Guide).page


async def test_an_answer_starts_the_run_and_the_run_grades_it(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        card = load_lesson(1).cards[0]
        assert page(app).question == card.question.prompt
        assert page(app).right is None and not page(app).result
        await pilot.press("d")
        await until(pilot, lambda: page(app).result)
        outcome = app.screen.course.outcome
        assert page(app).right == outcome.answer
        assert page(app).result == card.revealed(outcome.values)
        kept, trouble = load_progress()
        assert not trouble
        assert kept.answers[card.id].choice == 3
        assert kept.answers[card.id].right == (outcome.answer == 3)
        titles = {figure.title for figure in app.screen.drawing.figures()}
        assert {pane.title for pane in outcome.panes} <= titles


def starts(app) -> list[np.ndarray]:
    """The squares of static beside a question."""
    return [figure.picture for figure in app.screen.view.figures()]


async def test_the_first_card_shows_the_four_squares_that_it_asks_about(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None and len(starts(app)) == 4)
        for seed, square in zip(range(1, 5), starts(app), strict=True):
            assert (square == to_pixels(noise(seed, PICTURE))).all()
        assert app.screen.view.command().command == command_of(QUICK)
        assert not app.screen.course.experiments.runs(app.screen.course.card)
        await pilot.press("r")
        seed = app.screen.session.recipe.seed
        await until(pilot, lambda: (starts(app)[0] == to_pixels(noise(seed, PICTURE))).all())
        assert "once you have answered" in app.screen.query_one(CaptionLine).text
        await pilot.press("space")
        await until(pilot, lambda: app.screen.session.step_ms)
        assert app.screen.view is app.screen.controller.run


async def test_a_run_asked_for_before_the_model_was_there_keeps_the_canvases(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: app.pipeline is not None and app.screen.session.at_end)
        assert app.screen.view is app.screen.controller.run


async def test_r_runs_the_experiment_that_is_looked_at_with_another_seed(explorer, until) -> None:
    app = explorer(2, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("r")
        await pilot.pause()
        assert "once you have answered" in app.screen.query_one(CaptionLine).text
        await pilot.press("a")
        await until(pilot, lambda: page(app).result)
        before = app.screen.course.outcome.panes[0].picture
        await pilot.press("r")
        await until(
            pilot,
            lambda: app.screen.course.outcome.done and (app.screen.course.outcome.panes[0].picture != before).any(),
        )
        assert page(app).result.startswith(app.screen.course.card.revealed(app.screen.course.outcome.values))


async def test_the_steps_of_a_cards_runs_are_named(explorer, until) -> None:
    app = explorer(3, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("a")
        await until(pilot, lambda: page(app).result)
        assert "runs of 8 steps" in app.screen.drawing.caption()  # the bench's 4 are too few for it
        await pilot.press("space")
        await until(pilot, lambda: app.screen.session.step_ms)
        assert "runs of" not in app.screen.drawing.caption()


@pytest.mark.parametrize(("size", "bars"), [(SMALL, True), ((120, 36), False)])
async def test_where_there_is_no_plot_the_guide_has_bars(explorer, until, size, bars) -> None:
    app = explorer(2, recipe=QUICK)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("a")
        await until(pilot, lambda: page(app).result)
        drawn = "".join(part.plain for part in page_content(page(app), 43))
        assert ("noise level by doses" in drawn) == ("▁" in drawn and "█" in drawn) == bars


async def test_an_answer_cannot_be_changed_after_the_run(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("a")
        await until(pilot, lambda: page(app).result)
        await pilot.press("b")
        await pilot.pause()
        assert page(app).chosen == 0


async def test_a_step_on_the_bench_brings_its_canvases_back(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("a")
        await until(pilot, lambda: page(app).result)
        await pilot.press("space")
        await until(pilot, lambda: app.screen.session.step_ms)
        assert app.screen.query_one(Canvases).front.title == "now x_t"


async def test_leaving_a_card_while_its_experiment_runs_does_not_lose_it(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("a", "right_square_bracket", "left_square_bracket")
        await until(pilot, lambda: page(app).result)


async def test_cards_turn_to_the_quiz_and_its_score_is_kept(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    lesson = load_lesson(1)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press(*["right_square_bracket"] * len(lesson.cards))
        for number, item in enumerate(lesson.quiz):
            await pilot.pause()
            assert page(app).question == item.prompt
            await pilot.press("abcd"[item.answer] if number else "abcd"[(item.answer + 1) % len(item.options)])
            await pilot.pause()
            assert page(app).result == item.reason
            await pilot.press("right_square_bracket")
        await pilot.pause()
        assert f"{len(lesson.quiz) - 1} of {len(lesson.quiz)} right" in page(app).text
        assert load_progress()[0].quiz_score(1) == (len(lesson.quiz) - 1, len(lesson.quiz))
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert "this is the end" in app.screen.query_one(CaptionLine).text


async def test_the_lesson_goes_on_where_it_was_left(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("right_square_bracket", "right_square_bracket")
        await pilot.pause()
        title = page(app).title
        await pilot.press("a")
        await until(pilot, lambda: page(app).result)
    again = explorer(recipe=QUICK)
    async with again.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: again.pipeline is not None)
        assert page(again).title == title
        assert again.screen.query_one(LessonBar).place.startswith("3/")
        assert page(again).chosen == 0
        await until(pilot, lambda: page(again).result)  # its run is made again
        again.screen.course.answer_anew()
        await pilot.pause()
        assert again.screen.query_one(LessonBar).place.startswith("1/")
        assert not load_progress()[0].answers


async def test_quiz_answers_and_the_place_in_the_quiz_are_kept(explorer, until) -> None:
    lesson = load_lesson(1)
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press(*["right_square_bracket"] * len(lesson.cards), "b")
        await pilot.pause()
    again = explorer(recipe=QUICK)
    async with again.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: again.pipeline is not None)
        assert page(again).question == lesson.quiz[0].prompt
        assert page(again).chosen == 1 and page(again).result == lesson.quiz[0].reason


async def test_lessons_open_by_digit_and_by_click_and_keep_their_state(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.session.at_end)
        first = app.screen
        await pilot.press("5")
        await pilot.pause()
        assert not isinstance(app.screen, LessonScreen)
        await pilot.click(LessonBar, offset=(2, 0))
        await pilot.pause()
        assert app.screen is first and first.session.at_end


async def test_help_names_every_key_and_closes(explorer, until) -> None:
    from textual.widgets import Static

    from tdiff.ui.keymap import APP_KEYS, BENCH_KEYS, LESSON_KEYS, STUDIO_KEYS

    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("question_mark")
        await pilot.pause()
        text = " ".join(" ".join(static.visual.plain for static in app.screen.query(Static)).split())
        for key in (*BENCH_KEYS, *LESSON_KEYS, *STUDIO_KEYS, *APP_KEYS):
            assert key.help in text
        assert "classifier-free guidance" in text
        await pilot.press("w")
        await pilot.pause()
        words = app.screen.query_one("#words")
        assert words.region.y == words.parent.content_region.y  # they are scrolled to, not searched for
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, LessonScreen)


async def test_damaged_progress_is_set_aside_and_said(explorer, until, folders) -> None:
    place = folders / "state" / "tdiff" / "progress.json"
    place.parent.mkdir(parents=True)
    place.write_text("{not json")
    app = explorer(recipe=QUICK)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(
            pilot, lambda: app.screen.query(CaptionLine) and "progress" in app.screen.query_one(CaptionLine).text
        )
        assert "progress" in app.screen.query_one(CaptionLine).text
    assert any("damaged" in path.name for path in place.parent.iterdir())


async def test_the_first_run_says_which_keys_there_are_and_later_ones_do_not(explorer, until) -> None:
    for first in (True, False):
        app = explorer(recipe=QUICK)
        async with app.run_test(size=SMALL) as pilot:
            await until(pilot, lambda: app.pipeline is not None)  # noqa: B023
            await pilot.pause()
            assert ("? shows every key" in app.screen.query_one(CaptionLine).text) is first


async def test_pictures_of_tiny_networks_are_not_called_the_shipped_models(explorer, until) -> None:
    app = explorer(2, recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        cards = load_lesson(2).cards
        place = next(i for i, card in enumerate(cards) if card.id == "live-training")
        assert "sprite-32" in app.screen.drawing.caption()
        await pilot.press(*["right_square_bracket"] * place, "a")
        await until(pilot, lambda: app.screen.course.outcome is not None)
        assert "tiny networks" in app.screen.drawing.caption() and "sprite-32" not in app.screen.drawing.caption()


async def test_a_letter_after_the_answer_says_how_to_answer_anew(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("d")
        await until(pilot, lambda: page(app).result)
        await pilot.press("a")
        assert "answer anew" in app.screen.query_one(CaptionLine).text and app.screen.course.notebook.chosen[0] == 3


async def test_the_smallest_screen_names_its_one_canvas(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=(60, 18)) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("space")
        await until(pilot, lambda: app.screen.view.track().started)
        await pilot.press("tab")
        await until(pilot, lambda: app.screen.query_one(CaptionLine).text == "sprite-32 · noise the model sees ε̂")
        await pilot.press("tab")
        await until(pilot, lambda: app.screen.query_one(CaptionLine).text == "sprite-32 · clean guess x̂₀")
        await pilot.click(PixelView)
        await until(pilot, lambda: app.screen.query_one(CaptionLine).text == "sprite-32 · now x_t")
        await pilot.press("v", "space")
        await until(pilot, lambda: app.screen.query_one(CaptionLine).text == "sprite-32 · clean guess x̂₀")


async def test_further_lines_of_the_help_begin_below_the_first(explorer, until) -> None:
    app = explorer(recipe=QUICK)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen) and app.screen.query_one("#keys").visual.plain)
        for id, indent in (("#keys", 14), ("#words", 4)):
            lines = app.screen.query_one(id).visual.plain.splitlines()
            width = app.screen.query_one(id).size.width
            assert all(len(line) <= width for line in lines)
            assert any(line.startswith(" " * indent) and line[indent] != " " for line in lines)
