"""When is what decided? Another colour, or another thing, from step k on, for every k."""

from collections.abc import Iterator

import numpy as np

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.lead import leaders
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import start_of
from tdiff.lessons.core.rewording import WordKind, choices, find, swapped, usable
from tdiff.lessons.core.smaller import four_of
from tdiff.lessons.core.together import seeds_from, steered
from tdiff.lessons.switching.switching_lab import Strip, SwitchStrip
from tdiff.pipeline import to_pixels
from tdiff.views.curve import Curve
from tdiff.views.figures import Pane

_KINDS: tuple[WordKind, ...] = ("colour", "noun")
_SEEDS = 4
_HALF = 50.0
_COLOUR, _SHAPE, _TOGETHER = range(3)


def when_decided(bench: Bench, count: int = _SEEDS) -> Iterator[Outcome]:
    """Switch the colour word at every step, then the noun, and see what the steps before had decided.

    Args:
        bench: prompt and first seed.
        count: seeds that are averaged over.
    """
    prompt, _ = usable(bench.recipe.prompt, "colour")
    if find(prompt, "noun") is None:
        prompt, _ = usable("", "noun")
    recipe = steered(bench, prompt=prompt)
    total = len(_KINDS) * count * recipe.steps
    start = start_of(bench.pipeline.run(recipe))
    yield Outcome((Pane("starting noise", to_pixels(start[0])),), progress=(0, total))

    strips: dict[WordKind, list[Strip]] = {"colour": [], "noun": []}
    by: dict[WordKind, str] = {}
    taken = 0
    for kind in _KINDS:
        _, word = usable(prompt, kind)
        by[kind] = choices(prompt, word)[0]
        second = swapped(prompt, word, by[kind])
        for seed in seeds_from(recipe.seed, count):
            switch = SwitchStrip(bench.pipeline, recipe.replace(seed=seed), second)
            for step in switch.play():
                taken += 1
                middle = Pane(f"switched after {recipe.steps // 2}", to_pixels(step.x_next[recipe.steps // 2]))
                yield Outcome((middle,), progress=(taken, total))
            strips[kind].append(switch.strip())

    curves = [_mean(strips["colour"], "colour decided"), _mean(strips["noun"], "shape decided")]
    colour, shape = (_crossing(curve) for curve in curves)
    half = {kind: [_crossing(strip.curve(kind)) for strip in strips[kind]] for kind in _KINDS}
    yield Outcome(
        panes=tuple(pane for kind in _KINDS for pane in _sheets(kind, strips[kind][0])),
        values={
            "colour": colour,
            "shape": shape,
            "steps": recipe.steps,
            "colour_to": by["colour"],
            "noun_to": by["noun"],
        },
        steps=recipe.steps,
        answer=_answer(half["colour"], half["noun"]),
        table=_table(curves),
        curves=tuple(curves),
        x_label="steps with the first prompt",
        y_label="decided, %",
    )


def _answer(colour: list[float], shape: list[float]) -> int:
    """From the steps after which either is half decided, seed by seed; a step and more than chance must lie between."""
    if abs(float(np.mean(colour)) - float(np.mean(shape))) < 1:
        return _TOGETHER
    first = leaders({_COLOUR: [-steps for steps in colour], _SHAPE: [-steps for steps in shape]})
    return first[0] if len(first) == 1 else _TOGETHER


def _mean(strips: list[Strip], name: str) -> Curve:
    curves = [strip.curve(name) for strip in strips]
    return Curve(name, curves[0].xs, tuple(float(y) for y in np.mean([curve.ys for curve in curves], axis=0)))


def _crossing(curve: Curve) -> float:
    """After how many steps more than half is decided, read off the line between two points; all steps if never."""
    below = [place for place, share in enumerate(curve.ys) if share <= _HALF]
    last = below[-1] if below else 0
    if last + 1 >= len(curve.ys):
        return curve.xs[-1]
    before, after = curve.ys[last], curve.ys[last + 1]
    return curve.xs[last] + (_HALF - before) / (after - before)


def _sheets(kind: WordKind, strip: Strip) -> tuple[Pane, ...]:
    """Eight of a strip's pictures, four to a sheet, from the second prompt alone to the first alone."""
    places = np.rint(np.linspace(0, strip.steps, 8)).astype(int)
    return tuple(
        Pane(
            f"{'colour' if kind == 'colour' else 'shape'}: {part[0]} to {part[-1]}",
            four_of(to_pixels(strip.pictures[part])),
            f"k = {', '.join(map(str, part))}",
        )
        for part in np.split(places, 2)
    )


def _table(curves: list[Curve]) -> tuple[tuple[str, ...], ...]:
    rows = [(f"{x:g}", *(f"{curve.ys[place]:.0f}%" for curve in curves)) for place, x in enumerate(curves[0].xs)]
    return (("steps", "colour decided", "shape decided"), *rows)
