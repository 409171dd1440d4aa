"""What the experiments on guidance find."""

from tests.lessons.running import Runs


def test_turning_the_dial_asks_nothing_and_is_a_straight_line(ran: Runs) -> None:
    values = ran["guidance.guidance_dial"][-1].values
    assert values["asked"] == 0
    assert values["off"] < 1e-4
    assert (values["plain"], values["guided"]) == (values["steps"], 2 * values["steps"])


def test_without_guidance_the_prompt_is_not_heard(ran: Runs) -> None:
    values = ran["guidance.guidance_grid"][-1].values
    assert values["zero"] < 0.5 * values["plain"]
    assert ran["guidance.guidance_grid"][-1].answer == 1
    assert [pane.title for pane in ran["guidance.guidance_grid"][-1].panes] == [f"w = {w}" for w in (-2, 0, 1, 4, 15)]


def test_guidance_costs_colours_and_variety(ran: Runs) -> None:
    final = ran["guidance.guidance_curves"][-1]
    assert final.values["most_saturated"] > 2 * final.values["plain_saturated"]
    assert "15" not in final.values["different"]
    by_w = {row[0]: row for row in final.table[1:]}
    assert set(by_w) == {"0", "1", "2", "4", "8", "15", "real"}
    assert float(by_w["15"][2]) < float(by_w["0"][2])
    assert int(by_w["15"][3].rstrip("%")) < int(by_w["1"][3].rstrip("%"))
    assert [curve.name for curve in final.curves] == ["prompt match", "diversity", "naturalness", "saturated pixels"]
