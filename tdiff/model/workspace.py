"""Every map and buffer that the denoiser writes while it runs."""

from tdiff.model.conv import Conv
from tdiff.model.memory import Room
from tdiff.model.stage import Maps


class Workspace:
    """Buffers for batches of one size; whoever runs uses them alone, and leaves nothing that the next run needs.

    Args:
        batch: pictures.
        widths: channels at 16×16, 8×8 and 4×4.
        fine: channels of the last map, four times those at full resolution.
        longest: tokens of the longest prompt.
    """

    def __init__(self, batch: int, widths: tuple[int, int, int], fine: int, longest: int) -> None:
        room, (a, b, c) = Room(batch), widths
        self.batch, self.longest = batch, longest
        self.stem, self.detail, self.last = Conv(room, 16, 12, a), Conv(room, 16, a, fine), Conv(room, 16, fine, 12)
        self.maps16, self.maps8, self.maps4 = (Maps(room, *shape, longest) for shape in ((16, a), (8, b), (4, c)))
        room.scratch.restart()
        self.cells8, self.cells4 = room.scratch.empty(8, 8, batch, 4 * a), room.scratch.empty(4, 4, batch, 4 * b)
        self.fine, self.tanh = room.kept.empty(16, 16, batch, fine), room.kept.empty(16, 16, batch, fine)
        self.pixels = room.kept.empty(16, 16, batch, 12)
        self.v = room.kept.empty(batch, 32, 32, 3)
