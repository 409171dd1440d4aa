"""What a learner plays with in lesson 3: words, the matching game, the guidance dial, negatives, switches."""

import numpy as np
import pytest

import tdiff
from tdiff.diffusion.run import PICTURE
from tdiff.lessons.core.changes import changed, of_colour
from tdiff.lessons.core.errors import LessonError
from tdiff.lessons.core.rewording import choices, effective, find, read_as, swapped, usable
from tdiff.lessons.core.together import together
from tdiff.lessons.guidance.guidance_lab import GuidanceDial
from tdiff.lessons.matching.matching_lab import MatchingGame
from tdiff.lessons.matching.matrix import matrix
from tdiff.lessons.negatives.negative_lab import NegativeSlot
from tdiff.lessons.switching.switching_lab import SwitchStrip
from tdiff.lessons.words.swap_lab import WordSwap
from tdiff.lessons.words.words_lab import Words
from tdiff.pipeline import Pipeline, from_pixels, to_pixels
from tdiff.prompt.understand import understand
from tdiff.recipe import Recipe, Switch
from tdiff.views.figures import Pane
from tests.lessons.attentive import attentive_pipeline

FROG = Recipe(prompt="a blue frog on a yellow background", seed=7, steps=8)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return tdiff.load()


def showable(panes: tuple[Pane, ...]) -> bool:
    fits = [len(p.title) <= 24 and p.picture.shape == PICTURE and p.picture.dtype == np.uint8 for p in panes]
    return 1 <= len(panes) <= 4 and all(fits)


class TestRewording:
    @pytest.mark.parametrize(
        ("prompt", "kind", "by", "becomes"),
        [
            ("a blue frog", "noun", "apple", "a blue apple"),
            ("A frog and a cat", "noun", "apple", "an apple and a cat"),
            ("an apple", "noun", "heart", "a heart"),
            ("an orange frog", "colour", "red", "a red frog"),
            ("two cats on a red background", "noun", "hearts", "two hearts on a red background"),
        ],
    )
    def test_a_word_is_swapped_and_its_article_set_right(self, prompt: str, kind: str, by: str, becomes: str) -> None:
        assert swapped(prompt, find(prompt, kind), by) == becomes

    def test_what_a_word_is_swapped_for_is_of_its_kind_and_new(self) -> None:
        prompt = "two cats and a red heart"
        cats, red = find(prompt, "noun"), find(prompt, "colour")
        assert "fish" in choices(prompt, cats)
        assert not {"cats", "hearts"} & set(choices(prompt, cats))
        assert "red" not in choices(prompt, red)
        assert choices(prompt, next(word for word in effective(prompt) if word.reads == "and")) == ()

    @pytest.mark.parametrize("prompt", ["a frog", "two cats", "a tree"])
    def test_another_word_for_the_same_has_the_same_tokens(self, prompt: str) -> None:
        noun = find(prompt, "noun")
        other = read_as(noun)
        assert other != noun.text
        assert understand(swapped(prompt, noun, other)).ids == understand(prompt).ids

    def test_a_prompt_that_lacks_the_word_gives_way_to_a_plain_one(self) -> None:
        assert usable("a frog", "colour", "noun")[1].text == "frog"
        prompt, word = usable("xylem", "colour")
        assert word.text in prompt
        assert prompt != "xylem"


class TestTogether:
    def test_each_picture_is_that_of_its_own_recipe(self, pipeline: Pipeline) -> None:
        recipes = [
            FROG,
            FROG.replace(prompt="a cat", guidance=1.0, seed=2),
            FROG.replace(negative="red", guidance=7.0),
            FROG.replace(switches=(Switch(3, prompt="a cat"), Switch(5, negative="red"))),
        ]
        made = to_pixels(together(pipeline, recipes).complete().final).astype(int)
        for picture, recipe in zip(made, recipes, strict=True):
            assert np.abs(picture - pipeline.generate(recipe)[0]).max() <= 1

    def test_recipes_of_different_length_are_refused(self, pipeline: Pipeline) -> None:
        with pytest.raises(LessonError, match="share steps"):
            together(pipeline, [FROG, FROG.replace(steps=9)])


