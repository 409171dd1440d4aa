"""What other models would answer: one of a single stored picture, one that hears no word."""

import pytest

from tdiff.lessons.core.bench import Bench
from tests.lessons.attentive import attentive_pipeline
from tests.lessons.running import APPLE, TREE, Runs, last
from tests.lessons.stored import stored_pipeline

IF_IT_WERE_STORED = {
    "denoise.one_leap": 0,  # the finished picture
    "denoise.layout_first": 2,  # both at once
    "denoise.step_ladder": 3,  # no rung helps more than another
    "seeds.seed_fixes": 3,  # no pair differs
    "seeds.neighbours": 3,  # all alike
    "seeds.jigsaw": 2,  # whole from the first guess on
    "seeds.same_static": 0,  # one picture, four times
}


IF_NO_WORD_WERE_HEARD = {
    "words.what_is_read": 0,  # nothing changes
    "words.swap_a_word": 0,  # hardly a pixel
    "words.word_maps": 2,  # the maps have nothing in common
    "matching.clip_draws": 2,  # the same picture
    "guidance.guidance_dial": 0,  # not asked: the dial is the same for any model
    "negatives.negative_slot": 2,  # no pixel
    "negatives.negative_when": 2,  # neither half
    "negatives.not_green": 1,  # as much as before
    "switching.when_decided": 2,  # neither first
}


@pytest.mark.parametrize(
    ("name", "answer"),
    list(IF_IT_WERE_STORED.items()),
)
def test_a_model_that_uncovers_one_stored_picture_gives_other_answers(name: str, answer: int) -> None:
    pipeline, _ = stored_pipeline()
    assert last(Bench(pipeline, TREE), name).answer == answer


def test_the_model_that_ships_uncovers_no_stored_picture(ran: Runs) -> None:
    unlike = [name for name, answer in IF_IT_WERE_STORED.items() if ran[name][-1].answer != answer]
    assert len(unlike) >= len(IF_IT_WERE_STORED) - 1


@pytest.mark.parametrize(
    ("name", "answer"), [("forward.lost_in_noise", 0), ("training.guess_game", 1), ("training.which_order", 2)]
)
def test_a_model_that_knows_one_picture_gives_its_own_answers(name: str, answer: int) -> None:
    fake, _ = stored_pipeline()
    assert last(Bench(fake, TREE), name).answer == answer


@pytest.mark.parametrize(("name", "answer"), IF_NO_WORD_WERE_HEARD.items())
def test_a_model_that_hears_no_word_gives_its_own_answers(name: str, answer: int) -> None:
    fake, _ = attentive_pipeline()
    assert last(Bench(fake, APPLE), name).answer == answer


def test_the_model_that_ships_hears_words(ran: Runs) -> None:
    # The other steering cards ask for a lead beyond chance, which few seeds may not show of any model.
    for name in ("words.swap_a_word", "negatives.negative_slot"):
        assert ran[name][-1].answer != IF_NO_WORD_WERE_HEARD[name], name
    hearts = ran["negatives.not_green"][-1].values
    assert hearts["negative_red"] < hearts["red"] - 0.02
