"""The prompts that the model is measured on: GenEval's categories (Ghosh et al. 2023) on this world, and more.

Every noun that prompts may use is equally likely: people ask for any of them, and the world's own weights, which
favour the clearest drawings, would flatter the model. Each category's prompts come from a generator of their own, so
the suites are the same on every machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from numpy.random import PCG64, Generator, SeedSequence

from tdiff.evaluate.judge import Thing, Want
from tdiff.world.captions import plural, with_article
from tdiff.world.concepts import STYLES, concepts, held_out, offered
from tdiff.world.layout import POSITIONS
from tdiff.world.palette import COLOURS
from tdiff.world.sprites import shown

_SEED = 20_260
_WHERE = {name: ("in the middle" if name == "middle" else f"at the {name}") for name in POSITIONS} | {
    "left": "on the left",
    "right": "on the right",
    **{name: f"in the {name} corner" for name in POSITIONS if " " in name},
}
_STANDS = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}
_INVERSE = {"left": "right", "right": "left", "above": "below", "below": "above"}
_TRIES = 1000  # draws in a row without a new prompt, after which a category counts as used up


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt and what its pictures must show.

    Attributes:
        prompt: the text.
        want: what must be there.
        twin: a case that must come out right too, from the same starting noise; the two count as one.
    """

    prompt: str
    want: Want
    twin: "Case | None" = None


def cases(category: str, count: int, draw: int = 0) -> list[Case]:
    """Return `count` cases of a category, with different prompts as long as there are any.

    Args:
        category: one of `CATEGORIES`.
        count: how many.
        draw: another number gives another draw of the suite, for example to choose between weights on prompts that
            those to be published are not measured on.

    Raises:
        KeyError: there is no such category.
    """
    rng = _generator(category, draw)
    made: list[Case] = []
    used: set[str] = set()
    in_vain = 0
    while len(made) < count:
        case = CATEGORIES[category](rng)
        if case.prompt in used and in_vain < _TRIES:
            in_vain += 1
            continue
        if in_vain == _TRIES:  # every prompt was used: they begin anew, with other noises
            used.clear()
        made.append(case)
        used.add(case.prompt)
        in_vain = 0
    return made


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
    return _related(Thing(first), _one(rng, tuple(_STANDS)), Thing(second))


def _twins(rng: Generator) -> Case:
    """Two things and the same two exchanged, said by the inverse relation or by swapping the nouns."""
    first, second = (Thing(concept) for concept in _two(rng))
    relation = _one(rng, tuple(_STANDS))
    case = _related(first, relation, second)
    inverted = rng.random() < 0.5
    twin = _related(first, _INVERSE[relation], second) if inverted else _related(second, relation, first)
    return Case(case.prompt, case.want, twin)


def _coloured_relation(rng: Generator) -> Case:
    first, second = _coloured_two(rng, unseen=False)
    return _related(first, _one(rng, tuple(_STANDS)), second)


def _related(first: Thing, relation: str, second: Thing) -> Case:
    text = f"{_called(first)} {_STANDS[relation]} {_called(second)}"
    return Case(text, Want((first, second), relation=relation))


def _ground(rng: Generator) -> Case:
    concept, colour = _noun(rng), _one(rng, COLOURS)
    while colour in concepts()[concept].colours:  # it could not be told from its ground
        colour = _one(rng, COLOURS)
    text = f"{with_article(_name(concept))} on {with_article(f'{colour} background')}"
    return Case(text, Want((Thing(concept),), ground=colour))


def _style(rng: Generator) -> Case:
    concept = _noun(rng)
    styles = sorted(shown()[concept])  # a style that it was not drawn in cannot be told
    style = styles[int(rng.integers(len(styles)))]
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
    first, second = _coloured_two(rng, unseen)
    return Case(f"{_called(first)} and {_called(second)}", Want((first, second)))


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
    "single": _single,
    "colour": partial(_colour, unseen=False),
    "colour held out": partial(_colour, unseen=True),
    "position": _position,
    "background": _ground,
    "counting": _counting,
    "two objects": _two_objects,
    "relation": _relation,
    "twins": _twins,
    "attribution": partial(_attribution, unseen=False),
    "attribution held out": partial(_attribution, unseen=True),
    "two colours and a relation": _coloured_relation,
    "style": _style,
    "free words": _free,
}
"""Category → how to draw one of its cases, in the order of the table."""


def _pair(rng: Generator, unseen: bool) -> tuple[int, str]:
    """A concept and a colour, held out from training or not."""
    while True:
        concept, colour = _noun(rng), _one(rng, COLOURS)
        if held_out(concepts()[concept], colour) == unseen:
            return concept, colour


def _coloured_two(rng: Generator, unseen: bool) -> tuple[Thing, Thing]:
    """Two different concepts in two different colours."""
    (first, one), (second, other) = _pair(rng, unseen), _pair(rng, unseen)
    while second == first or other == one:
        second, other = _pair(rng, unseen)
    return Thing(first, one), Thing(second, other)


def _noun(rng: Generator) -> int:
    """Draw one of the concepts that prompts may use."""
    return offered()[int(rng.integers(len(offered())))].id


def _two(rng: Generator) -> tuple[int, int]:
    first = second = _noun(rng)
    while second == first:
        second = _noun(rng)
    return first, second


def _name(concept: int) -> str:
    return concepts()[concept].name


def _called(thing: Thing) -> str:
    """A thing with its article, and its colour where it has one."""
    name = _name(thing.concept)
    return with_article(name if thing.colour is None else f"{thing.colour} {name}")


def _generator(suite: str, draw: int) -> Generator:
    return Generator(PCG64(SeedSequence((_SEED, draw, *suite.encode()))))


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


def negative_cases(kind: str, count: int, draw: int = 0) -> list[NegativeCase]:
    """Return `count` prompts with negatives of a kind.

    Args:
        kind: one of `NEGATIVES`.
        count: how many.
        draw: as for `cases`.

    Raises:
        KeyError: there is no such kind.
    """
    rng = _generator(kind, draw)
    return [NEGATIVES[kind](rng) for _ in range(count)]


def _natural_colour(rng: Generator) -> NegativeCase:
    """The colour that a thing mostly comes in, which its prompt leaves open."""
    concept = _noun(rng)
    while not concepts()[concept].colours:
        concept = _noun(rng)
    colour = concepts()[concept].colours[0]
    negative = f"{colour} color" if colour == "orange" else colour  # the word alone is the fruit
    return NegativeCase(with_article(_name(concept)), negative, concept, None, colour)


def _contradiction(rng: Generator) -> NegativeCase:
    """A thing that the prompt itself asks for: whichever text wins, the other is disobeyed."""
    first, second = _two(rng)
    text = f"{with_article(_name(first))} and {with_article(_name(second))}"
    return NegativeCase(text, _name(second), first, second, None)


NEGATIVES: Final[dict[str, Callable[[Generator], NegativeCase]]] = {
    "natural colour": _natural_colour,
    "contradicts the prompt": _contradiction,
}
"""Kind of negative → how to draw a case of it."""
