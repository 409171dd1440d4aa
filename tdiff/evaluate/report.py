"""Running the suites and writing down what came out."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Final

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.errors import UsageError
from tdiff.evaluate.bias import Skew
from tdiff.evaluate.bias_suite import NOUNS, measure_skews, skew_lines
from tdiff.evaluate.checker import Checker
from tdiff.evaluate.checker_rates import validate
from tdiff.evaluate.following import Followed, Generate, Obeyed, follow, obey
from tdiff.evaluate.look_score import LookScore, look_lines, look_score, some_nouns
from tdiff.evaluate.memorisation import Nearness, held_out_neighbours, nearness, nearness_lines, neighbours
from tdiff.evaluate.metrics import Rate, precision_recall, vendi
from tdiff.evaluate.pair_score import PairScore, Say, pair_lines, pair_score
from tdiff.evaluate.prompts import CATEGORIES, NEGATIVES, cases, negative_cases
from tdiff.evaluate.variety import Variety, measure_variety, variety_lines
from tdiff.share import Share
from tdiff.text import clean_text
from tdiff.world.concepts import offered
from tdiff.world.dataset import TRAIN_SIZE, example, offered_from
from tdiff.world.usual_style import training_caption


@dataclass(frozen=True, slots=True)
class Profile:
    """How much to measure.

    Attributes:
        prompts: for each category, with a picture each.
        negatives: prompts with a negative, of each kind.
        scenes: pictures for diversity and naturalness.
        checked: real scenes that the checker is validated on.
        searched: of those pictures, how many are looked for in the training set, beside as many real scenes.
        nouns: bare prompts that bias is measured on.
        open: pictures for each of them at each guidance.
        drawn: bare nouns whose look is measured.
        looks: pictures of each of them.
        varied: bare nouns whose variety is measured.
        styled: nouns whose styles are counted where the prompt leaves them open.
        matched: real scenes that the pair is to match with their captions.
        draw: which draw of the suites; see `prompts.cases`.
    """

    prompts: int
    negatives: int
    scenes: int
    checked: int
    searched: int
    nouns: int
    open: int
    drawn: int
    looks: int
    varied: int
    styled: int
    matched: int
    draw: int = 0


QUICK: Final = Profile(
    prompts=5,
    negatives=4,
    scenes=24,
    checked=100,
    searched=8,
    nouns=1,
    open=8,
    drawn=6,
    looks=1,
    varied=1,
    styled=1,
    matched=100,
)
FULL: Final = Profile(
    prompts=200,
    negatives=120,
    scenes=500,
    checked=1500,
    searched=200,
    nouns=len(NOUNS),
    open=64,
    drawn=len(offered()),
    looks=4,
    varied=24,
    styled=40,
    matched=1000,
)
SECTIONS: Final = ("checker", "following", "negatives", "look", "variety", "pair", "diversity", "memorisation", "bias")
_UNCHECKED: Final = ("pair", "diversity", "memorisation", "bias")


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured.

    Attributes:
        checker: the checker on real scenes: "object", "colour", "count", "style", "background".
        following: category → share of prompts whose picture fits, beside real scenes.
        negatives: kind → share of pictures that obey.
        look: whether pictures look like drawings of their noun; None where it was not measured.
        variety: how different the pictures of one prompt are; None where it was not measured.
        pair: how well the text–image pair matches real scenes; None where it was not measured.
        numbers: diversity and naturalness by name.
        nearness: how near the pictures come to the training set; None where it was not measured.
        skews: "a heart, colour, w = 4" → the mix that was made beside the training mix.
        settings: how the pictures were made.
    """

    checker: Mapping[str, Rate]
    following: Mapping[str, Followed]
    negatives: Mapping[str, Obeyed]
    look: LookScore | None
    variety: Variety | None
    pair: PairScore | None
    numbers: Mapping[str, float]
    nearness: Nearness | None
    skews: Mapping[str, Skew]
    settings: Mapping[str, str]

    def content(self) -> dict[str, object]:
        """Return everything as JSON values; what was not counted is None."""
        parts = {
            "checker": self.checker,
            "following": self.following,
            "negatives": self.negatives,
            "look": self.look,
            "variety": self.variety,
            "pair": self.pair,
            "numbers": self.numbers,
            "memorisation": self.nearness,
            "bias": self.skews,
            "settings": self.settings,
        }
        return {name: _nested(part) for name, part in parts.items()}

    def to_json(self) -> str:
        """Return everything as JSON; what was not counted is null."""
        return json.dumps(self.content(), allow_nan=False)

    def to_text(self) -> str:
        """Return a plain table."""
        lines = [f"{name}: {value}" for name, value in self.settings.items()]
        if self.checker:
            lines += ["", "checker on real scenes", *(_line(name, value) for name, value in self.checker.items())]
        if self.following:
            lines += ["", _row("prompt following", "right", "95 % interval", "real scenes")]
            lines += [
                _row(name, *_figures(value.made), f"{value.real.value:.2f}") for name, value in self.following.items()
            ]
        if self.negatives:
            lines += ["", _row("negative", "obeyed", "95 % interval", "where it shows without")]
            lines += [
                _row(name, *_figures(value.obeyed), f"{value.obeyed.count} of {value.shown.count}")
                for name, value in self.negatives.items()
            ]
        if self.look is not None:
            lines += ["", *look_lines(self.look)]
        if self.variety is not None:
            lines += ["", *variety_lines(self.variety)]
        if self.pair is not None:
            lines += ["", *pair_lines(self.pair)]
        if self.numbers:
            lines += ["", *(f"{name:<34}{value:8.3f}" for name, value in self.numbers.items())]
        if self.nearness is not None:
            lines += ["", *nearness_lines(self.nearness)]
        if self.skews:
            lines += ["", *skew_lines(self.skews)]
        return "\n".join(lines)


