"""What this very copy of tdiff is, counted now: its networks, its files, its training set."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

import tdiff
from tdiff.manifest import read_manifest
from tdiff.paths import assets_dir
from tdiff.pipeline import Pipeline
from tdiff.world.concepts import concepts, held_out
from tdiff.world.dataset import TRAIN_SIZE
from tdiff.world.palette import COLOURS
from tdiff.world.scenes import SIDE

PICTURE_BYTES: Final = SIDE * SIDE * 3
"""Of a picture as it is, three bytes a pixel."""
_FOLDERS: Final = {
    "weights": ("models",),
    "artwork and words": ("world", "words"),
    "recordings": ("recorded", "watermark"),
}
_PARTS: Final = {"text": "text tower", "image": "image tower"}
_CODE: Final = (".py", ".toml", ".tcss")
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of what is installed.

    Attributes:
        name, hash: of the model that is loaded.
        pictures_seen: in training, each scene several times.
        parameters: network → numbers in it.
        megabytes: kind of file → size on disk, unpacked.
        denoiser_bytes: of the denoiser's file.
        pairs_held_out: pairs of noun and colour that training never shows.
    """

    name: str
    hash: str
    pictures_seen: int
    parameters: dict[str, int]
    megabytes: dict[str, float]
    denoiser_bytes: int
    pairs_held_out: int

    @property
    def bytes_each(self) -> float:
        """Bytes of the denoiser for each training picture."""
        return self.denoiser_bytes / TRAIN_SIZE

    @property
    def total_megabytes(self) -> float:
        """Of everything together."""
        return sum(self.megabytes.values())

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each fact."""
        return (
            ("model", f"{self.name} {self.hash}"),
            *((f"{_PARTS.get(part, part)}, numbers", f"{count:,}") for part, count in self.parameters.items()),
            *((f"{kind}, MB", f"{size:.1f}") for kind, size in self.megabytes.items()),
            ("all of it, MB", f"{self.total_megabytes:.1f}"),
            ("training pictures", f"{TRAIN_SIZE:,}"),
            ("seen in training", f"{self.pictures_seen:,}"),
            ("pairs never shown", f"{self.pairs_held_out:,}"),
            ("denoiser bytes a picture", f"{self.bytes_each:.0f} of {PICTURE_BYTES:,}"),
        )


def facts_of(pipeline: Pipeline) -> Facts:
    """Count.

    Args:
        pipeline: the model that is loaded; sizes of networks and files are those of what ships.

    Raises:
        WeightsError: the manifest of what ships cannot be read.
    """
    assets = assets_dir()
    manifest, info = read_manifest(assets / "models"), pipeline.info
    parameters = {
        part: sum(int(np.prod(shape)) for shape in tensors.values()) for part, tensors in manifest.shapes.items()
    }
    megabytes = {
        kind: _size(path for name in names for path in _files(assets / name)) for kind, names in _FOLDERS.items()
    }
    return Facts(
        name=info.name,
        hash=info.hash,
        pictures_seen=info.pictures,
        parameters=parameters | {"denoiser": info.parameters},
        megabytes=megabytes | {"code and lessons": _size(_code())},
        denoiser_bytes=(assets / "models" / "denoiser.safetensors").stat().st_size,
        pairs_held_out=sum(held_out(concept, colour) for concept in concepts() for colour in COLOURS),
    )


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _code() -> Iterator[Path]:
    """The package's own files, without what is only there for training."""
    package = Path(tdiff.__file__).resolve().parent
    return (
        path
        for path in _files(package)
        if path.suffix in _CODE and path.relative_to(package).parts[0] not in ("train", "assets")
    )


def _size(paths: Iterable[Path]) -> float:
    return sum(path.stat().st_size for path in paths) / _MEGABYTE
