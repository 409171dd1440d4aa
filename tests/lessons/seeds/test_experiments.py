"""What the experiments on seeds find."""

from tests.lessons.running import Runs


def test_the_same_seed_gives_the_same_picture_with_either_sampler(ran: Runs) -> None:
    values = ran["seeds.seed_fixes"][-1].values
    assert values["ddim"] == values["ddpm"] == values["ddim_fresh"] == 0
    assert values["ddpm_fresh"] > 0.01
