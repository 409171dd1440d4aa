"""What the lesson shows, in short: sprites appear, few pictures are copied, many are not, and v does not work."""

import pytest

from tdiff.tinytrain import TinySettings, TinyTrainer, appeared, memorisation, picture_set

STEPS = 450  # three to four seconds of one core


def trained(size, **settings):
    pictures = picture_set(size)
    trainer = TinyTrainer(pictures.train, TinySettings(**settings))
    for _ in range(STEPS):
        trainer.step()
    return pictures, trainer.sample(32)


@pytest.fixture(scope="module")
def eight():
    return trained(8)


def test_sprites_appear_from_noise(eight):
    pictures, samples = eight
    assert appeared(samples, pictures.train).count >= 6


def test_few_pictures_are_copied_and_many_are_not(eight):
    pictures, samples = eight
    assert memorisation(samples, pictures.train, pictures.held_out).ratio < 0.3
    pictures, samples = trained(400)
    assert memorisation(samples, pictures.train, pictures.held_out).ratio > 0.6


def test_a_narrow_network_cannot_predict_v():
    pictures, samples = trained(8, parametrization="v")
    assert appeared(samples, pictures.train).count == 0
