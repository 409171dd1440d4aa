"""What a scene is called: one true sentence, or keywords, among the many ways people say it."""

import re
from dataclasses import dataclass, replace

from numpy.random import Generator

from tdiff.world.concepts import STYLES, concepts
from tdiff.world.scenes import OPPOSITE, Placed, Scene

_SYNONYM_SHARE = 0.12
_NO_ARTICLE = frozenset(
    [
        "grapes",
        "cherries",
        "fries",
        "scissors",
        "glasses",
        "lips",
        "dice",
        "corn",
        "bread",
        "fire",
        "lightning",
        "broccoli",
        "bacon",
        "beer",
        "wine",
        "coffee",
        "chocolate",
        "poop",
        "cheese",
        "shrimp",
        "candy",
        "earth",
        "tennis",
        "basketball",
        "football",
        "drums",
        "mice",
        "cacti",
        "chips",
    ]
)
_IRREGULAR = {
    "mouse": "mice", "wolf": "wolves", "leaf": "leaves", "fish": "fish", "sheep": "sheep", "shrimp": "shrimp",
    "squid": "squid", "tooth": "teeth", "cactus": "cacti", "tomato": "tomatoes", "potato": "potatoes",
    "mango": "mangoes", "dice": "dice", "fries": "fries", "scissors": "scissors", "glasses": "glasses",
    "cherries": "cherries", "grapes": "grapes", "lips": "lips", "snowman": "snowmen", "drums": "drums",
}  # fmt: skip

_SIZE_WORDS = {"small": ("small", "small", "little", "tiny"), "big": ("big", "big", "large", "huge")}
_COUNT_WORDS = {2: ("two", "two", "a pair of"), 3: ("three",), 4: ("four",)}
_POSITION_WORDS = {
    "left": ("on the left", "on the left", "at the left", "on the left side", "left"),
    "right": ("on the right", "on the right", "at the right", "on the right side", "right"),
    "top": ("at the top", "at the top", "on top", "top"),
    "bottom": ("at the bottom", "at the bottom", "on the bottom", "bottom"),
    "top left": ("in the top left corner", "in the top left corner", "at the top left", "in the upper left corner", "top left"),
    "top right": ("in the top right corner", "in the top right corner", "at the top right", "in the upper right corner", "top right"),
    "bottom left": ("in the bottom left corner", "in the bottom left corner", "at the bottom left", "in the lower left corner", "bottom left"),
    "bottom right": ("in the bottom right corner", "in the bottom right corner", "at the bottom right", "in the lower right corner", "bottom right"),
    "middle": ("in the middle", "in the middle", "in the center", "at the center", "in the centre", "middle"),
}  # fmt: skip
_RELATION_WORDS = {
    "left": ("to the left of", "to the left of", "left of", "on the left of"),
    "right": ("to the right of", "to the right of", "right of", "on the right of"),
    "above": ("above", "above", "over", "on top of"),
    "below": ("below", "below", "under", "beneath", "underneath"),
}
_LOOSE_WORDS = {
    "left": ("and", "and", "and", "next to", "beside", "with"),
    "above": ("and", "and", "and", "with"),
}
_STYLE_WORDS = {style: (f"in {style} style", f"in {style} style", f"{style} style", style) for style in STYLES} | {
    "sticker": ("as a sticker", "in sticker style", "sticker style", "sticker")
}
_GROUND_WORDS = ("on a {} background", "on a {} background", "on a {} background", "on {}", "with a {} background",
                 "against a {} background", "{} background")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts that a caption states; everything else about the scene is left out.

    Attributes:
        colours: for each object the colour word, or None.
        size, position, relation, ground, style: the stated fact, or None where left out.
    """

    colours: tuple[str | None, ...]
    size: str | None
    position: str | None
    relation: str | None
    ground: str | None
    style: int | None


def choose_facts(scene: Scene, rng: Generator) -> Facts:
    """Decide what to mention: every attribute is sometimes left out, so that leaving out is normal."""
    return Facts(
        colours=tuple(_stated_colour(item, rng) for item in scene.objects),
        size=scene.size if rng.random() < 0.75 else None,
        position=scene.position if rng.random() < 0.85 else None,
        relation=scene.relation if rng.random() < 0.7 else None,
        ground=scene.ground if rng.random() < 0.88 else None,
        style=scene.style if rng.random() < 0.25 else None,
    )


def caption(scene: Scene, rng: Generator) -> str:
    """Return one true caption: a sentence (74 %), keywords (15 %), a relative clause (7 %) or one bare fact (4 %)."""
    facts = choose_facts(scene, rng)
    draw = rng.random()
    if draw < 0.04:
        return _bare(scene, facts, rng)
    if draw < 0.19:
        return _keywords(scene, facts, rng)
    return _sentence(scene, facts, rng, relative=draw < 0.26)


def full_caption(scene: Scene, rng: Generator) -> str:
    """Return a sentence that leaves nothing out: what retrieval among many scenes needs."""
    facts = Facts(
        colours=tuple(item.colour_term for item in scene.objects),
        size=scene.size,
        position=scene.position,
        relation=scene.relation,
        ground=scene.ground,
        style=scene.style,
    )
    return _sentence(scene, facts, rng, relative=False)


def colourless_caption(scene: Scene, rng: Generator) -> str:
    """Return a sentence that leaves every object's colour open."""
    facts = replace(choose_facts(scene, rng), colours=(None,) * len(scene.objects))
    return _sentence(scene, facts, rng, relative=False)


