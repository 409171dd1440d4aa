"""Pictures and captions are matched by hand, and by the pair."""

import numpy as np
import pytest
from PIL import Image

from tdiff.ui.widgets.canvases import Canvases

from .lesson3 import FROG, Lesson
from .looking import LARGE, SMALL

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("lesson", [(SMALL, FROG)], indirect=True)
async def test_captions_are_matched_against_the_pair(lesson: Lesson) -> None:
    await lesson.open("matching")
    game = lesson.lab._game
    right = game.round.right
    assert lesson.page.options == game.round.captions
    canvases = lesson.screen.query_one(Canvases)
    assert canvases.front.title == "› picture 1"
    await lesson.press("abcd"[right[0]])
    assert canvases.front.title == "› picture 2"
    await lesson.press("left", "abcd"[right[1]], "left", "left", *("abcd"[right[place]] for place in range(4)))
    assert game.placed == right
    await lesson.press("enter")
    assert lesson.lab._verdict.score.you == 4
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
    canvases, right = lesson.screen.query_one(Canvases), lesson.lab._game.round.right
    for number in (2, 3, 4):
        await lesson.press("tab")
        assert canvases.front.title == f"› picture {number}"
        assert lesson.page.question.startswith(f"Picture {number}:")
    await lesson.press("abcd"[right[3]])
    assert lesson.lab._game.placed == (None, None, None, right[3])
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
    titles = [figure.title for figure in lesson.lab.figures()]
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
    assert "own: a red heart" in lesson.page.hint and f"a: {lesson.lab._game.round.captions[0]}" in lesson.page.hint
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
    assert lesson.lab.figures()[-1].title == "5: red [b].png"
    assert len(lesson.page.table[0]) == 6
    await lesson.press("right", "right", "right", "right")
    assert "Picture 5 is yours" in lesson.page.text
    await lesson.press("l", "l")
    assert lesson.lab.figures()[-1].title == "5: red [b].png"  # closed and opened again, it is still there
