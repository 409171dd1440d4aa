"""What a learner does by hand in lesson 3."""

import threading

import numpy as np
import pytest
from PIL import Image

from tdiff.lessons.changes import of_colour
from tdiff.lessons.errors import LessonError
from tdiff.lessons.loader import load_lesson
from tdiff.lessons.stages.negative import SEED
from tdiff.lessons.stages.switching import SwitchStrip
from tdiff.lessons.together import steered
from tdiff.recipe import Recipe, Switch
from tdiff.ui.stages import STAGES, Given, make_stage, stage_of
from tdiff.ui.widgets.canvases import Canvases
from tdiff.ui.widgets.guidance_slider import GuidanceSlider
from tdiff.ui.widgets.guide import Guide
from tdiff.ui.widgets.prompt_field import PromptField
from tdiff.ui.widgets.scrubber import Scrubber
from tdiff.ui.widgets.status_lines import CaptionLine

SMALL, BIG, LARGE = (80, 24), (120, 36), (160, 50)
FROG = Recipe(prompt="a blue frog", steps=8, seed=3)  # as many steps as the fewest of a card
CARDS = {
    "swap": "swap-a-word",
    "words": "word-maps",
    "matching": "match-four",
    "guidance": "guidance-dial",
    "negative": "negative-slot",
    "switching": "when-decided",
}


class Lesson:
    """Lesson 3 in an explorer, and what a test asks of it."""

    def __init__(self, app, pilot, until) -> None:
        self.app, self.pilot, self._until = app, pilot, until

    async def open(self, stage: str) -> None:
        """Turn to a card that offers the stage, and open it."""
        cards = [card.id for card in load_lesson(3).cards]
        await self.pilot.press(*["right_square_bracket"] * cards.index(CARDS[stage]), "l")
        await self.until(lambda: self.stage is not None)
        await self.settled()

    async def until(self, true) -> None:
        await self._until(self.pilot, true)

    async def settled(self) -> None:
        """Wait until all that the stage wishes for is made and drawn."""
        await self.pilot.pause()
        await self.until(lambda: self.stage.wish() is None and self.screen._wish is None and not self.screen._frame)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settled()

    @property
    def screen(self):
        return self.app.screen

    @property
    def stage(self):
        return self.app.screen.stage

    @property
    def page(self):
        return self.screen.query_one(Guide).page

    @property
    def said(self) -> str:
        return self.screen.query_one(CaptionLine).text

    def figure(self, title: str):
        return next(figure for figure in self.stage.figures() if title in figure.title)


def as_made(lesson: Lesson, figure, recipe: Recipe) -> bool:
    """Whether a figure is the picture of a recipe; batches may round another way."""
    made = lesson.app.pipeline.generate(recipe)[0]
    return int(np.abs(figure.picture.astype(int) - made).max()) <= 1


@pytest.fixture
async def lesson(explorer, until, request):
    size, recipe = getattr(request, "param", (BIG, FROG))
    app = explorer(3, recipe=recipe)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        yield Lesson(app, pilot, until)


def test_every_stage_that_lesson_3_offers_can_be_opened() -> None:
    offered = {stage_of(card.id) for card in load_lesson(3).cards}
    assert offered - {None} == set(CARDS)
    assert set(CARDS) <= set(STAGES)


def test_a_stage_that_is_not_there_is_refused(lesson_given: Given) -> None:
    with pytest.raises(LessonError, match="no stage 'nothing'"):
        make_stage("nothing", lesson_given)


@pytest.fixture
def lesson_given() -> Given:
    return given("swap-a-word", FROG)


def given(card: str, recipe: Recipe) -> Given:
    import tdiff
    from tdiff.lessons.bench import Bench

    return Given(card, Bench(tdiff.load(), recipe))


@pytest.mark.parametrize("name", sorted(set(CARDS) - {"matching"}))
def test_a_stage_makes_pictures_in_as_many_steps_as_its_card(name: str) -> None:
    here = given(CARDS[name], FROG.replace(steps=40))
    assert make_stage(name, here).recipe.steps == steered(here.bench).steps == 12


