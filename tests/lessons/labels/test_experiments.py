"""What the experiments on labels find."""

import importlib
from dataclasses import replace

import numpy as np
import pytest

import tdiff
from tdiff.lessons.core.bench import Bench
from tdiff.lessons.labels.false_alarms import false_alarms
from tdiff.pipeline import Pipeline
from tdiff.provenance.watermark_attacks import ATTACKS
from tdiff.provenance.watermark_table import recorded_table
from tdiff.share import share
from tests.lessons.running import TREE, Runs, last
from tests.lessons.stored import stored_pipeline


class TestLabelIt:
    def test_inspect_repeats_what_the_file_says(self, ran: Runs) -> None:
        final = ran["labels.label_it"][-1]
        says = {row[0]: row[1:3] for row in final.table[1:]}
        assert says == {
            "saved": ("algorithm", "yes"),
            "saved, no prompt": ("algorithm", "no"),
            "stripped": ("nothing", "no"),
            "forged": ("camera", "no"),
        }
        assert final.answer == 1

    def test_all_files_hold_the_picture_that_the_recipe_makes(self, ran: Runs) -> None:
        made = tdiff.load().generate(TREE.replace(steps=20))[0].astype(int)
        final = ran["labels.label_it"][-1]
        assert final.values["apart"] == 0
        assert all(np.abs(pane.picture - made).max() <= 1 for pane in final.panes)

    def test_a_reader_that_noticed_the_forgery_would_change_the_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lab = importlib.import_module("tdiff.lessons.labels.label_lab")
        suspicious = replace(lab.metadata_of(lab.png_bytes(np.zeros((32, 32, 3), np.uint8))), warnings=("forged",))
        monkeypatch.setattr(lab, "metadata_of", lambda data: suspicious)
        assert last(Bench(stored_pipeline()[0], TREE), "labels.label_it").answer == 2


class TestHiddenMark:
    def test_of_several_pictures_each_treatment_is_counted_beside_the_recorded_share(self, ran: Runs) -> None:
        final = ran["labels.hidden_mark"][-1]
        counted = {row[0]: (int(row[1]), row[2]) for row in final.table if row[1].isdigit()}
        assert tuple(counted) == tuple(ATTACKS)
        assert counted["none"][0] == final.values["unharmed"] >= 1
        assert all(0 <= hits <= final.values["pictures"] for hits, _ in counted.values())
        assert sum(hits for name, (hits, _) in counted.items() if name != "none") == final.values["survived"]
        assert final.values["treated"] == final.values["attacks"] * final.values["pictures"] == 42
        recorded = recorded_table()
        for attack, (_, said) in counted.items():
            assert said == f"{recorded.row('ring', attack).detected.value:.0%}"
        assert recorded.model in [row[0] for row in final.table]

    def test_the_mark_changes_the_picture(self, ran: Runs) -> None:
        plain, ring = (pane.picture for pane in ran["labels.hidden_mark"][-1].panes[:2])
        assert (plain != ring).any()
        unmarked = tdiff.load().generate(TREE.replace(steps=20))[0].astype(int)
        assert np.abs(plain - unmarked).max() <= 1

    def test_a_model_that_forgets_its_noise_keeps_no_mark(self) -> None:
        outcome = last(Bench(stored_pipeline()[0], TREE), "labels.hidden_mark")
        assert (outcome.values["survived"], outcome.answer) == (0, 0)


class TestFalseAlarms:
    def test_about_one_key_in_a_hundred_seems_to_be_there(self, pipeline: Pipeline) -> None:
        *_, outcome = false_alarms(Bench(pipeline, TREE), keys=1000)
        assert 1 <= outcome.values["alarms"] <= 30
        assert outcome.values["strict"] <= outcome.values["alarms"]
        assert outcome.curves[0].ys[-1] == outcome.values["alarms"]

    def test_the_recorded_table_says_that_it_is_recorded_and_of_how_many(self, ran: Runs) -> None:
        recorded = recorded_table()
        table = ran["labels.false_alarms"][-1].table
        assert table[0][0] == f"recorded, n = {recorded.count:,}"
        assert recorded.model in [row[0] for row in table]
        assert table[1][1] == f"{recorded.row('ring', 'none').detected.value:.0%}"

    def test_a_table_of_other_weights_is_told(self, monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline) -> None:
        for model, told in ((f"{pipeline.info.name} {pipeline.info.hash}", False), ("sprite-32 00000000", True)):
            other = replace(recorded_table(), model=model)
            module = importlib.import_module("tdiff.lessons.labels.false_alarms")
            monkeypatch.setattr(module, "recorded_table", lambda other=other: other)
            *_, outcome = false_alarms(Bench(pipeline, TREE), keys=100)
            assert (outcome.table[-1][0] == "this run: other weights") is told
            assert model in [row[0] for row in outcome.table]

    def test_its_figures_come_from_the_file(self, monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline) -> None:
        recorded = recorded_table()
        rows = tuple(replace(row, false_alarms=share(7, 500)) for row in recorded.measured.rows)
        other = replace(recorded, count=500, measured=replace(recorded.measured, rows=rows))
        module = importlib.import_module("tdiff.lessons.labels.false_alarms")
        monkeypatch.setattr(module, "recorded_table", lambda: other)
        *_, outcome = false_alarms(Bench(pipeline, TREE), keys=100)
        assert (outcome.values["n"], outcome.values["false"]) == ("500", 7 / 500)