def check_parts(only: Sequence[str]) -> None:
    """Refuse a part that there is none of.

    Raises:
        UsageError: one is neither a section nor a category.
    """
    unknown = [name for name in only if name not in SECTIONS and name not in CATEGORIES]
    if unknown:
        known = ", ".join((*SECTIONS, *CATEGORIES))
        raise UsageError(f"there is no part {clean_text(unknown[0], 40)} to measure", remedy=f"choose from {known}")


def needs_checker(only: Sequence[str]) -> bool:
    """Whether any of these parts, none meaning all, asks the checker."""
    return not only or any(name not in _UNCHECKED for name in only)


def run(
    generate: Generate,
    checker: Checker | None,
    features: Callable[[U8], F32],
    say: Say,
    profile: Profile,
    only: Sequence[str] = (),
    progress: Callable[[str], None] = lambda section: None,
    settings: Mapping[str, str] | None = None,
) -> Report:
    """Measure a model.

    Args:
        generate: makes the pictures.
        checker: judges them; may be missing where `needs_checker` says so.
        features: pictures (n, 32, 32, 3) → (n, d), for diversity, naturalness and the pair.
        say: token ids of a caption → (d,), for the pair.
        profile: how much.
        only: sections or categories; empty for all.
        progress: called with the name of what comes next.
        settings: written into the report.

    Raises:
        UsageError: `only` names something unknown.
    """
    check_parts(only)
    if checker is None and needs_checker(only):
        raise UsageError("these parts need the checker", remedy=f"load it, or measure {', '.join(_UNCHECKED)} only")

    def asked(section: str, part: str = "") -> bool:
        """Whether a section or one of its parts is wanted; if so, it comes next."""
        if only and section not in only and part not in only:
            return False
        progress(part or section)
        return True

    following = {
        name: follow(generate, checker, cases(name, profile.prompts, profile.draw))
        for name in CATEGORIES
        if checker is not None and asked("following", name)
    }
    negatives = {
        kind: obey(generate, checker, negative_cases(kind, profile.negatives, profile.draw))
        for kind in NEGATIVES
        if checker is not None and asked("negatives", f"negative, {kind}")
    }
    look = variety = None
    if checker is not None and asked("look"):
        look = look_score(generate, checker, some_nouns(profile.drawn), profile.looks)
    if checker is not None and asked("variety"):
        nouns = some_nouns(profile.varied), some_nouns(profile.styled)
        variety = measure_variety(generate, checker, features, *nouns)
    pair = pair_score(features, say, profile.matched) if asked("pair") else None
    diverse, searched = asked("diversity"), asked("memorisation")
    numbers, near = _of_one_set(generate, features, profile, diverse, searched) if diverse or searched else ({}, None)
    return Report(
        checker=validate(checker, profile.checked) if checker is not None and asked("checker") else {},
        following=following,
        negatives=negatives,
        look=look,
        variety=variety,
        pair=pair,
        numbers=numbers,
        nearness=near,
        skews=_skews(generate, profile) if asked("bias") else {},
        settings=dict(settings or {}),
    )


