"""What the experiment on weak spots finds."""

import importlib

import pytest

from tdiff.lessons.core.bench import Bench
from tdiff.lessons.truth.weak_spots import weak_spots
from tdiff.pipeline import Pipeline
from tests.lessons.running import TREE, Runs


class TestWeakSpots:
    def test_the_checkers_verdicts_decide(self, monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline) -> None:
        module = importlib.import_module("tdiff.lessons.truth.weak_spots")
        monkeypatch.setattr(module, "fits", lambda want, look: want.relation is None)
        *_, outcome = weak_spots(Bench(pipeline, TREE), each=2)
        assert (outcome.values["one"], outcome.values["order"], outcome.answer) == (2, 0, 1)
        assert [pane.title.rpartition(": ")[2] for pane in outcome.panes] == ["right", "right", "failed", "right"]

    def test_it_says_which_model_was_checked(self, ran: Runs, pipeline: Pipeline) -> None:
        values = ran["truth.weak_spots"][-1].values
        assert pipeline.info.hash in values["model"]
        assert values["numbers"] == f"{pipeline.info.parameters:,}"

    def test_no_kind_is_called_the_worst_by_chance(self, monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline) -> None:
        module = importlib.import_module("tdiff.lessons.truth.weak_spots")
        monkeypatch.setattr(module, "fits", lambda want, look: True)
        *_, outcome = weak_spots(Bench(pipeline, TREE), each=2)
        assert outcome.answer == 3
