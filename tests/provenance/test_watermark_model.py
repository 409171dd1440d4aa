"""The mark in pictures that the shipped model makes, and the command that looks for it."""

import json

import numpy as np
import pytest
from PIL import Image

from tdiff.commands.watermark import detect as command
from tdiff.commands.watermark import sentence
from tdiff.diffusion import SamplerOptions, correlation
from tdiff.diffusion.watermark_noise import DEFAULT_KEY, METHODS, marked_start
from tdiff.errors import ImageError, TdiffError, UsageError
from tdiff.pipeline import from_pixels, load
from tdiff.provenance import text_fields
from tdiff.provenance.watermark_attacks import attacked
from tdiff.provenance.watermark_detect import FALSE_ALARMS, Detection, detect
from tdiff.provenance.watermark_inversion import noise_of
from tdiff.provenance.watermark_measure import make, measure
from tdiff.recipe import Recipe
from tdiff.render.png import png_bytes

PROMPTS = (  # no red apple and no heart: their pictures are nearly the same whatever the noise, and so keep no mark
    "a green car on a pink background",
    "a cat",
    "two dogs",
    "a blue frog on a yellow background",
    "a small tree",
    "a cow",
    "a hat",
    "a star",
)
SEEDS = tuple(range(8))
OPTIONS = SamplerOptions()
KEY = "beef"


@pytest.fixture(scope="module")
def pipeline():
    return load()


@pytest.fixture(scope="module")
def pictures(pipeline):
    """With a ring, with bits, and unmarked: guidance 4, 20 steps, each (8, 32, 32, 3)."""
    kinds = {"ring": (KEY, "ring"), "bits": (KEY, "bits"), "unmarked": (None, "ring")}
    return {name: make(pipeline, PROMPTS, SEEDS, key, OPTIONS, method) for name, (key, method) in kinds.items()}


@pytest.mark.parametrize("method", METHODS)
def test_marked_pictures_are_told_from_unmarked_ones(pipeline, pictures, method):
    marked = detect(pipeline, from_pixels(pictures[method]), KEY, method)
    assert sum(each.p_value < FALSE_ALARMS for each in marked) >= 7
    for clean in (pictures["unmarked"], pictures[method]):
        key = KEY if clean is pictures["unmarked"] else "feed"
        others = detect(pipeline, from_pixels(clean), key, method)
        assert not any(each.found for each in others)
        assert np.median([each.score for each in others]) < np.median([each.score for each in marked]) / 2


@pytest.mark.parametrize("attack", ["noise, 10 of 255", "JPEG 75", "mirror"])
def test_the_ring_survives_what_the_table_says(pipeline, pictures, attack):
    found = detect(pipeline, from_pixels(attacked(pictures["ring"], attack)), KEY)
    assert sum(each.p_value < FALSE_ALARMS for each in found) >= 6


def test_the_noise_found_is_like_the_true_one(pipeline, pictures):
    true = marked_start(SEEDS, (KEY,) * 8, "ring").x_t
    estimate = noise_of(pipeline, from_pixels(pictures["ring"]), batch=3)
    own, others = correlation(estimate, true), abs(correlation(estimate, np.roll(true, 1, 0)))
    assert np.median(own) > 0.15 and own.min() > 0
    assert others.mean() < min(0.08, own.mean() / 3)


def test_marked_pictures_look_normal(pictures):
    """As light, as contrasty and as different from one another as unmarked ones."""
    plain = pictures["unmarked"].astype(float)
    for method in METHODS:
        marked = pictures[method].astype(float)
        assert abs(marked.mean() - plain.mean()) < 30
        assert 0.6 < marked.std() / plain.std() < 1.6


@pytest.mark.parametrize("settings", [(-0.1, 3, 0), (1.0, 3, 0), (0.2, 0, 0), (0.2, 3, 21)])
def test_impossible_inversions_are_refused(pipeline, settings):
    with pytest.raises(UsageError, match="inversion begins"):
        noise_of(pipeline, np.zeros((1, 32, 32, 3), np.float32), *settings)


def saved(path, picture, recipe=None, scale=1):
    path.write_bytes(png_bytes(picture, text_fields(recipe) if recipe else {}, scale))
    return path