@pytest.mark.parametrize(
    ("card", "negative"), [("negative-slot", "red"), ("negative-when", "red"), ("negative-weights", "a red heart")]
)
def test_the_negatives_stage_begins_with_what_is_in_its_cards_slot(card: str, negative: str) -> None:
    assert make_stage("negative", given(card, FROG)).recipe.negative == negative
    own = make_stage("negative", given(card, FROG.replace(negative="eyes"))).recipe
    assert (own.prompt, own.negative) == (FROG.prompt, "eyes")


@pytest.mark.parametrize("name", list(CARDS))
@pytest.mark.parametrize("leave", ["l", "escape"])
async def test_a_stage_leaves_the_bench_as_it_was(lesson: Lesson, name: str, leave: str) -> None:
    await lesson.pilot.press("space", "space")
    await lesson.until(lambda: lesson.screen.session.cursor == 1)
    session = lesson.screen.session
    before = (session.recipe, session.trace, len(session.trace), session.cursor)
    await lesson.open(name)
    assert lesson.page.title.startswith("Hands on")
    assert not session.trace.finished
    for key in ("right", "enter", "plus", "t", "v", "r", "x", "u", "e", "k", "s", "space"):
        await lesson.press(key)
    await lesson.pilot.press(leave)
    await lesson.pilot.pause()
    assert lesson.stage is None
    assert (session.recipe, session.trace, len(session.trace), session.cursor) == before
    assert lesson.screen.query_one(GuidanceSlider).value == FROG.guidance
    assert lesson.page.title == next(card.title for card in load_lesson(3).cards if card.id == CARDS[name])
    await lesson.pilot.press("space")
    await lesson.until(lambda: session.cursor == 2)


@pytest.mark.parametrize("lesson", [(BIG, Recipe(prompt="xylem", steps=2))], indirect=True)
@pytest.mark.parametrize("name", ["swap", "words", "switching"])
async def test_a_prompt_that_gives_nothing_to_work_with_is_said(lesson: Lesson, name: str) -> None:
    cards = [card.id for card in load_lesson(3).cards]
    await lesson.pilot.press(*["right_square_bracket"] * cards.index(CARDS[name]), "l")
    await lesson.pilot.pause()
    assert lesson.stage is None
    assert "no word of this prompt" in lesson.said


@pytest.mark.parametrize("lesson", [(SMALL, FROG), (BIG, FROG), (LARGE, FROG)], indirect=True)
@pytest.mark.parametrize("name", list(CARDS))
async def test_nothing_overlaps_and_the_numbers_are_in_sight(lesson: Lesson, name: str) -> None:
    await lesson.open(name)
    await lesson.press("enter")
    screen, guide = lesson.screen, lesson.screen.query_one(Guide)
    parts = [screen.query_one(kind) for kind in (Canvases, Guide, Scrubber, PromptField, GuidanceSlider, CaptionLine)]
    regions = [part.region for part in parts]
    assert all(region.area and screen.region.contains_region(region) for region in regions)
    assert not any(a.overlaps(b) for place, a in enumerate(regions) for b in regions[place + 1 :])
    assert guide.scroll_y == 0
    below = ["", "l close"]  # the key is told above
    assert guide.virtual_size.height - len(below) <= guide.size.height


async def test_one_word_is_swapped_or_left_out_at_the_same_seed(lesson: Lesson) -> None:
    await lesson.open("swap")
    choices = lesson.stage._swap.choices(0)
    assert as_made(lesson, lesson.figure("before"), FROG)
    assert as_made(lesson, lesson.figure("after"), FROG.replace(prompt=f"a {choices[0]} frog"))
    await lesson.press("enter")
    assert as_made(lesson, lesson.figure("after"), FROG.replace(prompt=f"a {choices[1]} frog"))
    assert len(lesson.page.table) == 3
    assert lesson.page.table[-1][1] in lesson.page.text
    await lesson.press("right", "t")
    assert "“frog”: left out" in lesson.page.text
    await lesson.press("t")
    assert "left out" not in lesson.page.text


async def test_a_word_is_looked_at_at_any_step(lesson: Lesson) -> None:
    await lesson.open("words")
    assert "“blue” at step 3" in lesson.page.text
    await lesson.press("enter")
    assert "“frog” at step 3" in lesson.page.text
    assert lesson.page.table[2][0] == "› frog"
    plain = lesson.figure("looked at").picture
    await lesson.press("v")
    over = lesson.figure("looked at").picture
    assert (over <= lesson.figure("clean guess").picture).all() and (over != plain).any()
    await lesson.pilot.click(Scrubber, offset=(4, 0))
    await lesson.settled()
    assert "“frog” at step 4" in lesson.page.text