def _of_one_set(
    generate: Generate, features: Callable[[U8], F32], profile: Profile, diverse: bool, searched: bool
) -> tuple[dict[str, float], Nearness | None]:
    """Diversity and memorisation, which look at the same pictures."""
    made, real = _free_pictures(generate, profile.scenes if diverse else profile.searched)
    numbers = _diversity(features(made), features(real)) if diverse else {}
    if not searched:
        return numbers, None
    control = list(held_out_neighbours(profile.searched))
    return numbers, nearness([neighbours(picture) for picture in made[: profile.searched]], control)


def _free_pictures(generate: Generate, count: int) -> tuple[U8, U8]:
    """Pictures for the captions of held-out real scenes, as training says them, and those scenes."""
    indices = [offered_from(TRAIN_SIZE)]
    while len(indices) < count:
        indices.append(offered_from(indices[-1] + 1))
    captions = [training_caption(index)[1] for index in indices]
    real = np.stack([example(index).image for index in indices])
    return generate(captions, [""] * count, list(range(count))), real


def _diversity(made: F32, real: F32) -> dict[str, float]:
    precision, recall = precision_recall(made, real)
    return {
        f"Vendi score of {len(made)} pictures": vendi(made),
        f"Vendi score of {len(real)} real scenes": vendi(real),
        "k-NN precision (k = 3)": precision,
        "k-NN recall (k = 3)": recall,
    }


def _skews(generate: Generate, profile: Profile) -> dict[str, Skew]:
    def make(prompt: str, count: int, guidance: float) -> U8:
        return generate([prompt] * count, [""] * count, list(range(count)), guidance)

    return measure_skews(make, NOUNS[: profile.nouns], profile.open)


def _line(name: str, value: Rate) -> str:
    if value.count == 0:
        return f"  {name:<24}nothing to count"
    interval = f"{value.low:.2f} to {value.high:.2f}"
    return f"  {name:<24}{value.value:.2f}  ({interval}; {value.count} answers about {value.prompts} scenes)"


def _nested(value: object) -> object:
    """A measured value as JSON: a share with its value beside its numbers, and null for what was not counted."""
    if isinstance(value, Mapping):
        return {name: _nested(part) for name, part in value.items()}
    if is_dataclass(value):
        share = {"value": _nested(value.value)} if isinstance(value, Share) else {}
        return share | {field.name: _nested(getattr(value, field.name)) for field in fields(value)}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _figures(value: Share) -> tuple[str, str]:
    """A share and its interval, in two cells."""
    if not value.count:
        return "–", "nothing to count"
    return f"{value.value:.2f}", f"{value.low:.2f} to {value.high:.2f}"


def _row(name: str, value: str, interval: str, beside: str) -> str:
    return f"  {name:<28}{value:>6}   {interval:<18}{beside}"
