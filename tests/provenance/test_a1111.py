"""The parameters text: ours goes out and comes back, others' are read, and nothing breaks the parser."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdiff.provenance.a1111 import LIMIT, one_line, parse_parameters, write_parameters
from tdiff.recipe import Recipe
from tests.provenance.recipes import recipes

WEBUI = """masterpiece, (red apple:1.2) on a table,
<lora:fruit:0.8>
Negative prompt: lowres, bad
anatomy
Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 1234567890, Size: 512x768, \
Model hash: 6ce0161689, Model: v1-5, Lora hashes: "fruit: abc, other: def", Version: v1.9.0"""


def test_what_the_web_ui_writes_is_read() -> None:
    found = parse_parameters(WEBUI)
    assert found.prompt == "masterpiece, (red apple:1.2) on a table,\n<lora:fruit:0.8>"
    assert found.negative == "lowres, bad\nanatomy"
    assert (found.steps, found.seed, found.guidance, found.sampler) == (28, 1234567890, 6.5, "dpmpp2m")
    assert found.get("lora HASHES") == "fruit: abc, other: def"
    assert found.get("Size") == "512x768"


def test_our_text_has_the_common_form() -> None:
    recipe = Recipe(
        prompt="a red apple", negative="green", seed=7, guidance=4, guidance_start=0, model="0123456789abcdef"
    )
    assert write_parameters(recipe, "1.0") == (
        "a red apple\nNegative prompt: green\n"
        "Steps: 20, Sampler: DDIM, CFG scale: 4, Seed: 7, Size: 32x32, Model hash: 0123456789, Version: tdiff 1.0"
    )


def test_the_start_of_guidance_has_the_web_uis_name() -> None:
    assert "Skip Early CFG: 0.15" in write_parameters(Recipe(guidance_start=0.15), "1.0")
    assert "Skip Early CFG" not in write_parameters(Recipe(guidance_start=0), "1.0")


@pytest.mark.parametrize(
    ("text", "prompt", "negative", "steps"),
    [
        ("", "", "", None),
        ("a red apple", "a red apple", "", None),
        ("a red apple\nNegative prompt: green", "a red apple", "green", None),
        ("Negative prompt: green\nSteps: 5, Seed: 1", "", "green", 5),
        ("Steps: 5, Sampler: Euler", "", "", 5),
        ("a cat, a dog: both", "a cat, a dog: both", "", None),
        ("a\r\nSteps: 5, Seed: 1\r\n", "a", "", 5),
        ("a\nSteps: many, Seed: -1", "a", "", None),
        ("a\nSteps: 99999999999999999999999, Seed: 1", "a", "", None),
    ],
)
def test_forms_met_in_the_wild(text: str, prompt: str, negative: str, steps: int | None) -> None:
    found = parse_parameters(text)
    assert (found.prompt, found.negative, found.steps) == (prompt, negative, steps)


SETTINGS = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512"


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        (f"a cat\nNegative prompt: a dog\n{SETTINGS}\nTemplate: a {{red|blue}} cat, 4k\nflat: yes", "Template",
         "a {red|blue} cat, 4k\nflat: yes"),
        (f"a cat\nNegative prompt: a dog\n{SETTINGS}\nTemplate: x: y, z\nNegative Template: bad, worse",
         "Negative Template", "bad, worse"),
        (f'a cat\nNegative prompt: a dog\n{SETTINGS}, Hashes: {{"vae": "a, b", "model": "cc"}}, Version: v1', "Hashes",
         '{"vae": "a, b", "model": "cc"}'),
        (f'a cat\nNegative prompt: a dog\n{SETTINGS}, Civitai resources: [{{"type":"lora","weight":1}},{{"x":[2,3]}}], '
         "Civitai metadata: {}", "Civitai resources", '[{"type":"lora","weight":1},{"x":[2,3]}]'),
        (f"a cat\nNegative prompt: a dog\n{SETTINGS}\nClip skip: 2\n\nSaved by a tool that says so", "Clip skip",
         "2, Saved by a tool that says so"),
        ("a cat\nNegative prompt: a dog\nSampler: Euler a, Steps: 20, CFG scale: 7, Seed: 5", "Sampler", "Euler a"),
        (f"a cat Negative prompt: a dog {SETTINGS}", "Size", "512x512"),
        (f"a cat\nNegative prompt: a dog\n{SETTINGS}, Note: one, two, Lora: [broken, Version: v1", "Version", "v1"),
        (f"a cat\nNegative prompt: a dog\n{SETTINGS}, Note: one, two, Version: v1", "Note", "one, two"),
    ],
)  # fmt: skip
def test_the_settings_are_found_wherever_they_stand(text: str, name: str, value: str) -> None:
    found = parse_parameters(text)
    assert (found.prompt, found.negative) == ("a cat", "a dog")
    assert (found.steps, found.seed, found.guidance) == (20, 5, 7)
    assert found.get(name) == value


def test_a_long_prompt_hides_no_settings() -> None:
    prompt = "a cat, " * 2000 + "asleep"
    found = parse_parameters(f"{prompt}\n{SETTINGS}")
    assert (found.prompt, found.steps) == (prompt, 20)


def test_settings_in_prose_are_prompt() -> None:
    text = "a sign that reads Steps: 12, keep left"
    assert parse_parameters(text).prompt == text


@pytest.mark.slow
@settings(max_examples=2000, deadline=None)
@given(recipes())
def test_round_trip(recipe: Recipe) -> None:
    found = parse_parameters(write_parameters(recipe, "1.0"))
    assert (found.prompt, found.negative) == (one_line(recipe.prompt), one_line(recipe.negative))
    assert (found.steps, found.seed, found.sampler) == (recipe.steps, recipe.seed, recipe.sampler)
    if abs(recipe.guidance) > 1e-4:  # smaller ones are written with an exponent, which this form does not know
        assert found.guidance == pytest.approx(recipe.guidance)


@settings(max_examples=300, deadline=None)
@given(recipes())
def test_a_withheld_prompt_is_nowhere(recipe: Recipe) -> None:
    found = parse_parameters(write_parameters(recipe, "1.0", keep_prompt=False))
    assert (found.prompt, found.negative, found.seed) == ("", "", recipe.seed)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None)
@given(st.text() | st.text('Steps:,Sampler "\\\n\x1b0123Negative prompt', max_size=200))
def test_any_text_is_read_and_comes_out_clean(text: str) -> None:
    found = parse_parameters(text)
    shown = [found.prompt, found.negative, *(part for pair in found.settings for part in pair)]
    assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 for part in shown for c in part)
    _ = found.steps, found.seed, found.guidance, found.sampler


def test_long_texts_take_no_time() -> None:
    steps = ("Steps:\n" * 10**5, "Steps: 1, " * 10**5, "Steps:,,\n" * 10**5, "Steps: 1, S: [" * 10**5)
    for text in ('"' * 10**6, "a:" * 10**6, "a: \\," * 10**5, "a" * 10**6, "\n" * 10**6, 'a: ["' * 10**5, *steps):
        found = parse_parameters(text)
        assert len(found.prompt) <= LIMIT and len(found.settings) <= 64