@pytest.mark.parametrize("lesson", [(SMALL, FROG)], indirect=True)
async def test_captions_are_matched_against_the_pair(lesson: Lesson) -> None:
    await lesson.open("matching")
    game = lesson.stage._game
    right = game.round.right
    assert lesson.page.options == game.round.captions
    canvases = lesson.screen.query_one(Canvases)
    assert canvases.front.title == "› picture 1"
    await lesson.press("abcd"[right[0]])
    assert canvases.front.title == "› picture 2"
    await lesson.press("left", "abcd"[right[1]], "left", "left", *("abcd"[right[place]] for place in range(4)))
    assert game.placed == right
    await lesson.press("enter")
    assert lesson.stage._verdict.score.you == 4
    assert "you 4 of 4" in lesson.page.text
    assert f"{'abcd'[right[0]]} is its own" in lesson.page.text
    assert lesson.page.table[5][0].startswith("own: blue frog")
    await lesson.press("l", "l")
    assert "So far you 4 of 4" in lesson.page.text
    await lesson.press("enter")
    assert game.round.number == 2 and lesson.page.table == ()


@pytest.mark.parametrize("lesson", [(SMALL, FROG)], indirect=True)
async def test_where_one_picture_is_shown_tab_chooses_it(lesson: Lesson) -> None:
    await lesson.open("matching")
    canvases, right = lesson.screen.query_one(Canvases), lesson.stage._game.round.right
    for number in (2, 3, 4):
        await lesson.press("tab")
        assert canvases.front.title == f"› picture {number}"
        assert lesson.page.question.startswith(f"Picture {number}:")
    await lesson.press("abcd"[right[3]])
    assert lesson.stage._game.placed == (None, None, None, right[3])
    await lesson.press("shift+tab")
    assert canvases.front.parts == ("› picture 1", "picture 2", "picture 3", "picture 4")


@pytest.mark.parametrize("lesson", [(LARGE, FROG)], indirect=True)
async def test_the_pictures_of_the_bench_are_compared_with_every_caption(lesson: Lesson) -> None:
    session = lesson.screen.session
    brought = lesson.app.pipeline.trace(FROG.replace(prompt="a red heart")).complete().final[0].clip(-1, 1)
    session.picture = brought
    await lesson.pilot.press("enter")
    await lesson.until(lambda: session.at_end)
    await lesson.open("matching")
    await lesson.press("enter")
    titles = [figure.title for figure in lesson.stage.figures()]
    assert titles[4:] == ["5: made on the bench", "6: your start picture"]
    assert len(lesson.page.table[0]) == 7
    pair = lesson.app.pipeline.similarity([FROG.prompt], np.stack([session.trace.final[0].clip(-1, 1), brought]))[0]
    assert [int(cell) for cell in lesson.page.table[5][5:]] == pytest.approx([1000 * score for score in pair], abs=1)
    await lesson.press("right", "right", "right", "right")
    assert "Picture 5 is yours" in lesson.page.text
    await lesson.pilot.press("slash", "ctrl+u", *"a red heart", "enter")
    await lesson.settled()
    # Six pictures leave no room for words: they stand below.
    assert [row[0] for row in lesson.page.table[1:]] == ["a", "b", "c", "d", "own"]
    assert "own: a red heart" in lesson.page.hint and f"a: {lesson.stage._game.round.captions[0]}" in lesson.page.hint
    assert session.recipe == FROG


@pytest.mark.parametrize("lesson", [(SMALL, FROG)], indirect=True)
async def test_a_picture_of_ones_own_is_compared_by_keys_alone(lesson: Lesson, tmp_path) -> None:
    Image.new("RGB", (48, 48), (200, 0, 0)).save(tmp_path / "red [b].png")
    await lesson.open("matching")
    await lesson.pilot.press("o")
    await lesson.pilot.pause()
    await lesson.pilot.press(*str(tmp_path / "red [b].png"), "enter")
    await lesson.until(lambda: lesson.app.screen_stack[-1] is lesson.app._benches[3])
    await lesson.settled()
    assert "“red [b].png” is compared too once you check" in lesson.page.text
    await lesson.press("enter")
    assert lesson.stage.figures()[-1].title == "5: red [b].png"
    assert len(lesson.page.table[0]) == 6
    await lesson.press("right", "right", "right", "right")
    assert "Picture 5 is yours" in lesson.page.text
    await lesson.press("l", "l")
    assert lesson.stage.figures()[-1].title == "5: red [b].png"  # closed and opened again, it is still there


