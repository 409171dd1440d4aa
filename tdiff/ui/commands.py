"""What the command palette offers: lessons, samplers, seeds, steps, exports."""

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

from tdiff.lessons.core.loader import titles
from tdiff.samplers import SAMPLERS
from tdiff.ui.keymap import STUDIO_KEYS

_Entry = tuple[str, str, IgnoreReturnCallbackType]


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

        app, screen = self.app, self.screen
        for number, title in titles().items():
            name = f"Open lesson {number}: {title}" if number < 5 else "Open the studio"
            yield name, f"key {number}", partial(app.action_lesson, number)
        yield "Keys and words", "help and glossary", app.action_help
        if isinstance(screen, LessonScreen):
            yield "Answer this lesson anew", "its questions are asked again", screen.answer_anew
        if not isinstance(screen, BenchScreen):
            return
        for name, sampler in SAMPLERS.items():
            eta = screen.session.recipe.eta if sampler.takes_eta else 0.0
            yield f"Sampler: {name}", f"{sampler.note}; key s", partial(screen.change, sampler=name, eta=eta)
        for steps in (1, 4, 8, 20, 50, 100):
            yield f"Steps: {steps}", "keys + and −", partial(screen.action_set_steps, steps)
        for seed in (0, 1, 2, 3, 7, 42):
            yield f"Seed: {seed}", "key r draws one", partial(screen.change, seed=seed)
        for guidance in (0.0, 1.0, 2.0, 4.0, 8.0, 15.0):
            yield f"Guidance: {guidance:g}", "key g", partial(screen.change, guidance=guidance)
        yield "Export: picture, film, text or recipe", "key e", screen.action_export
        yield "Copy the command", "key y", screen.action_copy
        yield "Open a picture or a recipe", "key o", screen.action_open
        yield "Undo the last change of the settings", "key u", screen.action_undo
        yield "Back to noise", "key x", screen.action_reset
        if screen.session.recipe.switches:
            yield "Take switches on the way away", "as a click on them does", screen.action_drop_switches
        if isinstance(screen, StudioScreen):
            for key in STUDIO_KEYS:
                name = f"{key.label[0].upper()}{key.label[1:]}: {key.help}"
                yield name, f"key {key.keys}", partial(screen.run_action, key.action)
