"""A checkpoint as a folder of parts, small enough to leave a machine one by one, that is whole or is not there.

    denoiser/checkpoint/manifest.json      layout, step, and each part's size and hash
    denoiser/checkpoint/00.part …          the bytes of one `torch.save`, cut at 15 MiB

A new one is written beside the old one and takes its place when it is whole, so a killed training has the last.
"""

import hashlib
import io
import json
import shutil
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final

import torch

from tdiff.errors import TdiffError

NAME: Final = "checkpoint"
LAYOUT: Final = 2
"""Raised whenever a checkpoint holds something else: 1 was one file, before there were places and whereabouts."""
_PART: Final = 15 * 2**20  # bytes
_MANIFEST: Final = "manifest.json"


class CheckpointError(TdiffError):
    """A checkpoint cannot be read, or is of another layout."""


def save(state: dict[str, Any], folder: Path, part: int = _PART) -> None:
    """Write a checkpoint into `folder / NAME`; the one that is there is kept until the new one is whole.

    Args:
        state: what `load` is to return; its "step" is told in the manifest.
        folder: of the training.
        part: most bytes a file.
    """
    buffer = io.BytesIO()
    torch.save(state, buffer)
    content = buffer.getbuffer()
    fresh, old, place = (folder / f"{NAME}{end}" for end in (".new", ".old", ""))
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    fresh.mkdir(parents=True)
    parts = []
    for number, start in enumerate(range(0, len(content), part)):
        piece = content[start : start + part]
        name = f"{number:02}.part"
        (fresh / name).write_bytes(piece)
        parts.append({"name": name, "bytes": len(piece), "sha256": hashlib.sha256(piece).hexdigest()})
    manifest = {"layout": LAYOUT, "step": state.get("step"), "parts": parts}
    (fresh / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    if place.exists():
        place.rename(old)
    fresh.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def exists(folder: Path) -> bool:
    """Whether a training left a checkpoint in its folder, one that it was about to replace included."""
    return _newest(folder) is not None


def load(folder: Path, device: torch.device | str = "cpu") -> dict[str, Any]:
    """Return the state of the checkpoint in a training's folder.

    Raises:
        CheckpointError: there is none, a part is missing or damaged, or it is of another layout.
    """
    place = _newest(folder)
    if place is None:
        raise CheckpointError(
            f"there is no checkpoint in {folder}", remedy="start with --init, or copy its folder there"
        )
    try:
        manifest = json.loads((place / _MANIFEST).read_text("utf-8"))
        layout, parts = manifest["layout"], [(str(p["name"]), str(p["sha256"])) for p in manifest["parts"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"{place / _MANIFEST} cannot be read ({error})", remedy="copy the checkpoint again"
        ) from error
    if layout != LAYOUT:
        raise CheckpointError(
            f"{place} is of layout {layout} and this version reads {LAYOUT}",
            remedy="start from the shipped weights with --init",
        )
    pieces = []
    for name, expected in parts:
        try:
            piece = (place / Path(name).name).read_bytes()
        except OSError as error:
            raise CheckpointError(f"{place} lacks {name} ({error.strerror})", remedy="copy that part again") from error
        if hashlib.sha256(piece).hexdigest() != expected:
            raise CheckpointError(f"{place / name} is not what was saved", remedy="copy that part again")
        pieces.append(piece)
    try:
        state: dict[str, Any] = torch.load(io.BytesIO(b"".join(pieces)), weights_only=True, map_location=device)
    except (RuntimeError, UnpicklingError) as error:
        raise CheckpointError(f"{place} is no state of a training ({error})") from error
    return state


def _newest(folder: Path) -> Path | None:
    """The checkpoint; where a training was killed between two renames, the one that was whole."""
    for end in ("", ".new", ".old"):
        if (folder / f"{NAME}{end}" / _MANIFEST).is_file():
            return folder / f"{NAME}{end}"
    return None
