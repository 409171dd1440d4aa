"""Whether panes can be shown on a screen."""

from collections.abc import Sequence

import numpy as np

from tdiff.diffusion.run import PICTURE
from tdiff.views.figures import Pane


def showable(panes: Sequence[Pane], most: int = 6) -> bool:
    fits = [len(p.title) <= 24 and p.picture.shape == PICTURE and p.picture.dtype == np.uint8 for p in panes]
    return 1 <= len(panes) <= most and all(fits)
