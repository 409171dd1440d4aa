"""The model card as pages, and the facts that are counted beside it."""

import tomllib
from pathlib import Path

import pytest

import tdiff
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.truth.facts import facts_of
from tdiff.lessons.truth.model_card import PAGE_LINES, model_card_pages, model_card_path
from tdiff.paths import assets_dir

CARD = """# Model card: x

A **bold** *slanted* `code` [link](https://example.org/a) \x1b[31mtext.

| | model | interval |
|---|---|---|
| colour | 0.62 | 0.44 – 0.78 |
| a very long name of a thing that is measured here | 0.5 | none |

## Empty

## Cannot

* First thing,
  over two lines.
* Second thing.

![a picture](pictures/a.png)
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "MODEL_CARD.md"
    path.write_text(text, "utf-8")
    return path


def test_markdown_becomes_plain_text_without_its_pictures(tmp_path: Path) -> None:
    first, second = model_card_pages(60, write(tmp_path, CARD))
    assert (first.title, second.title) == ("Model card: x", "Cannot")
    assert first.lines[0] == "A bold slanted code link ␛[31mtext."
    assert second.lines == ("• First thing, over two lines.", "• Second thing.")


def test_a_table_that_does_not_fit_is_read_out_row_by_row(tmp_path: Path) -> None:
    (first, _) = model_card_pages(44, write(tmp_path, CARD))
    assert "• colour: model 0.62; interval 0.44 – 0.78" in first.lines
    (wide, _) = model_card_pages(100, write(tmp_path, CARD))
    assert any(line.split() == ["colour", "0.62", "0.44", "–", "0.78"] for line in wide.lines)


def test_no_word_is_lost_on_the_way(tmp_path: Path) -> None:
    text = "# A\n\n" + "\n\n".join(f"word{n} " * 30 for n in range(20))
    pages = model_card_pages(44, write(tmp_path, text))
    assert sum(" ".join(page.lines).count("word") for page in pages) == 600
    assert len(pages) > 5
    assert all(1 <= len(page.lines) <= PAGE_LINES for page in pages)
    assert pages[0].title == f"A (1 of {len(pages)})"


def test_what_ships_says_what_it_must() -> None:
    said = " ".join(" ".join(page.lines) for page in model_card_pages(60))
    for about in ("licences", "pictures seen", "95 % intervals", "Apache-2.0", "Faces of people"):
        assert about in said


def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for data in (b"", b"# Only a heading\n", b"\xff\xfe"):
        path = tmp_path / "MODEL_CARD.md"
        path.write_bytes(data)
        with pytest.raises(LessonError, match="model card"):
            model_card_pages(44, path)
    with pytest.raises(LessonError, match="cannot be read"):
        model_card_pages(44, tmp_path / "none.md")


def test_it_is_found_in_a_checkout_and_put_where_a_wheel_is_searched() -> None:
    assert model_card_path().is_file()
    project = tomllib.loads((assets_dir().parent / "pyproject.toml").read_text())
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included["MODEL_CARD.md"] == "tdiff/assets/MODEL_CARD.md"
    assert included["assets/watermark"] == "tdiff/assets/watermark"


def test_facts_are_counted() -> None:
    pipeline = tdiff.load()
    facts = facts_of(pipeline)
    file = assets_dir() / "models" / "denoiser.safetensors"
    assert facts.denoiser_bytes == file.stat().st_size
    assert facts.parameters["denoiser"] == pipeline.info.parameters
    assert facts.bytes_each == pytest.approx(file.stat().st_size / 400_000)
    assert facts.megabytes["weights"] > 2 * facts.parameters["denoiser"] / 1e6  # float16
    assert facts.total_megabytes == pytest.approx(sum(facts.megabytes.values()))
    assert 0 < facts.pairs_held_out < 233 * 11 / 5