async def test_the_slider_turns_w_without_a_model_call(lesson: Lesson) -> None:
    await lesson.open("guidance")
    slider, dial = lesson.screen.query_one(GuidanceSlider), lesson.stage._dial
    assert lesson.page.table[1] == ("new predictions", str(dial.predictions))
    before, spent = lesson.figure("guided"), dial.predictions
    await lesson.press("g", "right", "right")
    assert slider.value == 5
    assert lesson.figure("guided").note == "w = 5"
    assert (lesson.figure("guided").picture != before.picture).any()
    assert lesson.page.table[1] == ("new predictions", "0")
    width = slider.size.width
    await lesson.pilot.mouse_down(slider, offset=(width // 2, 0))
    await lesson.pilot.hover(slider, offset=(width // 4, 0))
    await lesson.pilot.mouse_up(slider, offset=(width // 4, 0))
    await lesson.settled()
    assert slider.value < 3
    assert lesson.figure("guided").note == f"w = {slider.value:g}"
    assert lesson.page.table[1] == ("new predictions", "0")
    assert dial.predictions == spent
    await lesson.press("enter")  # the keys stayed the stage's
    assert lesson.figure("whole run").note == f"w = {slider.value:g}"
    await lesson.press("g", "escape")
    assert lesson.stage is not None  # escape gave the keys back first
    await lesson.pilot.press("escape")
    await lesson.pilot.pause()
    assert lesson.stage is None


async def test_the_whole_run_is_made_again_while_w_is_turned(lesson: Lesson) -> None:
    await lesson.open("guidance")
    await lesson.press("plus", "plus", "enter")
    whole = lesson.figure("whole run")
    assert whole.note == "w = 5"
    assert as_made(lesson, whole, FROG.replace(guidance=5.0))
    assert lesson.page.table[0][2] == "whole run, w = 5"
    assert lesson.page.table[1] == ("new predictions", "0", str(2 * FROG.steps))
    await lesson.pilot.press("minus", "enter", "plus")
    await lesson.settled()
    assert lesson.figure("whole run").note == "w = 4.5"
    assert lesson.figure("guided").note == "w = 5"
    await lesson.press("end", *["right"] * FROG.steps, "v")
    assert lesson.stage.places()[2] == FROG.steps - 1
    assert lesson.figure("guided").title == "guided ε̂"


async def test_from_the_card_of_whole_runs_one_is_made_at_once(lesson: Lesson) -> None:
    cards = [card.id for card in load_lesson(3).cards]
    await lesson.pilot.press(*["right_square_bracket"] * cards.index("guidance-grid"), "l")
    await lesson.until(lambda: lesson.stage is not None)
    await lesson.settled()
    assert as_made(lesson, lesson.figure("whole run"), FROG)
    assert lesson.stage.front() == [figure.title for figure in lesson.stage.figures()].index("whole run again")


@pytest.mark.parametrize("lesson", [(SMALL, FROG)], indirect=True)
async def test_the_places_of_a_negative_say_on_which_steps_it_is(lesson: Lesson) -> None:
    await lesson.open("negative")
    for named in ("on all steps   1 of 3", "on the first half   2 of 3", "on the second half   3 of 3"):
        assert named in str(lesson.screen.query_one(Scrubber).render())
        await lesson.press("right")


async def test_a_negative_is_tried_at_any_w_and_on_half_of_the_steps(lesson: Lesson) -> None:
    await lesson.open("negative")
    assert "“red” is in the slot on all steps" in lesson.page.text
    heart = FROG.replace(prompt="a heart", seed=SEED)
    assert of_colour(lesson.figure("no negative").picture, "red").mean() > 0.2  # there is something to steer away from
    assert as_made(lesson, lesson.figure("negative red"), heart.replace(negative="red"))
    await lesson.pilot.press("n", "ctrl+u", "enter")
    await lesson.settled()
    assert "The slot is empty" in lesson.page.text
    await lesson.pilot.press("slash", "ctrl+u", *FROG.prompt, "enter", "n", *"eyes", "enter")
    await lesson.settled()
    assert not lesson.screen.query_one("#negative", PromptField).editing
    assert as_made(lesson, lesson.figure("negative eyes"), FROG.replace(negative="eyes", seed=SEED))
    await lesson.press("g", "1", "escape")
    assert "w = 1" in lesson.page.text and "0.000" in lesson.page.text
    await lesson.press("g", "0", "escape")
    assert lesson.page.table[-1][2] == "0.000"
    await lesson.press("t")
    early = FROG.replace(negative="eyes", guidance=0.0, seed=SEED, switches=(Switch(4, negative=""),))
    assert "first half" in lesson.page.text
    assert as_made(lesson, lesson.figure("negative eyes"), early)
    await lesson.press("enter")
    assert "“frog” is in the slot" in lesson.page.text
    assert lesson.screen.query_one("#negative", PromptField)._text == "frog"


async def test_the_negatives_stage_goes_on_from_the_picture_that_its_card_has_shown(lesson: Lesson) -> None:
    cards = [card.id for card in load_lesson(3).cards]
    await lesson.pilot.press(*["right_square_bracket"] * cards.index(CARDS["negative"]), "a")
    await lesson.until(lambda: lesson.page.result)
    shown = lesson.screen.outcome
    assert shown.values["seed"] in range(FROG.seed, FROG.seed + shown.values["seeds"])
    await lesson.pilot.press("l")
    await lesson.until(lambda: lesson.stage is not None)
    await lesson.settled()
    assert lesson.stage.recipe.seed == shown.values["seed"]
    assert np.abs(lesson.figure("no negative").picture.astype(int) - shown.panes[0].picture).max() <= 1


async def test_prompts_are_switched_on_the_way(lesson: Lesson) -> None:
    await lesson.open("switching")
    second = lesson.stage._key[1]
    assert as_made(lesson, lesson.figure("second prompt"), FROG.replace(prompt=second))
    await lesson.press("home", "right")
    assert as_made(lesson, lesson.figure("switch after 1"), FROG.replace(switches=(Switch(1, prompt=second),)))
    assert "1 of 8 steps" in lesson.page.text
    curves, *_, cursor = lesson.screen.curves()
    assert [len(curve.xs) for curve in curves] == [9] and cursor == 1
    await lesson.press("enter")
    assert lesson.stage._key[1] != second
    assert len(lesson.screen.curves()[0]) == 2


async def test_keys_are_answered_while_pictures_are_made(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, play = threading.Event(), SwitchStrip.play

    def held(self):
        go_on.wait(20)
        yield from play(self)

    monkeypatch.setattr(SwitchStrip, "play", held)
    cards = [card.id for card in load_lesson(3).cards]
    await lesson.pilot.press(*["right_square_bracket"] * cards.index("when-decided"), "l", "right")
    await lesson.pilot.pause()
    assert "5 of 8 steps" in lesson.page.text and "are being made" in lesson.page.text
    assert "at work" in lesson.screen.caption()
    await lesson.pilot.press("escape")
    await lesson.pilot.pause()
    assert lesson.stage is None
    await lesson.pilot.press("l")
    go_on.set()
    await lesson.until(lambda: lesson.stage is not None)
    await lesson.settled()
    assert "is decided by then" in lesson.page.text


async def test_the_newest_wish_is_the_one_that_is_shown(lesson: Lesson) -> None:
    await lesson.open("swap")
    await lesson.pilot.press("r", "enter", "r", "right", "r")
    await lesson.settled()
    recipe = FROG.replace(seed=FROG.seed + 3)
    by = lesson.stage._swap.choices(1)[0]
    assert lesson.stage.recipe == recipe
    assert as_made(lesson, lesson.figure("after"), recipe.replace(prompt=f"a blue {by}"))


async def test_a_control_that_plays_no_part_says_so(lesson: Lesson) -> None:
    await lesson.open("matching")
    for key, name in (("g", "guidance"), ("n", "negative"), ("s", "sampler")):
        await lesson.press(key)
        assert f"{name} plays no part here" in lesson.said
    await lesson.press("e")
    assert "l closes this first" in lesson.said
