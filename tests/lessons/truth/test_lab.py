"""The pages of the truth about this tool."""

import pytest

from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.truth.truth_lab import COUNTED, Truth
from tdiff.pipeline import Pipeline


class TestTruth:
    def test_it_begins_with_what_was_counted_and_goes_on_with_the_card(self, pipeline: Pipeline) -> None:
        truth = Truth(pipeline)
        assert truth.state.source == COUNTED
        assert pipeline.info.hash in truth.state.text
        assert f"{pipeline.info.parameters:,}" in truth.state.text
        said = [truth.next() for _ in range(truth.state.of - 1)]
        assert {state.source for state in said} == {"MODEL_CARD.md, recorded"}
        titles = " ".join(state.page.title for state in said)
        for about in ("Data", "Training", "Scores", "What it cannot do", "Known failures"):
            assert about in titles
        assert truth.next().number == 1

    @pytest.mark.parametrize(("width", "height"), [(44, 16), (60, 16), (24, 16), (72, 10), (96, 36)])
    def test_every_page_fits(self, pipeline: Pipeline, width: int, height: int) -> None:
        truth = Truth(pipeline, width, height)
        for number in range(1, truth.state.of + 1):
            page = truth.go_to(number).page
            assert 1 <= len(page.lines) <= height
            assert all(len(line) <= width and line.isprintable() for line in page.lines)

    def test_pages_turn_both_ways(self, pipeline: Pipeline) -> None:
        truth = Truth(pipeline)
        assert truth.previous().number == truth.state.of
        with pytest.raises(LessonError, match="pages 1 to"):
            truth.go_to(99)
