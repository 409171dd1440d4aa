"""The report: a table to read, and JSON with everything that is in it."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tdiff.errors import UsageError
from tdiff.evaluate.checker import load_checker
from tdiff.evaluate.prompts import CATEGORIES, cases
from tdiff.evaluate.real import real_picture
from tdiff.evaluate.report import QUICK, SECTIONS, check_parts, needs_checker, run

FEW = replace(QUICK, prompts=6, negatives=3, drawn=2, looks=1)


def nothing(
    prompts: Sequence[str], negatives: Sequence[str], seeds: Sequence[int], guidance: float | None = None
) -> np.ndarray:
    return np.full((len(prompts), 32, 32, 3), 200, np.uint8)


def features(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1).astype(np.float32)


def say(ids: Sequence[int]) -> np.ndarray:
    return np.ones(32 * 32 * 3, np.float32)


def test_every_part_stands_in_table_and_json() -> None:
    suite = cases("twins", FEW.prompts)
    wants = {case.prompt: case.want for one in suite for case in (one, one.twin) if case}

    def painted(
        prompts: Sequence[str], negatives: Sequence[str], seeds: Sequence[int], guidance: float | None = None
    ) -> np.ndarray:
        rng = np.random.default_rng(0)
        return np.stack([real_picture(wants[prompt], rng) for prompt in prompts])

    report = run(painted, load_checker(), features, say, FEW, ["twins"], settings={"model": "painter"})
    found = json.loads(report.to_json())
    twins = found["following"]["twins"]["made"]
    assert twins["count"] == 6 and twins["value"] == twins["hits"] / 6 and twins["low"] < twins["value"]
    assert found["look"] is None and found["variety"] is None and found["settings"] == {"model": "painter"}
    (row,) = [line for line in report.to_text().splitlines() if line.strip().startswith("twins")]
    assert f"{twins['value']:.2f}" in row and f"{found['following']['twins']['real']['value']:.2f}" in row


def test_what_was_not_counted_is_null_and_said() -> None:
    report = run(nothing, load_checker(), features, say, FEW, ["negatives", "look"])
    found = json.loads(report.to_json())
    assert list(found["negatives"]) == ["natural colour", "contradicts the prompt"]
    obeyed = found["negatives"]["natural colour"]["obeyed"]
    assert obeyed["value"] is None and obeyed["count"] == 0
    assert found["look"]["made"]["value"] == 0 and sum(found["look"]["missed"].values()) == 2
    assert "nothing to count" in report.to_text() and "missed most often" in report.to_text()


def test_every_section_and_category_can_be_asked_for_and_nothing_else() -> None:
    check_parts((*SECTIONS, *CATEGORIES))
    with pytest.raises(UsageError, match="twins"):
        check_parts(["beauty"])
    assert needs_checker(["look"]) and needs_checker(["variety"]) and needs_checker([])
    assert not needs_checker(["diversity", "memorisation", "pair"])
