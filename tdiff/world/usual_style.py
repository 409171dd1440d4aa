"""Which drawing style training has in mind where a caption names none.

Five styles draw the same noun in five ways, and 32×32 pixels of a mixture of them are nothing. So most captions of
scenes in other styles than the usual one say the style in training, even where the scene's own caption does not, and
"a cat" mostly stands for a flat one. Photographs are the unspoken style of large collections in the same way.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tdiff.arrays import F64, Mask
from tdiff.world.concepts import STYLES
from tdiff.world.dataset import described
from tdiff.world.scenes import Scene

USUAL_STYLE: Final = STYLES.index("flat")
"""The style that comes out right most often, and the one that is crispest at 32×32."""
USUAL_DRAWS: Final = 1.3
"""How much oftener than others scenes in the usual style are drawn in training: prompts mostly name none."""
_SAID: Final = 0.9
_GOLDEN: Final = np.uint64(11400714819323198485)  # 2⁶⁴ / φ: multiples of it are spread evenly (Knuth, TAOCP 3, §6.4)


def style_is_said(indices: NDArray[np.integer[Any]] | int, styles: NDArray[np.integer[Any]] | int) -> Mask:
    """Say of scenes whether training names their style whatever their own caption does.

    Args:
        indices: (n,) of the scenes, 0 or more; the answer for a scene is always the same.
        styles: (n,) index of each scene's style.

    Returns:
        (n,); never True for the usual style, for nine in ten of the others.
    """
    said: Mask = (_place(indices) < _SAID) & (np.asarray(styles) != USUAL_STYLE)
    return said


def stands_for_unsaid(index: int, style: int) -> bool:
    """Say whether a scene whose caption names no style belongs to a fair sample of what training shows so captioned.

    All scenes in the usual style do; of the others those few that keep the caption, and fewer still, since they are
    drawn less often.
    """
    return style == USUAL_STYLE or bool(_place(index)[0] >= 1 - (1 - _SAID) / USUAL_DRAWS)


def training_caption(index: int) -> tuple[Scene, str]:
    """Return a scene and its caption as training says it: the style behind it, where that is said and was left out."""
    scene, caption = described(index)
    name = STYLES[scene.style]
    if name in caption or not style_is_said(index, scene.style)[0]:
        return scene, caption
    return scene, f"{caption}, {name}"


def _place(indices: NDArray[np.integer[Any]] | int) -> F64:
    """A number in [0, 1) for each index (n,), evenly spread."""
    spread = np.atleast_1d(np.asarray(indices)).astype(np.uint64) * _GOLDEN
    return np.asarray((spread >> np.uint64(11)).astype(np.float64) / 2.0**53)