def with_article(phrase: str) -> str:
    """Put "a" or "an" before a phrase, unless its noun takes none ("grapes", "bread")."""
    nouns = sorted((c.name for c in concepts()), key=len, reverse=True)
    noun = next((name for name in nouns if re.search(rf"\b{name}\b", phrase)), "")
    return phrase if noun in _NO_ARTICLE else _articled(f"a {phrase}")


def plural(noun: str) -> str:
    """English plural of a concept's name; the last word of several changes."""
    head, _, last = noun.rpartition(" ")
    if last in _IRREGULAR:
        made = _IRREGULAR[last]
    elif last.endswith(("s", "sh", "ch", "x", "z")):
        made = last + "es"
    elif last.endswith("y") and last[-2] not in "aeiou":
        made = last[:-1] + "ies"
    else:
        made = last + "s"
    return f"{head} {made}".strip()


def _stated_colour(item: Placed, rng: Generator) -> str | None:
    if item.colour is not None:
        return item.colour if rng.random() < 0.88 else None
    return item.sprite.named_colour if rng.random() < 0.4 else None


def _sentence(scene: Scene, facts: Facts, rng: Generator, relative: bool) -> str:
    style = _pick(rng, _STYLE_WORDS[STYLES[facts.style]]) if facts.style is not None else ""
    leading = style if style in STYLES else ""  # "a 3d frog" as well as "a frog in 3d style"
    if scene.kind == "pair":
        body = _pair_body(scene, facts, rng, leading, relative)
    elif scene.kind == "count":
        body = _count_body(scene, facts, rng, leading, relative)
    else:
        body = _single_body(scene, facts, rng, leading, relative)
    ground = _pick(rng, _GROUND_WORDS).format(facts.ground) if facts.ground else ""
    tail = [part for part in (ground, "" if leading else style) if part]
    if len(tail) == 2 and rng.random() < 0.3:
        tail.reverse()
    return _articled(" ".join([body, *tail]))


def _single_body(scene: Scene, facts: Facts, rng: Generator, leading: str, relative: bool) -> str:
    size = _pick(rng, _SIZE_WORDS[facts.size]) if facts.size else ""
    noun = _object(scene.objects[0], facts.colours[0], rng, relative, before=(leading, size))
    return f"{noun} {_pick(rng, _POSITION_WORDS[facts.position])}" if facts.position else noun


def _count_body(scene: Scene, facts: Facts, rng: Generator, leading: str, relative: bool) -> str:
    name = plural(_name(scene.objects[0], rng))
    number = _pick(rng, _COUNT_WORDS[len(scene.objects)]) if rng.random() < 0.95 else ""
    colour = facts.colours[0] or ""
    if relative and colour:
        return _join(number, leading, name, "that are", colour)
    return _join(number, leading, colour, name)


