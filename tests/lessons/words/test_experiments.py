"""What the experiments on words find."""

import numpy as np
import pytest

from tdiff.evaluate.bias_rules import object_mask
from tdiff.prompt.understand import understand
from tests.lessons.running import Runs


def test_what_is_not_read_changes_nothing(ran: Runs) -> None:
    final = ran["words.what_is_read"][-1]
    assert max(final.values["difference"], final.values["other_difference"]) < 1e-4  # a batch's rounding
    for pane in final.panes[1:]:
        assert np.abs(pane.picture.astype(int) - final.panes[0].picture).max() <= 1
    assert final.answer == 0
    assert not understand(final.values["unknown"]).has_effect
    fates = {row[0]: row[1:] for row in final.table[1:]}
    assert fates[final.values["unknown"]] == ("no effect", "–")
    assert fates["apple"] == ("known", "apple")
    assert fates[final.values["other"]][1] == "apple"


def test_a_word_changes_part_of_the_picture_and_the_numbers_are_those_of_the_panes(
    ran: Runs,
) -> None:
    final = ran["words.swap_a_word"][-1]
    before, after, difference, _ = (pane.picture.astype(int) for pane in final.panes)
    gap = np.abs(before - after).max(axis=-1)
    assert (difference[..., 0] == gap).all()
    assert final.values["changed"] == pytest.approx((gap >= 26).mean())
    assert 0 < final.values["changed"] < 1
    assert final.values["word"] == "red"
    thing = object_mask(final.panes[0].picture)
    assert final.values["in_thing"] == pytest.approx((gap >= 26)[thing].mean())
    assert final.values["in_ground"] == pytest.approx((gap >= 26)[~thing].mean())


def test_every_word_has_both_maps_and_attention_adds_up(ran: Runs) -> None:
    final = ran["words.word_maps"][-1]
    rows = final.table[1:]
    assert [row[0] for row in rows] == ["red", "apple", "+flat"]
    assert sum(int(row[2].rstrip("%")) for row in rows) == pytest.approx(100, abs=1)
    agreements = [float(row[3]) for row in rows]
    assert final.values["worst_agreement"] == pytest.approx(min(agreements), abs=0.006)
    assert final.values["best_agreement"] == pytest.approx(max(agreements), abs=0.006)
    assert final.values["agree"] == sum(each >= 0.5 for each in agreements)