def test_the_command_finds_a_mark_and_says_what_it_proves(tmp_path, pipeline, pictures, capsys):
    best = np.argmax([each.score for each in detect(pipeline, from_pixels(pictures["ring"]), KEY)])
    command(saved(tmp_path / "a.png", pictures["ring"][best], scale=4), KEY, as_json=False)
    said = capsys.readouterr()
    assert said.out.count("\n") == 1
    assert "mark of key beef found (score " in said.out and "p = " in said.out
    assert "does not prove" in said.out
    assert "reduced from 128×128" in said.err


def test_the_command_says_that_a_missing_mark_proves_nothing(tmp_path, pictures, capsys):
    command(saved(tmp_path / "a.png", pictures["unmarked"][0]), "feedbeef", as_json=False)
    said = capsys.readouterr()
    assert "no mark of key feedbeef found" in said.out
    assert "does not prove that a picture is not generated" in said.out


def test_the_key_comes_from_the_files_recipe(tmp_path, pictures, capsys):
    path = saved(tmp_path / "a.png", pictures["ring"][1], Recipe(prompt="a cat", watermark=KEY))
    command(path, None, as_json=True)
    said = capsys.readouterr()
    content = json.loads(said.out)
    assert content["key"] == KEY and content["found"] is True and content["p_value"] < 0.01
    assert "key beef, which the file's recipe names" in said.err
    command(saved(tmp_path / "b.png", pictures["ring"][1]), None, as_json=True)
    assert json.loads(capsys.readouterr().out)["key"] == DEFAULT_KEY


def test_bits_are_counted(tmp_path, pictures, capsys):
    command(saved(tmp_path / "a.png", pictures["bits"][0]), KEY, as_json=False, method="bits")
    assert "of 64 bits read" in capsys.readouterr().out


def test_a_sentence_names_rare_chances_in_words():
    assert "one in a billion" in sentence(Detection("ring", KEY, 9.0, 1e-19, False))
    assert "one in 2,500 scores" in sentence(Detection("ring", KEY, 3.5, 0.0004, True))


def test_what_one_picture_in_250_shows_by_chance_is_not_called_a_mark(tmp_path):
    weak = Detection("ring", KEY, 2.9, 0.004, True)
    assert not weak.found and weak.verdict == "unsure"
    assert "too weak to say" in sentence(weak) and "one in 250 scores" in sentence(weak)


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", ImageError), (b"not a picture", ImageError), (b"GIF89a" + b"\0" * 20, ImageError), (None, ImageError)],
)
def test_bad_files_are_refused(tmp_path, content, error, capsys):
    path = tmp_path / "\x1b[31mevil.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error) as refusal:
        command(path, KEY, as_json=False)
    assert "\x1b" not in str(refusal.value)
    assert not capsys.readouterr().out


def test_folders_huge_pictures_and_bad_keys_are_refused(tmp_path):
    with pytest.raises(ImageError, match="folder"):
        command(tmp_path, KEY, as_json=False)
    huge = tmp_path / "huge.png"
    Image.new("1", (5000, 5000)).save(huge)
    with pytest.raises(ImageError, match="million"):
        command(huge, KEY, as_json=False)
    with pytest.raises(TdiffError, match="hex digits"):
        command(saved(tmp_path / "a.png", np.zeros((32, 32, 3), np.uint8)), "KEY", as_json=False)


def test_a_small_measurement_has_every_row(pipeline, monkeypatch):
    from tdiff.provenance import watermark_measure

    monkeypatch.setattr(watermark_measure, "ATTACKS", {name: None for name in ("none", "mirror")})
    monkeypatch.setattr(watermark_measure, "SPREAD_PROMPTS", ("a cat",))
    told = []
    measured = measure(pipeline, PROMPTS[:4], KEY, SamplerOptions(steps=4), told.append)
    assert [(row.method, row.attack) for row in measured.rows] == [(m, a) for m in METHODS for a in ("none", "mirror")]
    assert all(row.detected.count == row.false_alarms.count == 4 for row in measured.rows)
    assert 1.5 < measured.thresholds["ring"] < 4 and 2.5 < measured.thresholds["bits"] < 5
    assert set(measured.spread) == {"unmarked", *METHODS} and len(told) == 5