def _pair_body(scene: Scene, facts: Facts, rng: Generator, leading: str, relative: bool) -> str:
    items = [
        _object(item, colour, rng, relative and rng.random() < 0.5, before=(leading if i == 0 else "",))
        for i, (item, colour) in enumerate(zip(scene.objects, facts.colours, strict=True))
    ]
    relation = facts.relation
    if relation is None:
        along = "left" if scene.relation in ("left", "right") else "above"
        if rng.random() < 0.5:
            items.reverse()
        return f"{items[0]} {_pick(rng, _LOOSE_WORDS[along])} {items[1]}"
    if rng.random() < 0.3:  # the same fact told from the other object
        items.reverse()
        relation = OPPOSITE[relation]
    is_ = "that is " if relative and rng.random() < 0.5 else ""
    return f"{items[0]} {is_}{_pick(rng, _RELATION_WORDS[relation])} {items[1]}"


def _object(item: Placed, colour: str | None, rng: Generator, relative: bool, before: tuple[str, ...]) -> str:
    name = _name(item, rng)
    article = "" if concepts()[item.sprite.concept].name in _NO_ARTICLE else "a"
    if rng.random() < 0.05:
        article = "the"
    if colour and relative:
        clause = _pick(rng, ("that is", "which is", "colored", "in"))
        return _join(article, *before, name, clause, colour)
    return _join(article, *before, colour or "", name)


def _keywords(scene: Scene, facts: Facts, rng: Generator) -> str:
    """Bare words as people type them: "frog blue", "yellow background frog 3d"."""
    chunks = []
    for i, item in enumerate(scene.objects[:1] if scene.kind == "count" else scene.objects):
        name = _name(item, rng)
        colour = facts.colours[i] or ""
        pair = [colour, plural(name) if scene.kind == "count" else name]
        if rng.random() < 0.5:
            pair.reverse()
        number = _pick(rng, _COUNT_WORDS[len(scene.objects)]) if scene.kind == "count" else ""
        size = _pick(rng, _SIZE_WORDS[facts.size]) if facts.size else ""
        chunks.append(_join(number, size, *pair))
    if scene.kind == "pair" and facts.relation:
        chunks = [f"{chunks[0]} {_pick(rng, _RELATION_WORDS[facts.relation])} {chunks[1]}"]
    if facts.position:
        chunks.append(_POSITION_WORDS[facts.position][-1])
    if facts.ground:
        chunks.append(f"{facts.ground} background")
    if facts.style is not None:
        chunks.append(STYLES[facts.style])
    order = rng.permutation(len(chunks)) if rng.random() < 0.5 else range(len(chunks))
    return " ".join(chunks[i] for i in order)


def _bare(scene: Scene, facts: Facts, rng: Generator) -> str:
    """One fact alone, the form that negative prompts take: "red", "yellow background", "frog", "3d"."""
    said = [f"{colour} color" if colour == "orange" else colour for colour in facts.colours if colour]
    options = [*said, _name(scene.objects[0], rng), STYLES[scene.style]]
    if scene.ground:
        options.append(f"{scene.ground} background")
    return options[rng.integers(len(options))]


def _name(item: Placed, rng: Generator) -> str:
    concept = concepts()[item.sprite.concept]
    if concept.synonyms and rng.random() < _SYNONYM_SHARE:
        return _pick(rng, concept.synonyms)
    return concept.name


def _articled(text: str) -> str:
    """Turn every "a" before a vowel sound into "an"."""
    words = text.split()
    for i in range(len(words) - 1):
        if words[i] == "a" and _vowel_sound(words[i + 1]):
            words[i] = "an"
    return " ".join(words)


def _vowel_sound(word: str) -> bool:
    silent = ("hourglass", "heir", "honest")
    hard = ("unicorn", "ufo", "ukulele", "one", "eu", "ewe")
    return word.startswith(silent) or (word[0] in "aeiou" and not word.startswith(hard))


def _pick(rng: Generator, options: tuple[str, ...]) -> str:
    return options[rng.integers(len(options))]


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)
