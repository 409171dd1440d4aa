"""Lesson files are checked when they are read, and what ships passes."""

from pathlib import Path

import pytest

import tdiff.lessons
from tdiff.lessons.core.card import Lesson
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.finding import find_experiment, find_lab
from tdiff.lessons.core.loader import STUDIO, available, load_lesson, titles
from tests.test_import_hygiene import loaded_after

GOOD = """
title = "A lesson"
tagline = "About something."
[[cards]]
id = "first"
title = "First"
text = "Some words."
experiment = "denoise.one_step"
question = "How much?"
options = ["little", "much"]
reveal = "So much: {taken:.1%}."
[[quiz]]
question = "Which?"
options = ["this", "that"]
answer = "b"
reason = "Because."
source = "first"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "lesson1.toml").write_text(text, "utf-8")
    return folder


def words(text: str) -> int:
    return len(text.split())


def test_a_good_file_becomes_a_lesson(tmp_path: Path) -> None:
    lesson = load_lesson(1, write(tmp_path, GOOD))
    card, item = lesson.cards[0], lesson.quiz[0]
    assert (card.experiment, card.question.options, card.try_keys) == ("denoise.one_step", ("little", "much"), "")
    assert card.revealed({"taken": 0.25}) == "So much: 25.0%."
    assert (item.answer, item.source) == (1, "first")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "First"\n', "", "card 1 (first) has no title"),
        ('text = "Some words."', "text = 3", "has no text"),
        ('text = "Some words."', 'text = " "', "has no text"),
        ('"denoise.one_step"', '"denoise.one_stop"', "no experiment 'denoise.one_stop'"),
        ('"denoise.one_step"', '"denoised.one_step"', "no experiment 'denoised.one_step'"),
        ('"denoise.one_step"', '"one_step"', "'one_step' names no experiment"),
        ('"denoise.one_step"', '"denoise.one_step"\nlab = "words.sawp"', "no lab 'words.sawp'"),
        ('"denoise.one_step"', '"denoise.one_step"\nshows_start = "yes"', "shows_start must be true or false"),
        ('"denoise.one_step"', '"denoise.one_step"\nlab = "words.."', "'words..' names no lab"),
        ('experiment = "denoise.one_step"\n', "", "without an experiment"),
        ('["little", "much"]', '["little"]', "two to four options"),
        ('["little", "much"]', '["a", "b", "c", "d", "e"]', "two to four options"),
        ('["little", "much"]', '["little", 3]', "two to four options"),
        ('reveal = "So much: {taken:.1%}."\n', "", "has no reveal"),
        ('"denoise.one_step"', '"denoise.one_step"\nterms = ["sed"]', "'sed' is no word of the glossary"),
        ('"denoise.one_step"', '"denoise.one_step"\nterms = "seed"', "'seed' is no word of the glossary"),
        ("{taken:.1%}", "{taken", "braces"),
        ("{taken:.1%}", "{taken.__class__}", "values only"),
        ("{taken:.1%}", "{}", "values only"),
        ('reveal = "So', 'revael = "So', "'revael' that means nothing"),
        ('answer = "b"', 'answer = "c"', "a letter from a to b"),
        ('source = "first"', 'source = "second"', "the card 'second'"),
        ("[[quiz]]", "[[quizz]]", "'quizz' that means nothing"),
        ('tagline = "About something."\n', "", "has no tagline"),
        ("[[cards]]", "[[cards]", "cannot be read"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(LessonError) as refused:
        load_lesson(1, write(tmp_path, GOOD.replace(old, new)))
    assert says in str(refused.value)
    assert "lesson1.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_two_cards_of_one_id_are_refused(tmp_path: Path) -> None:
    card = GOOD[GOOD.index("[[cards]]") : GOOD.index("[[quiz]]")]
    with pytest.raises(LessonError, match="two cards have the id 'first'"):
        load_lesson(1, write(tmp_path, GOOD + card))


def test_a_lesson_without_a_file_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match=r"lesson 3 has no cards: choose one that has \(1\)"):
        load_lesson(3, write(tmp_path, GOOD))
    assert available(tmp_path) == (1,)


def test_every_lesson_has_a_title_and_none_needs_numpy_for_it() -> None:
    assert list(titles()) == list(range(1, STUDIO + 1))
    assert titles()[STUDIO] == "Studio" and STUDIO not in available()
    assert 1 in available()
    assert not loaded_after("from tdiff.lessons.core.loader import titles\ntitles()") & {"numpy", "textual"}


def test_lessons_load_without_a_screen() -> None:
    loaded = loaded_after(
        "import tdiff.lessons.core.plain\nfrom tdiff.lessons.core.loader import load_lesson\nload_lesson(1)"
    )
    assert not loaded & {"textual", "rich", "torch"}


@pytest.mark.parametrize("number", available())
def test_cards_that_ship_are_short(number: int) -> None:
    for card in load_lesson(number).cards:
        assert words(card.text) <= 40, card.id
        assert words(card.reveal) <= 40, card.id
        assert len(card.title) <= 30, card.id


@pytest.mark.parametrize("number", available())
def test_a_lesson_that_ships_closes_with_a_quiz_that_gives_reasons(number: int) -> None:
    quiz = load_lesson(number).quiz
    assert len(quiz) >= 5
    assert all(words(item.reason) >= 5 for item in quiz)
    assert len({item.answer for item in quiz}) > 1  # always the same letter would be learnt instead


def test_ids_of_cards_are_unique_over_all_lessons() -> None:
    ids = [card.id for number in available() for card in load_lesson(number).cards]
    assert len(set(ids)) == len(ids)


def test_every_experiment_and_every_lab_is_named_by_a_card() -> None:
    cards = [card for number in available() for card in load_lesson(number).cards]
    topics = Path(tdiff.lessons.__file__).parent
    files = {
        f"{path.parent.name}.{path.stem}": path for path in topics.glob("[a-z]*/*.py") if path.parent.name != "core"
    }
    labs = {name.removesuffix("_view") for name in files if name.endswith("_view")}
    experiments = {name for name, path in files.items() if f"def {path.stem}(bench: Bench" in path.read_text("utf-8")}
    assert {card.lab for card in cards if card.lab} == labs
    assert {card.experiment for card in cards if card.experiment} == experiments


@pytest.mark.parametrize("number", available())
def test_what_a_card_names_is_there_and_every_start_is_known(number: int) -> None:
    for card in load_lesson(number).cards:
        assert card.experiment is None or callable(find_experiment(card.experiment))
        if card.lab is not None:
            assert card.lab_start in {"", *find_lab(card.lab).starts}, card.id


def test_every_start_of_a_lab_is_wanted_by_a_card() -> None:
    cards = [card for number in available() for card in load_lesson(number).cards if card.lab]
    for lab in {card.lab for card in cards} - {"copies.copies"}:  # whose starts are the kinds that a key turns through
        assert find_lab(lab).starts == {card.lab_start for card in cards if card.lab == lab and card.lab_start}


@pytest.mark.parametrize(
    ("said", "term"),
    [
        ("guidance", "guidance (w)"),
        ("checker", "checker"),
        ("noise level", "noise level"),
        ("schedule", "schedule"),
        ("edges, ", "edges"),
        ("correlation", "correlation"),
        ("DDIM", "ddim, ddpm"),
        ("sampler", "sampler"),
        ("by heart", "memorising"),
        ("compares texts with pictures", "CLIP-style pair, text–image pair"),
        ("squared error", "squared error"),
        ("batch", "batch"),
        ("loss", "loss"),
        ("recorded", "measured, recorded"),
        ("token", "token"),
        ("cross-attention", "cross-attention"),
        ("contrastive", "contrastive"),
        ("cosine", "cosine similarity"),
        ("Vendi", "Vendi score"),
        ("negative", "negative prompt"),
        ("Median", "median"),
        ("95 % interval", "95 % interval"),
        ("metadata", "metadata"),
    ],
)
def test_a_word_is_explained_where_it_is_first_used(said: str, term: str) -> None:
    cards = [card for number in available() for card in load_lesson(number).cards]
    first = next(card for card in cards if said in f"{card.text} {card.question} {card.reveal}")
    assert term in first.terms, first.id


def test_lesson_1_asks_before_it_tells(lesson: Lesson) -> None:
    assert sum(card.question is not None for card in lesson.cards) >= 9
