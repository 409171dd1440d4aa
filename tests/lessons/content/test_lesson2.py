"""Lesson 2 as data and as text, and the recording that one of its cards replays."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.glossary import glossary
from tdiff.lessons.core.loader import load_lesson
from tdiff.lessons.core.plain import plain
from tdiff.lessons.training.recorded import training_recording
from tdiff.recipe import Recipe
from tests.lessons.stored import stored_pipeline
from tests.test_import_hygiene import loaded_after

SLOW = ("live-training", "flat-total", "what-to-predict", "copy-or-learn")  # cards


@pytest.fixture(scope="module")
def lines() -> list[str]:
    lesson = load_lesson(2)
    quick = replace(lesson, cards=tuple(card for card in lesson.cards if card.id not in SLOW))
    return list(plain(quick, Bench(stored_pipeline()[0], Recipe(prompt="a cat", seed=3)), 80))


def test_it_reads_from_the_first_card_to_the_last_reason(lines: list[str]) -> None:
    text = " ".join(" ".join(lines).split())
    assert text.startswith("Lesson 2: Train: add noise, learn to undo it")
    assert "Every number is from this run" in text
    assert "Picture “recorded at" in text
    assert load_lesson(2).quiz[-1].reason in text
    assert all(len(line) <= 80 and line.isprintable() for line in lines)


def test_every_question_has_an_experiment_and_every_misconception_a_card() -> None:
    lesson = load_lesson(2)
    assert sum(card.question is not None for card in lesson.cards) == 11
    asked = " ".join(f"{card.text} {card.question.prompt if card.question else ''}" for card in lesson.cards)
    for claim in ("undoes its own steps in order", "It stores the pictures", "It can never copy", "loss"):
        assert claim in asked


def test_words_that_need_it_are_in_the_glossary() -> None:
    known = " ".join(word for word, _ in glossary())
    for word in ("loss", "gradient", "learning rate", "training", "caption", "static"):
        assert word in known


def test_labs_need_no_screen_and_no_torch() -> None:
    code = "import tdiff.lessons.training.live_training_lab, tdiff.lessons.training.slow_step_lab\n"
    code += "import tdiff.lessons.training.guess_game_lab, tdiff.lessons.forward.forward_lab"
    assert not loaded_after(code) & {"textual", "rich", "torch"}


class TestRecording:
    def test_what_ships_fits_together(self) -> None:
        recording = training_recording()
        count = len(recording.prompts)
        assert recording.pictures.shape == (len(recording.steps), count, 32, 32, 3)
        assert list(recording.pictures_seen) == sorted(recording.pictures_seen)
        assert recording.noises().shape == (count, 32, 32, 3)

    def test_the_last_snapshot_is_no_noise_any_more(self) -> None:
        first, *_, last = training_recording().pictures.astype(float)
        assert np.abs(np.diff(last, axis=1)).mean() < 0.3 * np.abs(np.diff(first, axis=1)).mean()

    @pytest.mark.parametrize("damage", ["empty", "cut", "text", "key", "shape"])
    def test_a_damaged_file_is_one_sentence(self, tmp_path: Path, damage: str) -> None:
        path = tmp_path / "training.npz"
        recording = training_recording()
        arrays = {
            "steps": np.array(recording.steps),
            "pictures_seen": np.array(recording.pictures_seen),
            "prompts": np.array(recording.prompts),
            "pictures": recording.pictures,
        }
        if damage == "key":
            del arrays["prompts"]
        if damage == "shape":
            arrays["pictures"] = arrays["pictures"][:, :3]
        np.savez(path, **arrays)
        data = path.read_bytes()
        path.write_bytes({"empty": b"", "cut": data[:5000], "text": b"recorded\n"}.get(damage, data))
        with pytest.raises(LessonError, match="cannot be read") as refused:
            training_recording(path)
        assert "\n" not in str(refused.value)
