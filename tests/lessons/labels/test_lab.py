"""The lab on labels."""

import pytest

from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.labels.label_lab import TREATMENTS, LabelLab
from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe, StartPicture
from tests.lessons.showable import showable
from tests.lessons.stored import stored_pipeline


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
