"""What the studio's tools ask before they begin."""

from tdiff.errors import PromptError, TdiffError
from tdiff.pipeline import start_picture
from tdiff.prompt.explain import TRY_ANOTHER
from tdiff.recipe import Recipe
from tdiff.recipe.axis import cells, parse_axis
from tdiff.render.load import load_picture
from tdiff.ui.screens.dialogs import Ask, Dialog, path_of
from tdiff.views.words import Words


class GridDialog(Dialog):
    """Which settings, and their values."""

    def __init__(self, base: Recipe, words: Words) -> None:
        seed, self._words = base.seed, words
        super().__init__(
            "grid",
            "FIELD=VALUES, with a field of guidance, eta, steps, seed, sampler, prompt or negative. "
            'A value with a comma stands in double quotes: prompt="a cat, flat",a dog',
            (
                Ask("x", "columns", "guidance=0,1,4,8"),
                Ask("y", "rows (empty for one)", f"seed={seed}..{seed + 2}"),
            ),
            "make it",
        )
        self._base = base

    def refusal(self, answers: dict[str, str]) -> str:
        """Check both axes against the recipe."""
        try:
            y = parse_axis(answers["y"]) if answers["y"].strip() else None
            made = cells(self._base.replace(switches=(), start=None), parse_axis(answers["x"]), y)
            for prompt in dict.fromkeys(cell.prompt for cell in made):
                self._words.require_effect(prompt)
        except PromptError as error:
            return error.with_remedy(TRY_ANOTHER)
        except TdiffError as error:
            return str(error)
        return f"{len(made)} pictures are too many to watch: at most 100" if len(made) > 100 else ""


class MorphDialog(Dialog):
    """Where to, in how many stations.

    Args:
        seed: of the picture that is walked from.
        words: know what says nothing.
    """

    TEXT = (
        "To another prompt: it takes over from ever earlier steps. To another seed: along the arc between two noises."
    )

    def __init__(self, seed: int, words: Words) -> None:
        self._words = words
        asks = (
            Ask("prompt", "to this prompt", hint="such as a red apple"),
            Ask("seed", "or to this seed", hint=f"such as {seed + 1}"),
            Ask("count", "stations", "9"),
        )
        super().__init__("morph", self.TEXT, asks, "walk")

    def refusal(self, answers: dict[str, str]) -> str:
        """One goal, a sensible number of stations."""
        prompt, seed, count = (answers[name].strip() for name in ("prompt", "seed", "count"))
        if bool(prompt) == bool(seed):
            return "give either a prompt or a seed to walk to"
        try:
            self._words.require_effect(prompt)
        except PromptError as error:
            return error.with_remedy(TRY_ANOTHER)
        if seed and not (seed.isascii() and seed.isdecimal() and len(seed) < 19):
            return "a seed is a whole number from 0 up"
        if not (count.isascii() and count.isdecimal() and len(count) < 4 and 2 <= int(count) <= 60):
            return "stations must be from 2 to 60"
        return ""


class StartDialog(Dialog):
    """Which picture, how strongly changed.

    Args:
        path: of the picture that is started from already; "" for none.
        strength: that is offered.
    """

    TEXT = (
        "The picture is cut square, reduced to 32×32 and noised; "
        "denoising goes on from there (SDEdit, Meng et al. 2022)."
    )

    def __init__(self, path: str, strength: float) -> None:
        asks = (
            Ask("path", "PNG, JPEG, WebP or GIF; empty to start from noise again", path),
            Ask("strength", "how much of it is noised away, above 0, at most 1", f"{strength:g}"),
        )
        super().__init__("start picture", self.TEXT, asks, "start from it")

    def refusal(self, answers: dict[str, str]) -> str:
        """The picture must be readable, the strength a number."""
        if not answers["path"].strip():
            return ""
        try:
            start_picture(load_picture(path_of(answers)).picture, float(answers["strength"]))
        except TdiffError as error:
            return str(error)
        except ValueError:
            return "strength must be a number above 0 and at most 1"
        return ""
