"""What a learner plays with in lesson 4, and what every stage owes its screen."""

import numpy as np
import pytest

import tdiff
from tdiff.diffusion.run import PICTURE
from tdiff.evaluate.bias import values_of
from tdiff.evaluate.memorisation import training_picture
from tdiff.lessons.copies.copies_lab import KINDS, CopySearch
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.decide.cases import LENSES
from tdiff.lessons.decide.decide_lab import Decide
from tdiff.lessons.labels.label_lab import TREATMENTS, LabelLab
from tdiff.lessons.skew.mix_lab import MixTraining, counted, mixed_pictures
from tdiff.lessons.skew.skew_lab import SkewLab
from tdiff.lessons.truth.truth_lab import COUNTED, Truth
from tdiff.pipeline import Pipeline, from_pixels, to_pixels
from tdiff.recipe import SEED_RANGE, Recipe, StartPicture
from tdiff.views.figures import Pane
from tdiff.world.dataset import TRAIN_SIZE, described
from tests.lessons.stored import stored_pipeline


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return tdiff.load()


def showable(panes: tuple[Pane, ...]) -> bool:
    fits = [len(p.title) <= 24 and p.picture.shape == PICTURE and p.picture.dtype == np.uint8 for p in panes]
    return bool(panes) and all(fits)


class TestCopySearch:
    def test_it_shows_five_neighbours_nearest_first(self, pipeline: Pipeline) -> None:
        state = CopySearch(pipeline, seed=3).next()
        assert showable(state.panes())
        assert len(state.panes()) == 6
        assert list(state.found.distances) == sorted(state.found.distances)
        assert state.captions[0] == described(int(state.found.indices[0]))[1]
        assert state.prompt in state.text
        assert state.trained_on is None

    def test_a_copy_is_found_at_distance_zero(self) -> None:
        fake, model = stored_pipeline()
        model.picture = from_pixels(training_picture(777))
        state = CopySearch(fake).next()
        assert (int(state.found.indices[0]), state.found.distance) == (777, 0)
        assert state.found.ratio == 0

    def test_a_pair_never_shown_says_what_was_counted(self, pipeline: Pipeline) -> None:
        search = CopySearch(pipeline)
        search.choose("a pair never shown")
        state = search.next()
        assert state.trained_on == 0
        assert "holds 0 pictures of that" in state.text

    def test_real_scenes_were_never_trained_on(self) -> None:
        search = CopySearch(stored_pipeline()[0], seed=5)
        search.choose("an unseen real scene")
        first, second = search.next(), search.next()
        assert TRAIN_SIZE + 5 < first.seed < second.seed
        assert first.panes()[0].title == "never trained on"

    def test_the_kinds_go_round(self) -> None:
        search = CopySearch(stored_pipeline()[0])
        seen = []
        for _ in range(4):
            seen.append(search.kind)
            search.next_kind()
        assert seen == [*KINDS, KINDS[0]]

    def test_what_cannot_be_is_refused(self) -> None:
        with pytest.raises(LessonError, match="seed"):
            CopySearch(stored_pipeline()[0], seed=SEED_RANGE[1] + 1)
        with pytest.raises(LessonError, match="one thing"):
            CopySearch(stored_pipeline()[0]).choose("a friend")


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


