"""The prompts that the model is measured on: GenEval's categories (Ghosh et al. 2023) on this world, and more.

Concepts are drawn as the world draws them, the clearest drawings most often. Every prompt of a category is
drawn from a generator of its own, so the suites are the same on every machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from numpy.random import PCG64, Generator

from tdiff.evaluate.judge import Thing, Want
from tdiff.world.captions import plural, with_article
from tdiff.world.concepts import STYLES, concepts, held_out
from tdiff.world.layout import POSITIONS
from tdiff.world.palette import COLOURS
from tdiff.world.scenes import draw_concept

_SEED = 20_260
_WHERE = {name: ("in the middle" if name == "middle" else f"at the {name}") for name in POSITIONS} | {
    "left": "on the left",
    "right": "on the right",
    **{name: f"in the {name} corner" for name in POSITIONS if " " in name},
}
_STANDS = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt and what its pictures must show."""

    prompt: str
    want: Want


def cases(category: str, count: int) -> list[Case]:
    """Return `count` cases of a category.

    Raises:
        KeyError: there is no such category; `CATEGORIES` lists them.
    """
    rng = Generator(PCG64((_SEED, list(CATEGORIES).index(category))))
    made: dict[str, Case] = {}
    while len(made) < count:
        case = CATEGORIES[category](rng)
        made.setdefault(case.prompt, case)
    return list(made.values())


def _single(rng: Generator) -> Case:
    concept = _noun(rng)
    return Case(with_article(_name(concept)), Want((Thing(concept),)))


def _colour(rng: Generator, unseen: bool) -> Case:
    concept, colour = _pair(rng, unseen)
    return Case(with_article(f"{colour} {_name(concept)}"), Want((Thing(concept, colour),)))


def _position(rng: Generator) -> Case:
    concept, place = _noun(rng), _one(rng, tuple(POSITIONS))
    return Case(with_article(f"small {_name(concept)} {_WHERE[place]}"), Want((Thing(concept),), position=place))


def _relation(rng: Generator) -> Case:
    first, second = _two(rng)
    relation = _one(rng, tuple(_STANDS))
    text = f"{with_article(_name(first))} {_STANDS[relation]} {with_article(_name(second))}"
    return Case(text, Want((Thing(first), Thing(second)), relation=relation))


def _ground(rng: Generator) -> Case:
    concept, colour = _noun(rng), _one(rng, COLOURS)
    while colour in concepts()[concept].colours:  # it could not be told from its ground
        colour = _one(rng, COLOURS)
    text = f"{with_article(_name(concept))} on {with_article(f'{colour} background')}"
    return Case(text, Want((Thing(concept),), ground=colour))


def _style(rng: Generator) -> Case:
    concept, style = _noun(rng), int(rng.integers(len(STYLES)))
    words = "as a sticker" if STYLES[style] == "sticker" else f"in {STYLES[style]} style"
    return Case(f"{with_article(_name(concept))} {words}", Want((Thing(concept),), style=style))


def _two_objects(rng: Generator) -> Case:
    first, second = _two(rng)
    text = f"{with_article(_name(first))} and {with_article(_name(second))}"
    return Case(text, Want((Thing(first), Thing(second))))


def _counting(rng: Generator) -> Case:
    concept, number = _noun(rng), int(rng.integers(2, 5))
    word = {2: "two", 3: "three", 4: "four"}[number]
    return Case(f"{word} {plural(_name(concept))}", Want((Thing(concept),) * number))


def _attribution(rng: Generator, unseen: bool) -> Case:
    (first, one), (second, other) = _pair(rng, unseen), _pair(rng, unseen)
    while second == first or other == one:
        second, other = _pair(rng, unseen)
    text = f"{with_article(f'{one} {_name(first)}')} and {with_article(f'{other} {_name(second)}')}"
    return Case(text, Want((Thing(first, one), Thing(second, other))))


def _free(rng: Generator) -> Case:
    """The ways people type: keywords, another word order, relative clauses."""
    concept, colour = _pair(rng, unseen=False)
    name, want = _name(concept), Want((Thing(concept, colour),))
    coloured = with_article(f"{colour} {name}")
    ground = _one(rng, tuple(c for c in COLOURS if c != colour))
    forms = (
        (f"{name} {colour}", want),
        (f"{colour} {name}", want),
        (f"{name}, {colour}", want),
        (f"{with_article(name)} that is {colour}", want),
        (f"{with_article(name)} which is {colour}", want),
        (f"{colour} {name}, {ground} background", Want(want.things, ground=ground)),
        (f"{ground} background, {colour} {name}", Want(want.things, ground=ground)),
        (f"on {with_article(f'{ground} background')}, {coloured}", Want(want.things, ground=ground)),
    )
    return Case(*forms[rng.integers(len(forms))])


CATEGORIES: Final[dict[str, Callable[[Generator], Case]]] = {
    "single object": _single,
    "colour": partial(_colour, unseen=False),
    "colour, held out": partial(_colour, unseen=True),
    "position": _position,
    "relation": _relation,
    "background": _ground,
    "style": _style,
    "two objects": _two_objects,
    "counting": _counting,
    "attribution": partial(_attribution, unseen=False),
    "attribution, held out": partial(_attribution, unseen=True),
    "free phrasing": _free,
}
"""Category → how to draw one of its cases. New ones go at the end: the place seeds the draw."""


def _pair(rng: Generator, unseen: bool) -> tuple[int, str]:
    """A concept and a colour, held out from training or not."""
    while True:
        concept, colour = _noun(rng), _one(rng, COLOURS)
        if held_out(concepts()[concept], colour) == unseen:
            return concept, colour


def _noun(rng: Generator) -> int:
    """Draw a concept as the world does, among those that prompts may use."""
    while not concepts()[concept := draw_concept(rng)].offered:
        pass
    return concept


def _two(rng: Generator) -> tuple[int, int]:
    first = second = _noun(rng)
    while second == first:
        second = _noun(rng)
    return first, second


def _name(concept: int) -> str:
    return concepts()[concept].name


def _one(rng: Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


@dataclass(frozen=True, slots=True)
class NegativeCase:
    """A prompt with a negative.

    Attributes:
        prompt, negative: the texts.
        subject: concept that must still be there.
        concept, colour: what must be gone; one of them is None.
    """

    prompt: str
    negative: str
    subject: int
    concept: int | None
    colour: str | None


def negative_cases(count: int) -> list[NegativeCase]:
    """Half of them name the object's natural colour as negative, half the second of two objects."""
    rng = Generator(PCG64((_SEED, 1000)))
    made = []
    for number in range(count):
        first, second = _two(rng)
        if number % 2:
            text = f"{with_article(_name(first))} and {with_article(_name(second))}"
            made.append(NegativeCase(text, _name(second), first, second, None))
        else:
            colours = concepts()[first].colours
            colour = colours[0] if colours else "white"
            negative = f"{colour} color" if colour == "orange" else colour
            made.append(NegativeCase(with_article(_name(first)), negative, first, None, colour))
    return made
