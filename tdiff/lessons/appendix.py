"""What a lesson as text has after some of its cards: what a screen shows in a stage, written out."""

from collections.abc import Iterator

from tdiff.lessons.card import LETTERS
from tdiff.lessons.cases import LENSES, Case, load_cases


def appendix(card: str) -> Iterator[str]:
    """Yield paragraphs that belong to a card, each to be wrapped; those that begin with two spaces are indented.

    Args:
        card: id of the card; most have nothing of the kind.
    """
    if card == "decide":
        cases = load_cases()
        for number, case in enumerate(cases, 1):
            yield from _case(case, f"Case {number} of {len(cases)}: {case.title}")


def _case(case: Case, heading: str) -> Iterator[str]:
    yield ""
    yield heading
    yield case.situation
    for lens in LENSES:
        yield f"  {lens}: {case.questions[lens]}"
    for letter, option in zip(LETTERS, case.options, strict=False):
        yield f"{letter}) {option.text}"
        yield f"  For it: {option.speaks_for}"
        yield f"  Against it: {option.speaks_against}"