class TestWords:
    def test_a_word_left_out_is_the_prompt_without_it(self, pipeline: Pipeline) -> None:
        words = Words(pipeline, FROG)
        state = words.at(2)
        assert [m.word.text for m in state.maps] == ["blue", "frog", "on", "yellow", "background", "flat"]
        alone = Words(pipeline, FROG.replace(prompt="a frog on a yellow background")).at(0)
        first = words.at(0)
        # The same x_t at step 0, so the guess without "blue" is that of the prompt that never had it.
        np.testing.assert_allclose(first.maps[0].without, alone.guess, atol=1e-4)
        np.testing.assert_allclose(first.maps[0].left_out, np.abs(alone.guess - first.guess).mean(axis=-1), atol=1e-4)

    def test_attention_is_shared_out_among_the_words(self, pipeline: Pipeline) -> None:
        state = Words(pipeline, FROG).at(2)
        total = np.sum([m.looked_at for m in state.maps], axis=0)
        np.testing.assert_allclose(total, 1, atol=1e-4)
        assert all(m.looked_at.shape == (32, 32) for m in state.maps)
        assert sum(m.attention for m in state.maps) == pytest.approx(1, abs=1e-4)

    def test_a_step_is_asked_about_once_whatever_word_is_chosen(self) -> None:
        fake, model = attentive_pipeline()
        words = Words(fake, FROG)
        assert model.calls == []
        words.at(3)
        asked = len(model.calls)
        chosen = [words.at(3, place).chosen for place in range(7)]
        assert len(model.calls) == asked
        assert chosen == [0, 1, 2, 3, 4, 5, 0]
        words.at(1)
        assert len(model.calls) == asked + 1  # an earlier step is kept, only its words are new

    def test_where_no_word_is_heard_the_maps_have_nothing_in_common(self) -> None:
        fake, _ = attentive_pipeline()
        state = Words(fake, FROG).at(2)
        assert all(m.effect < 1e-5 and m.agreement == 0 for m in state.maps)

    def test_it_can_be_shown_with_the_maps_over_the_picture(self, pipeline: Pipeline) -> None:
        state = Words(pipeline, FROG).at(3, 1)
        assert showable(state.panes())
        assert "frog" in state.panes()[1].title
        veiled = state.panes(over=True)[2].picture.astype(int)
        assert (veiled <= to_pixels(state.guess)).all()
        assert (veiled != state.panes()[2].picture).any()
        assert len(state.table()) == 7

    def test_without_a_word_there_is_nothing_to_ask(self, pipeline: Pipeline) -> None:
        for stage in (Words, WordSwap):
            with pytest.raises(LessonError, match="no word of this prompt"):
                stage(pipeline, Recipe(prompt="xylem"))


class TestWordSwap:
    def test_before_and_after_are_the_pictures_of_both_prompts(self, pipeline: Pipeline) -> None:
        swap = WordSwap(pipeline, FROG)
        assert swap.choices(2) == ()  # "on"
        by = swap.choices(0)[0]
        state = swap.swap(0, by)
        assert state.other == f"a {by} frog on a yellow background"
        made = [pipeline.generate(FROG.replace(prompt=text))[0] for text in (FROG.prompt, state.other)]
        for shown, picture in zip((state.before, state.after), made, strict=True):
            assert np.abs(to_pixels(shown).astype(int) - picture).max() <= 1
        assert 0 < state.changed.mean() < 1
        assert showable(state.panes())

    def test_a_word_can_be_left_out_of_the_whole_run(self) -> None:
        fake, _ = attentive_pipeline()
        state = WordSwap(fake, FROG).leave_out(0)
        assert state.other == "a … frog on a yellow background"
        assert state.difference == 0


