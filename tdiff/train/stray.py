"""Captions that also name a thing which is not there, as captions from the web do.

Where every caption is exact, "a dog and a cat" leaves no doubt that there is a cat, and a negative "cat" has nothing
to push towards: guidance only strengthens what the prompt's own prediction holds possible.
"""

from dataclasses import replace

from numpy.random import Generator

from tdiff.world.captions import caption
from tdiff.world.concepts import concepts
from tdiff.world.scenes import Scene, draw_concept
from tdiff.world.sprites import shown

_RELATIONS = ("left", "right", "above", "below")


def stray_caption(scene: Scene, rng: Generator) -> str:
    """Return a caption of a scene's only thing and of a second one that it does not show.

    Scenes of several objects keep an exact caption.
    """
    if scene.kind != "single":
        return caption(scene, rng)
    item = scene.objects[0]
    other = item.sprite.concept
    while other == item.sprite.concept or not concepts()[other].offered:
        other = draw_concept(rng)
    drawings = shown()[other]
    absent = replace(item, sprite=drawings.get(scene.style, next(iter(drawings.values()))), colour=None)
    both = (item, absent) if rng.random() < 0.5 else (absent, item)
    relation = _RELATIONS[rng.integers(len(_RELATIONS))]
    return caption(replace(scene, kind="pair", objects=both, size=None, position=None, relation=relation), rng)