class TestLabelLab:
    RECIPE = Recipe(prompt="a green tree", seed=3, steps=8)

    def test_saving_stripping_and_forging_change_what_the_file_says_and_no_pixel(self, pipeline: Pipeline) -> None:
        lab = LabelLab(pipeline, self.RECIPE)
        saved, stripped, forged = lab.save(), lab.strip(), lab.forge()
        assert [state.says for state in (saved, stripped, forged)] == [
            "a trained algorithm made it",
            "nothing",
            "a camera took it",
        ]
        assert forged.done == ("saved", "stripped", "forged")
        assert (saved.picture == forged.picture).all()
        assert not stripped.metadata.xmp
        for state in (saved, stripped, forged):
            assert showable(state.panes())
            assert all(len(row) == 2 for row in state.table())

    def test_the_three_labels_stand_side_by_side_and_each_says_what_it_is_worth(self, pipeline: Pipeline) -> None:
        metadata, credentials, mark = LabelLab(pipeline, self.RECIPE).save().columns()
        assert "anybody can write" in metadata.proves
        assert "tdiff has no certificate and signs nothing" in credentials.says
        assert "not that it is true" in credentials.proves
        assert "least of all that it is no model's" in mark.proves

    def test_a_signature_would_show_any_change_of_the_file(self, pipeline: Pipeline) -> None:
        lab = LabelLab(pipeline, self.RECIPE)
        saved, stripped = lab.save(), lab.strip()
        assert saved.digest == saved.signed == stripped.signed != stripped.digest
        assert "the change shows" in stripped.columns()[1].says
        assert "the change shows" not in saved.columns()[1].says

    def test_a_mark_is_off_until_asked_for_and_found_when_it_is_on(self, pipeline: Pipeline) -> None:
        lab = LabelLab(pipeline, self.RECIPE)
        plain = lab.save()
        assert plain.metadata.recipe.watermark is None
        assert not plain.detection.found
        assert "only when asked" in plain.text
        marked = lab.toggle_mark()
        assert marked.detection.found
        assert marked.metadata.recipe.watermark == marked.detection.key
        assert (marked.made != plain.made).any()
        assert (marked.unmarked == plain.made).all()
        assert len(marked.panes()) == 4

    def test_a_prompt_left_out_leaves_the_source_type(self, pipeline: Pipeline) -> None:
        private = LabelLab(pipeline, self.RECIPE).toggle_prompt()
        assert b"tree" not in private.file
        assert private.says == "a trained algorithm made it"
        assert ("prompt in the file", "left out") in private.table()

    def test_every_treatment_changes_pixels_and_costs_the_metadata(self, pipeline: Pipeline) -> None:
        lab = LabelLab(pipeline, self.RECIPE)
        saved = lab.toggle_mark()
        for name in TREATMENTS:
            state = lab.treat_next()
            assert state.done == ("saved", name)
            assert (state.picture != saved.picture).any()
            assert state.says == "nothing"
            assert showable(state.panes())
        assert lab.treat_next().done == ("saved", TREATMENTS[0])
        with pytest.raises(LessonError, match="mirror"):
            lab.treat("burn")

    def test_any_recipe_of_a_bench_will_do(self, pipeline: Pipeline) -> None:
        recipe = Recipe(
            prompt="",
            steps=1000,
            sampler="ddpm",
            start=StartPicture("0" * 64, 0.5),
            watermark="beef",
            model="01234567",
        )
        state = LabelLab(stored_pipeline()[0], recipe).save()
        assert state.metadata.recipe.steps == 20
        assert state.says == "a trained algorithm made it"


class TestDecide:
    def test_every_option_of_every_case_has_reasons_for_and_against(self) -> None:
        decide = Decide()
        titles = []
        for _ in range(decide.state.of):
            titles.append(decide.state.case.title)
            for option in range(len(decide.state.options)):
                speaks_for, speaks_against = decide.choose(option).reasons
                assert speaks_for and speaks_against and speaks_for != speaks_against
            assert decide.state.unread == 0
            decide.next()
        assert decide.state.number == 1
        assert len(set(titles)) == len(titles) >= 8

    def test_the_questions_come_before_the_reasons(self) -> None:
        decide = Decide()
        before = decide.state.lines()
        assert [line.partition(":")[0] for line in before[1:]] == list(LENSES)
        after = decide.choose(1).lines()
        assert after[0].startswith("For it: ")
        assert after[1].startswith("Against it: ")
        assert "2 more to read" in after[2]
        assert decide.back_to_questions().lines() == before
        assert decide.state.read == {1}

    def test_what_was_chosen_is_kept_while_one_walks_about(self) -> None:
        decide = Decide()
        decide.choose(2)
        assert decide.previous().number == decide.state.of
        assert decide.state.chosen is None
        assert decide.next().chosen == 2
        assert decide.go_to(4).number == 4

    def test_what_cannot_be_is_refused(self) -> None:
        with pytest.raises(LessonError, match="options a to c"):
            Decide().choose(3)
        with pytest.raises(LessonError, match="cases 1 to"):
            Decide().go_to(0)
        with pytest.raises(LessonError, match="at least one"):
            Decide(())


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
