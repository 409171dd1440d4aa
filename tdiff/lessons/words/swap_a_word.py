"""One word swapped at the same seed: how much of the picture does it change?"""

from collections.abc import Iterator

from tdiff.arrays import Mask
from tdiff.evaluate.bias_rules import object_mask
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.changes import changed
from tdiff.lessons.core.outcome import Outcome
from tdiff.lessons.core.playing import playing
from tdiff.lessons.core.rewording import choices, shortened, swapped, usable
from tdiff.lessons.core.together import seeds_from, steered, together
from tdiff.pipeline import to_pixels
from tdiff.views.figures import Pane, difference_pixels

_LITTLE, _MUCH = 0.25, 0.75


def swap_a_word(bench: Bench) -> Iterator[Outcome]:
    """Make the prompt's picture, one with another colour (or noun), and one with the same words and another seed."""
    prompt, word = usable(bench.recipe.prompt, "colour", "noun")
    by = choices(prompt, word)[0]
    other = swapped(prompt, word, by)
    recipe = steered(bench, prompt=prompt)
    next_seed = recipe.replace(seed=seeds_from(recipe.seed, 2)[1])
    trace = together(bench.pipeline, (recipe, recipe.replace(prompt=other), next_seed))
    yield from playing(trace, ["before", "after", "another seed"])

    before, after, seeded = to_pixels(trace.final)
    change = changed(before, after)
    share, by_seed = float(change.mean()), float(changed(before, seeded).mean())
    thing = object_mask(before)
    in_thing, in_ground = _share(change[thing]), _share(change[~thing])
    yield Outcome(
        panes=(
            Pane("before", before, shortened(prompt, 60)),
            Pane("after", after, shortened(other, 60)),
            Pane("difference", difference_pixels(before, after), f"{share:.0%} of pixels"),
            Pane("another seed", seeded, f"{by_seed:.0%} of pixels"),
        ),
        values={
            "word": shortened(word.text, 20),
            "by": by,
            "changed": share,
            "in_thing": in_thing,
            "in_ground": in_ground,
            "seed_changed": by_seed,
        },
        steps=recipe.steps,
        answer=0 if share < _LITTLE else 1 if share <= _MUCH else 2,
        table=(
            ("what was changed", "pixels that changed"),
            (f"{shortened(word.text, 10)} → {by}", f"{share:.0%}"),
            ("of the thing", f"{in_thing:.0%}"),
            ("of the ground", f"{in_ground:.0%}"),
            ("the seed", f"{by_seed:.0%}"),
        ),
    )


def _share(changed_there: Mask) -> float:
    """How many of some pixels changed, 0 … 1; 0 of none."""
    return float(changed_there.mean()) if changed_there.size else 0.0
