"""An error is one sentence that ends in what to do, and gives its parts to whoever knows better what to do."""

import pytest

from tdiff.errors import RecipeError, TdiffError


@pytest.mark.parametrize(
    ("message", "remedy", "said"),
    [
        ("a.png exists", "choose another name", "a.png exists: choose another name"),
        (
            "cannot write a.png: disk full",
            "choose another place",
            "cannot write a.png: disk full; choose another place",
        ),
        ("the two have nothing in common", "", "the two have nothing in common"),
    ],
)
def test_the_sentence_ends_in_the_remedy(message: str, remedy: str, said: str) -> None:
    error = TdiffError(message, remedy=remedy)
    assert str(error) == said
    assert (error.message, error.remedy) == (message, remedy)


def test_another_remedy_takes_its_place() -> None:
    error = RecipeError("a.png exists", "start", remedy="pass --overwrite")
    assert error.field == "start"
    assert error.with_remedy("remove it first") == "a.png exists: remove it first"
    assert error.with_remedy("") == "a.png exists"
