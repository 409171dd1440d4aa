"""What the experiments on guidance find."""

import importlib

import numpy as np

from tdiff.defaults import GUIDANCE, GUIDANCE_START
from tdiff.diffusion import SamplerOptions
from tests.lessons.running import Runs, card_of


def test_turning_the_dial_asks_nothing_and_is_a_straight_line(ran: Runs) -> None:
    values = ran["guidance.guidance_dial"][-1].values
    assert values["asked"] == 0
    assert values["off"] < 1e-4
    unguided = values["since"] - 1  # steps before guidance sets in: one prediction each
    assert unguided == SamplerOptions(values["steps"], guidance_start=GUIDANCE_START).guided_from
    assert (values["plain"], values["guided"]) == (values["steps"], 2 * values["steps"] - unguided)


def test_without_guidance_the_prompt_is_not_heard(ran: Runs) -> None:
    values = ran["guidance.guidance_grid"][-1].values
    assert values["zero"] < 0.5 * values["plain"]
    assert ran["guidance.guidance_grid"][-1].answer == 1
    assert [pane.title for pane in ran["guidance.guidance_grid"][-1].panes] == [
        f"w = {w:g}" for w in (-2, 0, 1, GUIDANCE, 15)
    ]


def test_guidance_costs_colours_and_variety(ran: Runs) -> None:
    final = ran["guidance.guidance_curves"][-1]
    assert final.values["most_saturated"] > 2 * final.values["plain_saturated"]
    assert "15" not in final.values["different"]
    by_w = {row[0]: row for row in final.table[1:]}
    assert set(by_w) == {"0", "1", "2", f"{GUIDANCE:g}", "8", "15", "real"}
    columns = {name: place for place, name in enumerate(final.table[0])}
    assert float(by_w["15"][columns["vary"]]) < float(by_w["0"][columns["vary"]])
    assert int(by_w["15"][columns["natural"]].rstrip("%")) < int(by_w["1"][columns["natural"]].rstrip("%"))
    assert [curve.name for curve in final.curves] == ["prompt match", "diversity", "naturalness", "saturated pixels"]


def test_the_card_says_what_our_default_trades(ran: Runs) -> None:
    final = ran["guidance.guidance_curves"][-1]
    row = next(row for row in final.table if row[0] == f"{GUIDANCE:g}")
    said = card_of("guidance.guidance_curves").revealed(final.values)
    assert f"Our default, {GUIDANCE:.3g}," in said
    assert f"recognises {row[1]} of {final.values['pictures']}" in said
    assert f"count as {row[3]} different pictures" in said


def test_natural_is_what_comes_nearest_to_real_scenes_not_what_is_plainer() -> None:
    module = importlib.import_module("tdiff.lessons.guidance.guidance_curves")  # its function has the same name
    alike = {"recognised": 0, "matches": (0.0,) * 4, "different": 1.0, "without_one": (1.0,) * 4, "saturated": 0.0}
    plainer = module.Measured(**alike, naturals=np.full(4, 0.95))
    like_real = module.Measured(**alike, naturals=np.array([0.58, 0.62, 0.61, 0.59]))
    assert module._best({1.0: plainer, 3.0: like_real}, real=0.6)[2] == (3.0,)
