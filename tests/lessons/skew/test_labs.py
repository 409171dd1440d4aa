"""The labs on skews."""

import pytest

from tdiff.evaluate.bias import values_of
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.skew.mix_lab import MixTraining, counted, mixed_pictures
from tdiff.lessons.skew.skew_lab import SkewLab
from tdiff.pipeline import Pipeline, to_pixels
from tests.lessons.showable import showable
from tests.lessons.stored import stored_pipeline


class TestSkewLab:
    def test_pictures_come_in_portions_until_all_are_there(self, pipeline: Pipeline) -> None:
        lab = SkewLab(pipeline, seed=3, samples=16)
        empty = lab.state()
        assert (len(empty.pictures), empty.skew, empty.done) == (0, None, False)
        first = lab.advance()
        assert (len(first.pictures), first.done) == (8, False)
        full = lab.advance()
        assert full.done
        assert (full.pictures[:8] == first.pictures).all()
        assert len(lab.advance().pictures) == 16
        for state in (empty, first, full):
            assert showable(state.panes())
        assert len(full.panes()) == 4

    def test_the_histogram_adds_up_and_says_what_the_pictures_show(self, pipeline: Pipeline) -> None:
        state = SkewLab(pipeline, samples=8).advance()
        bars = state.bars()
        assert sum(bar.made for bar in bars) == pytest.approx(1)
        assert sum(bar.training for bar in bars) == pytest.approx(1)
        colours = values_of(state.pictures, "colour")
        assert next(bar.made for bar in bars if bar.value == "red") == colours.count("red") / 8
        assert state.table()[0] == ("colour", "trained", "made")

    def test_counting_something_else_keeps_the_pictures_and_another_prompt_does_not(self) -> None:
        fake, model = stored_pipeline()
        lab = SkewLab(fake, samples=16)
        lab.advance()
        asked = len(model.calls)
        lab.next_attribute()
        assert len(lab.state().pictures) == 8
        assert lab.state().settings.attribute == "position"
        assert len(model.calls) == asked
        lab.next_noun()
        assert len(lab.state().pictures) == 0
        assert lab.state().settings.prompt == "a car in any style"
        lab.advance()
        lab.next_guidance()
        assert (lab.settings.guidance, len(lab.state().pictures)) == (8, 0)

    def test_what_cannot_be_is_refused(self) -> None:
        lab = SkewLab(stored_pipeline()[0])
        for wrong, says in (
            ({"noun": "nurse"}, "heart"),
            ({"attribute": "mood"}, "colour"),
            ({"guidance": 99.0}, "15"),
        ):
            with pytest.raises(LessonError, match=says):
                lab.choose(**wrong)
        assert lab.settings.noun == "heart"
        with pytest.raises(LessonError, match="multiple of 8"):
            SkewLab(stored_pipeline()[0], samples=12)


class TestMixTraining:
    @pytest.mark.parametrize("trained", [1.0, 0.5, 0.0])
    def test_the_mix_is_what_was_asked_for_and_counted_rightly(self, trained: float) -> None:
        pictures = to_pixels(mixed_pictures(trained))
        point = counted(0, pictures)
        assert (point.red, point.blue, point.neither) == (200 * trained, 200 * (1 - trained), 0)

    def test_it_follows_the_mix_while_it_learns(self) -> None:
        training = MixTraining(0.9)
        state = training.state()
        assert (state.step, state.curves()) == (0, ())
        state = training.train(250)
        assert [point.step for point in state.history] == [0, 125, 250]
        assert state.last.share.value > 0.7
        assert showable(state.panes())
        assert len(state.curves()) == 2

    def test_another_mix_starts_again(self) -> None:
        training = MixTraining(seed=2)
        training.train(30)
        training.next_mix()
        assert training.trained == 0.5
        state = training.state()
        assert (state.step, state.trained, len(state.history)) == (0, 0.5, 1)
        training.next_mix()
        training.next_mix()
        assert training.trained == 0.9
        with pytest.raises(LessonError, match="0 to 1"):
            training.choose(1.5)
