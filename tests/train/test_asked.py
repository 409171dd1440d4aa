"""What training asks of the prompt's states and of attention besides v."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tdiff.prompt.vocabulary import MAX_TOKENS, noun_id, token_ids  # noqa: E402
from tdiff.train.likeness import shown_things  # noqa: E402
from tdiff.train.looking import looking_loss  # noqa: E402
from tdiff.train.whereabouts import boxes, exchanged_boxes, whereabouts_loss  # noqa: E402
from tdiff.world.concepts import concepts  # noqa: E402
from tdiff.world.dataset import described  # noqa: E402
from tdiff.world.scenes import Scene, exchanged  # noqa: E402

PAIRS = [scene for scene, _ in map(described, range(400)) if scene.kind == "pair"]


def told(scene: Scene) -> torch.Tensor:
    """Ids (1, 16) of "A left of B"."""
    first, second = (noun_id(concepts()[item.sprite.concept].name) for item in scene.objects)
    ids = torch.zeros((1, MAX_TOKENS), dtype=torch.long)
    ids[0, :3] = torch.tensor([first, token_ids()["left of"], second])
    return ids


def asked(scene: Scene) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids of "A left of B", things and boxes of a batch of one."""
    things = torch.from_numpy(shown_things(scene).astype(np.int64))
    return told(scene), things[None], torch.from_numpy(boxes(scene))[None]


@pytest.mark.parametrize("scene", PAIRS[:40])
def test_boxes_of_a_twin_are_those_of_the_scene_with_its_things_exchanged(scene: Scene) -> None:
    assert (exchanged_boxes(torch.from_numpy(boxes(scene)[None]))[0].numpy() == boxes(exchanged(scene))).all()


def test_several_of_a_kind_have_no_box_of_their_own() -> None:
    several = next(scene for scene, _ in map(described, range(400)) if scene.kind == "count")
    assert not boxes(several).any()


def test_whereabouts_are_right_at_the_nouns_and_asked_nowhere_else() -> None:
    scene = PAIRS[0]
    ids, things, placed = asked(scene)
    read = torch.full((1, MAX_TOKENS, 3), 7.0)
    for place, item in ((0, scene.objects[0]), (2, scene.objects[1])):
        read[0, place] = torch.tensor([*item.centre, item.side]) / 32
    assert whereabouts_loss(read, ids, things, placed) == pytest.approx(0, abs=1e-12)
    exchanged_read = read[:, [2, 1, 0, *range(3, MAX_TOKENS)]]
    assert whereabouts_loss(exchanged_read, ids, things, placed) > 0.05
    assert whereabouts_loss(read, torch.zeros_like(ids), things, placed) == 0  # nothing is named


@pytest.mark.parametrize("side", [4, 8, 16])
def test_a_map_inside_its_box_costs_nothing_one_outside_costs_one_and_an_even_one_the_free_share(side: int) -> None:
    scene = next(scene for scene in PAIRS if scene.relation == "left" and scene.objects[0].centre[1] == 16)
    ids, things, placed = asked(scene)
    inside = torch.zeros(2, side, side)
    for row, item in enumerate(scene.objects):
        x, y = (int(at * side / 32) for at in item.centre)
        inside[row, y, x] = 1

    def lost(first: torch.Tensor, second: torch.Tensor) -> float:
        maps = torch.zeros(1, side * side, MAX_TOKENS)
        maps[0, :, 0], maps[0, :, 2] = first.flatten(), second.flatten()
        return float(looking_loss([maps, maps], ids, things, placed))

    assert lost(*inside) == pytest.approx(0, abs=0.1)  # a cell may reach over the edge of its box
    assert lost(inside[1], inside[0]) > 0.8
    even = torch.ones(side, side)
    shares = [item.side**2 / 1024 for item in scene.objects]
    assert lost(even, even) == pytest.approx(np.mean([(1 - share) ** 2 for share in shares]), abs=1e-3)