class TestMatching:
    @pytest.mark.parametrize("kind", ["scenes", "twins"])
    def test_every_picture_has_one_caption_of_its_own(self, pipeline: Pipeline, kind: str) -> None:
        game = MatchingGame(pipeline, 3, (kind,))
        for _ in range(5):
            round_ = game.round
            assert sorted(round_.right) == [0, 1, 2, 3]
            assert len(set(round_.captions)) == 4
            assert showable(round_.panes())
            game.next()

    def test_twins_have_the_same_words(self, pipeline: Pipeline) -> None:
        game = MatchingGame(pipeline, 3, ("twins",))
        for _ in range(5):
            bags = {tuple(sorted(understand(caption).ids)) for caption in game.round.captions}
            assert len(bags) == 1
            assert len({understand(caption).ids for caption in game.round.captions}) == 4
            game.next()

    def test_the_same_seed_gives_the_same_rounds(self, pipeline: Pipeline) -> None:
        first, second, other = (MatchingGame(pipeline, seed) for seed in (5, 5, 6))
        assert first.round.captions == second.round.captions != other.round.captions
        assert first.next().kind == "twins"
        assert (first.round.pictures == second.next().pictures).all()

    def test_captions_are_laid_and_moved_and_both_are_scored(self, pipeline: Pipeline) -> None:
        game = MatchingGame(pipeline, 5)
        right = game.round.right
        game.place(0, right[1])
        assert game.place(1, right[1]) == (None, right[1], None, None)
        assert game.place(0, right[0])[0] == right[0]
        verdict = game.check()
        assert (verdict.score.you, verdict.score.answered, verdict.score.pictures) == (2, 2, 4)
        assert verdict.score.pair == sum(verdict.pair_right)
        assert showable(verdict.panes())
        with pytest.raises(LessonError, match="is over"):
            game.place(0, 0)
        with pytest.raises(LessonError, match="is over"):
            game.check()
        assert game.next().number == 2
        assert game.placed == (None,) * 4
        with pytest.raises(LessonError, match="4 pictures"):
            game.place(4, 0)

    def test_the_pair_sees_a_picture_from_anywhere(self, pipeline: Pipeline) -> None:
        brought = np.full((1, *PICTURE), (214, 40, 40), np.uint8)
        made = pipeline.generate(FROG)
        compared = matrix(pipeline, [FROG.prompt, "a red background", "xylem"], np.concatenate([made, brought]))
        assert compared.scores.shape == (3, 2)
        assert compared.best == (0, 1)
        expected = pipeline.similarity([FROG.prompt], from_pixels(made))[0, 0]
        assert compared.scores[0, 0] == pytest.approx(float(expected), abs=1e-5)
        assert compared.table()[1][1] == f"{1000 * expected:.0f}"

    def test_pictures_can_be_brought_to_a_round(self, pipeline: Pipeline) -> None:
        game = MatchingGame(pipeline, 5)
        compared = game.bring(pipeline.generate(FROG), [FROG.prompt])
        assert compared.scores.shape == (5, 5)
        assert compared.captions[-1] == FROG.prompt
        assert compared.best[4] == 4
        np.testing.assert_allclose(compared.scores[:4, :4], game.check().matrix.scores, atol=1e-5)
        assert all(sum(map(len, row)) + 2 * len(row) <= 44 for row in compared.table())

    @pytest.mark.parametrize(
        "pictures",
        [np.zeros((1, 16, 16, 3), np.uint8), np.zeros((1, *PICTURE), np.float32), np.zeros((0, *PICTURE), np.uint8)],
    )
    def test_what_is_no_picture_is_refused(self, pipeline: Pipeline, pictures: np.ndarray) -> None:
        with pytest.raises(LessonError):
            matrix(pipeline, ["a frog"], pictures)


class TestGuidanceDial:
    def test_turning_it_asks_nothing_and_moving_it_asks_each_step_once(self) -> None:
        fake, model = attentive_pipeline()
        dial = GuidanceDial(fake, FROG)
        assert (model.calls, dial.predictions) == ([], 0)
        assert dial.at(2, 4.0).asked == 3
        states = [dial.at(2, w) for w in np.linspace(-2, 15, 35)]
        assert sum(state.asked for state in states) == 0
        assert dial.at(0, 1.0).asked == 0
        assert dial.at(3, 1.0).asked == 1
        assert (len(model.calls), dial.predictions) == (4, 8)

    def test_guided_is_exactly_linear_in_w(self, pipeline: Pipeline) -> None:
        dial = GuidanceDial(pipeline, FROG)
        zero, one = dial.at(1, 0.0).guided, dial.at(1, 1.0).guided
        for w in (-2.0, 0.5, 4.0, 15.0):
            guided = dial.at(1, w).guided
            np.testing.assert_allclose(guided.x0, zero.x0 + w * (one.x0 - zero.x0), atol=1e-4)
            np.testing.assert_allclose(guided.eps, zero.eps + w * (one.eps - zero.eps), atol=1e-4)
        assert np.abs(dial.at(1, 15.0).guided.x0).max() > 1  # not clipped: that would bend the line

    def test_its_ends_are_the_two_predictions(self, pipeline: Pipeline) -> None:
        state = GuidanceDial(pipeline, FROG.replace(guidance=3.0)).at(2, 0.0)
        assert (state.guided.x0 == state.unconditional.x0).all()
        trace = pipeline.trace(FROG.replace(guidance=3.0))
        for step in trace.play():
            if step.index == 2:
                break
        np.testing.assert_allclose(state.conditional.eps, step.eps_pos[0], atol=1e-5)
        np.testing.assert_allclose(state.unconditional.eps, step.eps_neg[0], atol=1e-5)

    def test_plain_runs_are_asked_once_a_step_and_guided_ones_twice(self) -> None:
        fake, _ = attentive_pipeline()
        dial = GuidanceDial(fake, FROG)
        dial.again(1.0).complete()
        assert dial.predictions == 8
        dial.again(4.0).complete()
        assert dial.predictions == 24

    def test_the_whole_run_again_is_the_recipes_picture(self, pipeline: Pipeline) -> None:
        made = to_pixels(GuidanceDial(pipeline, FROG).again(2.0).complete().final)[0].astype(int)
        assert np.abs(made - pipeline.generate(FROG.replace(guidance=2.0))[0]).max() <= 1

    def test_it_stays_within_its_range_and_can_be_shown(self, pipeline: Pipeline) -> None:
        dial = GuidanceDial(pipeline, FROG.replace(negative="red"))
        state = dial.at(99, 99.0)
        assert (state.step, state.guidance) == (7, 15.0)
        assert dial.at(-1, -9.0).guidance == -2.0
        assert showable(state.panes())
        assert showable(state.panes("eps"))
        assert state.panes()[0].title.startswith("negative")


