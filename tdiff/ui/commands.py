"""What the command palette offers: lessons, samplers, seeds, steps, exports."""

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from tdiff.lessons.core.loader import STUDIO, titles
from tdiff.samplers import SAMPLERS
from tdiff.ui.keymap import KEY_OF, STUDIO_KEYS

_Entry = tuple[str, str, IgnoreReturnCallbackType]


_BENCH = (
    ("Export: picture, film, text or recipe", "export"),
    ("Copy the command", "copy"),
    ("Open a picture or a recipe", "open"),
    ("Undo the last change of the settings", "undo"),
    ("Back to noise", "reset"),
)


THEMES = {"textual-dark": "dark", "textual-light": "light", "nord": "muted"}
"""Of Textual's own, those that are offered; the settings take any."""


class BenchCommands(Provider):
    """Entries for the bench that is open."""

    async def discover(self) -> Hits:
        """All entries, before anything is typed."""
        for name, help_text, run in self._entries():
            yield DiscoveryHit(name, run, help=help_text)

    async def search(self, query: str) -> Hits:
        """Entries that match."""
        matcher = self.matcher(query)
        for name, help_text, run in self._entries():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), run, help=help_text)

    def _entries(self) -> Iterator[_Entry]:
        from tdiff.ui.screens.bench_screen import BenchScreen
        from tdiff.ui.screens.lesson_screen import LessonScreen
        from tdiff.ui.screens.studio_screen import StudioScreen

        screen = self.screen
        for number, title in titles().items():
            name = f"Open lesson {number}: {title}" if number < STUDIO else "Open the studio"
            yield name, f"key {number}", partial(self._run, f"app.lesson({number})")
        for theme, look in THEMES.items():
            yield f"Theme: {look}", f"{theme}; kept for the next time", partial(setattr, self.app, "theme", theme)
        yield "Keys and words", "help and glossary; key ?", partial(self._run, "app.help")
        if isinstance(screen, LessonScreen):
            yield "Answer this lesson anew", "its questions are asked again", screen.course.answer_anew
        if not isinstance(screen, BenchScreen):
            return
        control = screen.controller
        for name, sampler in SAMPLERS.items():
            yield f"Sampler: {name}", f"{sampler.note}; key s", partial(control.settings.set_sampler, name)
        for steps in (1, 4, 8, 20, 50, 100):
            yield f"Steps: {steps}", "keys + and −", partial(control.settings.set_steps, steps)
        for seed in (0, 1, 2, 3, 7, 42):
            yield f"Seed: {seed}", "key r draws one", partial(control.settings.change, seed=seed)
        for guidance in (0.0, 1.0, 2.0, 4.0, 8.0, 15.0):
            yield f"Guidance: {guidance:g}", "key g", partial(control.settings.change, guidance=guidance)
        for name, key in _BENCH:
            yield name, f"key {KEY_OF[key].written}", partial(control.press, key)
        if screen.session.recipe.switches:
            yield "Take switches on the way away", "as a click on them does", partial(control.press, "drop_switches")
        if isinstance(screen, StudioScreen):
            for each in STUDIO_KEYS:
                name = f"{each.label[0].upper()}{each.label[1:]}: {each.help}"
                yield name, f"key {each.written}", partial(control.press, each.id)

    async def _run(self, action: str) -> None:
        await self.app.run_action(action)
