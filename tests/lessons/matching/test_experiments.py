"""What the experiments on the text–image pair find."""

from tests.lessons.running import Runs


def test_the_pair_knows_scenes_and_the_order_of_words(ran: Runs) -> None:
    easy, hard = (ran[name][-1].values for name in ("matching.match_four", "matching.same_words"))
    assert easy["right"] > 2 * easy["chance"]
    assert hard["right"] > 2 * hard["chance"]
    assert 0.95 > hard["alike"] > 0.5 > hard["scenes_alike"]  # at 1 it would hear words, never their order
    assert hard["chosen"] >= hard["true"]
    marks = [row[0][:2] for row in ran["matching.same_words"][-1].table[1:]]
    assert marks in (["✓ ", " ›", "  ", "  "], ["✓›", "  ", "  ", "  "])
    assert easy["own"] > easy["foreign"]


def test_the_image_half_takes_no_part_and_the_text_half_does(ran: Runs) -> None:
    values = ran["matching.clip_draws"][-1].values
    assert values["image"] == 0 < values["text"]
    guess, noisy, _ = ran["matching.clip_draws"][-1].curves
    assert noisy.ys[-1] > noisy.ys[0] and guess.ys[0] > noisy.ys[0]  # a guess can be told long before the picture can
    assert abs(values["blind"]) < values["fits"]  # the shuffled half is of no use as a judge
    assert ran["matching.clip_draws"][-1].answer == 2
