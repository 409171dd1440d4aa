"""What a lesson as text has after some of its cards: what a screen shows in a stage, written out."""

from collections.abc import Iterator

from tdiff.lessons.core.card import LETTERS
from tdiff.lessons.decide.cases import LENSES, Case, load_cases
from tdiff.lessons.truth.facts import facts_of
from tdiff.lessons.truth.model_card import NAME, model_card_pages
from tdiff.pipeline import Pipeline

_ENDLESS = 10_000  # lines: text has no pages


def appendix(card: str, pipeline: Pipeline, width: int) -> Iterator[str]:
    """Yield paragraphs that belong to a card, each to be wrapped; those that begin with two spaces are indented.

    Args:
        card: id of the card; most have nothing of the kind.
        pipeline: the model that is loaded.
        width: columns that there are.
    """
    if card == "decide":
        cases = load_cases()
        for number, case in enumerate(cases, 1):
            yield from _case(case, f"Case {number} of {len(cases)}: {case.title}")
    elif card == "truth":
        yield ""
        yield "Counted in this run"
        for name, value in facts_of(pipeline).rows():
            yield f"  {name}: {value}"
        yield ""
        yield f"{NAME}, recorded when the weights were made"
        for page in model_card_pages(width, height=_ENDLESS):
            yield ""
            yield page.title
            yield from page.lines


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
