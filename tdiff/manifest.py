"""What is known of a folder of weights before any of them is read; needs the standard library only."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tdiff.errors import WeightsError
from tdiff.text import clean_text

HINT: Final = "reinstall tdiff-explorer, or export the weights again"
"""What to do about weights that are not as they should be."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `manifest.json` beside the weights says of them.

    Attributes:
        name: the model's name, as captions show it.
        step, pictures: how long the denoiser was trained.
        files: part ("text", "image", "denoiser", "checker") → sha256 of its file.
        shapes: part → tensor name → shape.
    """

    name: str
    step: int
    pictures: int
    files: Mapping[str, str]
    shapes: Mapping[str, Mapping[str, tuple[int, ...]]]

    @property
    def hash(self) -> str:
        """Short hash over what makes and matches pictures: eight hex digits, as recipes carry it."""
        joined = "".join(self.files[part] for part in ("text", "image", "denoiser"))
        return hashlib.sha256(joined.encode()).hexdigest()[:8]


def read_manifest(folder: Path) -> Manifest:
    """Read `manifest.json` of a folder of weights.

    Raises:
        WeightsError: it is missing or not understood.
    """
    path = folder / "manifest.json"
    shown = clean_text(str(path))
    try:
        content = json.loads(path.read_text("utf-8"))
        return Manifest(
            name=clean_text(str(content["name"]), 60),
            step=int(content["step"]),
            pictures=int(content["pictures"]),
            files={str(part): str(digest) for part, digest in content["files"].items()},
            shapes={
                str(part): {str(name): tuple(int(n) for n in shape) for name, shape in tensors.items()}
                for part, tensors in content["shapes"].items()
            },
        )
    except OSError as error:
        raise WeightsError(f"cannot read {shown} ({error.strerror})", remedy=HINT) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsError(f"{shown} is not a manifest that tdiff understands", remedy=HINT) from error
