"""One static under four prompts: if a picture lay hidden in it, it would come out four times."""

from collections.abc import Iterator

from tdiff.diffusion import Trace, run_of
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.measures import spread
from tdiff.lessons.core.naming import listed, name_pictures
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing, side_by_side
from tdiff.pipeline import options_of

_WISHES = {"robot": "a robot", "tree": "a green tree", "heart": "a red heart", "cat": "a cat"}
_NOUNS = tuple(_WISHES)
_ONE_PICTURE = 0.05  # mean difference below which they would be called the same
_SAME, _AS_ASKED, _NOT_AS_ASKED = range(3)


def same_static(bench: Bench) -> Iterator[Outcome]:
    """Denoise one starting noise under four prompts with DDIM, so that nothing but the prompt differs."""
    recipe = bench.plain(sampler="ddim", eta=0.0)
    options = options_of(recipe)
    conditions = bench.pipeline.conditions(tuple(_WISHES.values()), [""] * len(_NOUNS))
    trace = Trace(run_of(bench.pipeline.denoiser, conditions, (recipe.seed,) * len(_NOUNS), options))
    titles = tuple(_WISHES.values())
    yield from playing(trace, titles)

    names = name_pictures(trace.final, _NOUNS)
    right = sum(name == noun for name, noun in zip(names, _NOUNS, strict=True))
    apart = spread(trace.final)
    yield Outcome(
        panes=side_by_side(titles, trace.final, [f"called {name}" for name in names]),
        values={
            "asked": listed(_NOUNS),
            "names": listed(names),
            "right": right,
            "difference": apart,
            "guidance": recipe.guidance,
        },
        answer=_answer(apart, right),
        table=(("asked for", "called"), *zip(_NOUNS, names, strict=True)),
    )


def _answer(apart: float, right: int) -> int:
    if apart <= _ONE_PICTURE:
        return _SAME
    return _AS_ASKED if right >= len(_NOUNS) - 1 else _NOT_AS_ASKED
