"""The words know the order, the picture does not: so it was with earlier weights; how is it with these?"""

from collections.abc import Iterator

import numpy as np

from tdiff.arrays import U8
from tdiff.evaluate.checker import load_checker
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.lessons.core.together import seeds_from, steered, together
from tdiff.lessons.words.noun_order import both_right, order_share, ordered_pairs
from tdiff.lessons.words.order_recording import order_recording
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.views.figures import Pane

_CHANCE, _MOST = 1, 5  # of six pairs: a coin's throw for each picture gets one or two both ways
_ROOM = 22  # columns of the first cell
_COIN, _SOME, _NEARLY_ALL = range(3)


def word_order(bench: Bench) -> Iterator[Outcome]:
    """Exchange the nouns of six prompts, same seeds, and count the pairs that come out right both ways.

    Args:
        bench: whose seed starts the first pair, and whose guidance counts.
    """
    pairs, recording, checker = ordered_pairs(), order_recording(), load_checker()
    recipe = steered(bench)
    seeds = seeds_from(recipe.seed, len(pairs))
    recipes = [
        recipe.replace(prompt=each.prompt, seed=seed) for pair, seed in zip(pairs, seeds, strict=True) for each in pair
    ]
    trace = together(bench.pipeline, recipes)
    yield from playing(trace, ["asked for", "nouns exchanged"])

    pictures = to_pixels(trace.final).reshape(recording.pictures.shape)
    right, right_before = both_right(checker, pictures), both_right(checker, recording.pictures)
    heard, read = order_shares(bench.pipeline)
    shown = _telling(right, recording.pictures)
    yield Outcome(
        panes=(
            *_panes("recorded", recording.pictures[shown], shown),
            *_panes("made now", pictures[shown], shown),
        ),
        values={
            "right": sum(right),
            "of": len(pairs),
            "right_before": sum(right_before),
            "heard": heard,
            "read": read,
            "heard_before": recording.heard,
            "read_before": recording.read,
            "shown": shown,
            "seed": seeds[shown],
        },
        steps=recipe.steps,
        answer=_COIN if sum(right) <= _CHANCE else _NEARLY_ALL if sum(right) >= _MOST else _SOME,
        table=(
            ("", "recorded", "now"),
            ("1st or 2nd, text half", f"{recording.heard:.0%}", f"{heard:.0%}"),
            ("1st or 2nd, denoiser", f"{recording.read:.0%}", f"{read:.0%}"),
            ("right both ways", f"{sum(right_before)} of {len(pairs)}", f"{sum(right)} of {len(pairs)}"),
            (recording.model[:_ROOM], "", ""),
        ),
    )


def order_shares(pipeline: Pipeline) -> tuple[float, float]:
    """`order_share` of the text half's states, and of what the denoiser makes of them."""
    states = pipeline.model.states
    return order_share(lambda ids: states(ids).heard), order_share(lambda ids: states(ids).read)


def _telling(right: tuple[bool, ...], recorded: U8) -> int:
    """Of the pairs that come out right now, or else of all, the one whose recorded pictures differ least."""
    apart = np.abs(recorded[:, 0].astype(float) - recorded[:, 1]).mean(axis=(1, 2, 3))
    return int(np.argmin(np.where(right, apart, np.inf) if any(right) else apart))


def _panes(when: str, pictures: U8, place: int) -> tuple[Pane, ...]:
    pair = ordered_pairs()[place]
    return tuple(
        Pane(f"{when}, {n}", picture, each.prompt)
        for n, (each, picture) in enumerate(zip(pair, pictures, strict=True), 1)
    )
