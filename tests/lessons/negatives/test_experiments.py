"""What the experiments on negatives find."""

import numpy as np
import pytest

from tests.lessons.running import Runs


def test_a_negative_paints_itself_at_0_and_does_nothing_at_1(ran: Runs) -> None:
    final = ran["negatives.negative_weights"][-1]
    assert final.values["zero"] < 1 / 127.5
    assert final.values["one"] < 1 / 127.5
    assert final.values["guided"] > 0.01
    assert final.answer == 1


def test_a_negative_lessens_what_a_no_in_the_prompt_does_not(ran: Runs) -> None:
    slot, words = ran["negatives.negative_slot"][-1].values, ran["negatives.not_green"][-1].values
    assert slot["after"] < slot["before"]
    assert words["not_green"] + words["no_red"] > words["negative_green"] + words["negative_red"]
    assert words["not_fate"] == words["no_fate"] == "no effect"
    titles = [pane.title for pane in ran["negatives.not_green"][-1].panes]
    assert {"a frog, negative green", "a heart, negative red"} <= set(titles) and len(titles) == 6


def test_a_half_does_less_than_the_whole(ran: Runs) -> None:
    values = ran["negatives.negative_when"][-1].values
    assert 0 < min(values["early"], values["late"]) < values["always"]


def test_each_seed_of_a_negative_is_shown_beside_the_mean(ran: Runs) -> None:
    for name, named in (("negatives.not_green", "green"), ("negatives.negative_when", "red")):
        final = ran[name][-1]
        seeds = [int(row[1].rstrip("%")) for row in final.table[1:]]
        assert len(seeds) == final.values["seeds"]
        assert 100 * final.values[named] == pytest.approx(np.mean(seeds), abs=0.6)


def test_only_hearts_that_were_red_can_stay_red(ran: Runs) -> None:
    final = ran["negatives.negative_when"][-1]
    seeds = [[int(cell.rstrip("%")) for cell in row[1:3]] for row in final.table[1:]]
    red = [(without, always) for without, always in seeds if without > 5]
    assert abs(final.values["had"] - len(red)) <= sum(without == 5 for without, _ in seeds)
    assert final.values["kept"] <= final.values["had"] <= final.values["seeds"]