class TestNegativeSlot:
    def test_it_is_inert_at_1_and_paints_itself_at_0(self, pipeline: Pipeline) -> None:
        slot = NegativeSlot(pipeline, Recipe(prompt="a red apple", seed=3, steps=8))
        assert slot.look("a blue fish", 1.0).difference < 1e-4
        assert slot.look("a blue fish", 0.0).from_itself < 1e-4
        full = slot.look("a blue fish", 4.0)
        assert full.difference > 0.01
        assert full.changed.any()
        assert showable(full.panes())

    def test_half_of_the_steps_is_the_recipe_with_a_switch(self, pipeline: Pipeline) -> None:
        recipe = Recipe(prompt="a heart", seed=3, steps=8)
        slot = NegativeSlot(pipeline, recipe)
        switched = {
            "always": recipe.replace(negative="red"),
            "early": recipe.replace(negative="red", switches=(Switch(4, negative=""),)),
            "late": recipe.replace(switches=(Switch(4, negative="red"),)),
        }
        for when, wanted in switched.items():
            made = to_pixels(slot.look("red", when=when).after).astype(int)
            assert np.abs(made - pipeline.generate(wanted)[0]).max() <= 1

    def test_no_negative_changes_nothing(self) -> None:
        fake, _ = attentive_pipeline()
        assert NegativeSlot(fake, FROG).look("").difference == 0


class TestSwitchStrip:
    def test_its_ends_are_the_prompts_alone_and_each_place_a_switch(self, pipeline: Pipeline) -> None:
        second = "a red frog on a yellow background"
        strip = SwitchStrip(pipeline, FROG, second).strip()
        assert strip.pictures.shape == (9, *PICTURE)
        wanted = {
            0: FROG.replace(prompt=second),
            3: FROG.replace(switches=(Switch(3, prompt=second),)),
            8: FROG,
        }
        for place, recipe in wanted.items():
            made = to_pixels(strip.pictures[place]).astype(int)
            assert np.abs(made - pipeline.generate(recipe)[0]).max() <= 1
        assert (strip.decided[0], strip.decided[-1]) == (0, 1)
        assert strip.half in range(1, 9)
        assert all(showable(strip.panes(k)) for k in (-1, 0, 4, 8, 99))

    def test_where_no_prompt_is_heard_nothing_is_decided(self) -> None:
        fake, _ = attentive_pipeline()
        strip = SwitchStrip(fake, FROG, "a cat").strip()
        assert set(strip.decided) == {0.0}
        assert strip.half is None


def test_a_change_is_counted_from_a_tenth_of_the_range_on() -> None:
    before = np.full((2, 2, 3), 100, np.uint8)
    after = before.copy()
    after[0, 0, 1], after[1, 1, 2] = 125, 126
    assert changed(before, after).tolist() == [[False, False], [False, True]]


def test_a_pixel_has_the_colour_whose_term_is_nearest() -> None:
    pictures = np.array([[[(210, 50, 30), (40, 100, 220)]]], np.uint8)
    assert of_colour(pictures, "red").tolist() == [[[True, False]]]
    assert of_colour(pictures, "blue").tolist() == [[[False, True]]]
