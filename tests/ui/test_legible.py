"""Text can be read in every theme that is offered: its contrast with its ground is 4.5 at least."""

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tdiff.ui.commands import THEMES
from tdiff.ui.legible import GROUNDS, LEAST, TEXTS, contrast, legible
from tests.ui.looking import BIG

BLACK, WHITE, GREY = Color(0, 0, 0), Color(255, 255, 255), Color(118, 118, 118)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast(BLACK, WHITE) == contrast(WHITE, BLACK) == pytest.approx(21)
    assert contrast(GREY, WHITE) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi])
def test_texts_of_a_theme_stand_out_from_every_ground(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    found = legible(theme.to_color_system().generate() | theme.variables)
    grounds = [Color.parse(found[ground]) for ground in GROUNDS]
    weak = {
        text: round(contrast(Color.parse(found[text]), ground), 2)
        for text in TEXTS
        if text in found
        for ground in grounds
        if contrast(Color.parse(found[text]), ground) < LEAST - 0.05  # rounded to whole levels
    }
    assert not weak


@pytest.mark.parametrize("name", [name for name, theme in BUILTIN_THEMES.items() if theme.ansi])
def test_the_terminals_own_colours_are_left_alone(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    variables = theme.to_color_system().generate() | theme.variables
    assert legible(variables) == variables


@pytest.mark.slow
async def test_all_text_on_a_bench_can_be_read_in_the_themes_that_are_offered(explorer, until, monkeypatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = explorer()
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.pipeline is not None)
        for theme in THEMES:
            app.theme = theme
            await pilot.press("slash")
            await pilot.pause(0.3)
            assert weak_texts(app) == {}, theme
            await pilot.press("escape")
            await pilot.pause(0.3)
            assert weak_texts(app) == {}, theme


def weak_texts(app) -> dict[str, float]:
    """Text on the screen whose contrast is too low; what is drawn in signs is no text."""
    weak = {}
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if any(character.isalnum() for character in text):
                fore, ground = (Color.from_rich_color(each) for each in (style.color, style.bgcolor))
                found = contrast(fore, ground)
                if style.dim or found < LEAST:
                    weak[text.strip()] = found
    return weak
