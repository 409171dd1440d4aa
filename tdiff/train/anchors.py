"""Which meanings in WordNet our concepts are."""

from typing import Final

from tdiff.train.wordnet import Synset, WordNet
from tdiff.world.concepts import Concept

_LIVING: Final = ("animal", "food", "plant")

_SORTS: Final[dict[str, tuple[str, ...]]] = {
    "animal": ("animal",),
    "food": ("food", "plant"),
    "plant": ("plant",),
    "sky": ("object", "phenomenon"),
    "place": ("artifact", "object"),
    "character": ("person", "artifact"),
    "body": ("body",),
}
"""Category of a concept → the sorts of meaning that can be it; things are artifacts."""

_CHOSEN: Final[dict[str, str]] = {
    "alien": "alien#3",
    "airplane": "airplane#1 aircraft#1",
    "angry face": "",
    "bag": "bag#1 bag#4 bag#6",
    "balloon": "balloon#1 balloon#2",
    "basketball": "basketball#2",
    "battery": "battery#2",
    "bone": "bone#1",
    "book": "book#1 book#2",
    "bow": "bow#4",
    "broken heart": "",
    "butterfly": "butterfly#1 moth#1",
    "cake": "cake#3",
    "castle": "castle#1 castle#2 fortress#1",
    "cherries": "cherry#2 cherry#3",
    "chocolate": "chocolate#1 chocolate#2",
    "church": "church#2 place_of_worship#1",
    "clock": "clock#1 timepiece#1",
    "cloud": "cloud#1 cloud#2",
    "clown": "clown#2",
    "coin": "coin#1",
    "cool face": "",
    "crocodile": "crocodile#1 alligator#1 crocodilian_reptile#1",
    "crown": "crown#4",
    "devil": "devil#1 devil#2",
    "diamond": "diamond#1 diamond#2 jewel#1",
    "dragon": "dragon#1",
    "drop": "drop#1",
    "ear": "ear#1 ear#3",
    "egg": "egg#2",
    "fire": "fire#1",
    "football": "football#2",
    "fries": "fries#1",
    "gamepad": "joystick#2",
    "ghost": "ghost#3",
    "gift": "",
    "grapes": "grape#1 grape#2",
    "hammer": "hammer#2",
    "hat": "hat#1 headdress#1",
    "heart": "heart#2 heart#7",
    "hedgehog": "hedgehog#1 hedgehog#2",
    "house": "house#1 dwelling#1",
    "kite": "kite#3",
    "lightbulb": "lightbulb#1 lamp#1",
    "lips": "lip#1",
    "lobster": "lobster#2 crayfish#1",
    "lollipop": "lollipop#2",
    "medal": "medal#1",
    "moon": "moon#1 moon#6",
    "mouse": "mouse#1 rat#1",
    "note": "note#3",
    "pencil": "pencil#1 writing_implement#1",
    "piano": "piano#1 keyboard_instrument#1",
    "poop": "poop#1",
    "pumpkin": "pumpkin#1 pumpkin#2",
    "rabbit": "rabbit#1 hare#1",
    "ring": "ring#8",
    "robot": "robot#1",
    "rocket": "rocket#1 spacecraft#1",
    "sad face": "",
    "santa": "santa_claus#1",
    "shell": "shell#3 shell#10 seashell#1",
    "shield": "shield#2",
    "shoe": "shoe#1 footwear#1",
    "skull": "skull#1",
    "smiley": "smiley#1",
    "snowman": "snowman#1",
    "star": "star#1 star#5",
    "target": "target#4",
    "television": "television#3",
    "tennis": "racket#4",
    "trophy": "trophy#2",
    "ufo": "flying_saucer#1",
    "unicorn": "unicorn#1",
    "volcano": "volcano#1 volcano#2",
    "wave": "wave#1",
}
"""Concept → its meanings as "lemma#number", where the first of a fitting sort is not it, or not all of it."""


def anchors(wordnet: WordNet, concept: Concept) -> tuple[Synset, ...]:
    """Return the meanings that a concept stands for; three faces, a broken heart and gifts have none."""
    if concept.name in _CHOSEN:
        pairs = [place.split("#") for place in _CHOSEN[concept.name].split()]
        return tuple(wordnet.senses(lemma)[int(number) - 1] for lemma, number in pairs)
    sorts = _SORTS.get(concept.category, ("artifact",))
    fitting = tuple(sense for sense in wordnet.senses(concept.name) if sense.sort in sorts)
    return fitting if concept.category in _LIVING else fitting[:1]
