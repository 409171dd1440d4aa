"""The public npm packages that hold the artwork: fetching, checking, and finding one drawing in them."""

import base64
import hashlib
import http.client
import io
import json
import tarfile
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from PIL import Image

from tdiff.errors import TdiffError
from tdiff.text import clean_text

REGISTRY: Final = "https://registry.npmjs.org"
"""Where npm itself gets packages from unless it is told otherwise."""
RENDER: Final = 192
"""A vector drawing is rendered as large as fits into a square of this many pixels."""
_PATIENCE: Final = 120.0  # seconds without a byte


class PackageError(TdiffError):
    """A package cannot be had, is not the one that was published, or lacks a drawing."""


@dataclass(frozen=True, slots=True)
class Package:
    """One version of one npm package.

    Attributes:
        name: with its scope.
        version: exactly this one.
        integrity: sha512 of the tarball in base64, as the registry publishes it under `dist.integrity`.
    """

    name: str
    version: str
    integrity: str

    @property
    def file_name(self) -> str:
        """What `npm pack` calls the tarball."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"

    @property
    def path(self) -> str:
        """Where the tarball is below the address of a registry."""
        return f"{self.name}/-/{self.name.rpartition('/')[2]}-{self.version}.tgz"


PACKAGES: Final[tuple[Package, ...]] = (
    Package(
        "@iconify-json/noto",
        "1.2.9",
        "DQiuXENbun41ch+XPSV55H9FaWKpHTyz46YIKtSaKYD4fIDDzL1tR6H4np/T38jfrTAeI3rcKF0mqHYeZVAuaw==",
    ),
    Package(
        "@iconify-json/twemoji",
        "1.2.5",
        "uKpuIEV0v6K5BW3Mjdyl+XKFVAbbcPxAgifKvEMtZoUZB5+YiY5zaMm2uNNCxyXzAWU9yNLlj41WU6/mvgALsw==",
    ),
    Package(
        "@iconify-json/fluent-emoji-flat",
        "1.2.6",
        "RY47RgPb47fYUiyrA64sIOL0+UU02s29sXpNBbIQRBUlPlfNFTKUmZDERGuxDs/7yNGWqQYvuaSYM1M4fRXlUw==",
    ),
    Package(
        "@lobehub/fluent-emoji-3d",
        "1.1.0",
        "Wlq2lVStTnr8BDpIJ0pEnTKO4LuDxxqTEhTvRtD1DLRF0me7ogeRQjKoehDHXuVJ2Qaecgl5wRBv60lUAG3h7g==",
    ),
    Package(
        "@iconify-json/noto-v1",
        "1.2.5",
        "/DsVMius69Q0fRS53z7QK1TROSuar606jiIx+laXtdsYGMXpf6LtHBx6CGfoo3UHHb/XpBsw+1L1x3eyPqMuVA==",
    ),
)
"""The packages in the order of `concepts.STYLES`."""


class Artwork(Protocol):
    """The drawings of one style."""

    def picture(self, codepoint: str) -> Image.Image | None:
        """Return the RGBA drawing of a code point such as "1F431", or None if the style has none."""
        ...


class Vectors:
    """The SVG drawings of an Iconify package."""

    def __init__(self, icons: Mapping[str, Any], names: Mapping[str, str]) -> None:
        """Take the content of `icons.json`, and code point in lower case → name as in `chars.json`."""
        self._icons = icons
        self._names = names

    def picture(self, codepoint: str) -> Image.Image | None:
        """Render a drawing, see `Artwork`."""
        svg = self.svg(codepoint)
        return None if svg is None else _rendered(svg)

    def svg(self, codepoint: str) -> str | None:
        """Return the drawing as an SVG document of its own, or None if there is none."""
        icon = self._icons["icons"].get(self._names.get(codepoint.lower(), ""))
        if icon is None:
            return None
        width, height = (icon.get(side, self._icons.get(side, 16)) for side in ("width", "height"))  # Iconify's default
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">{icon["body"]}</svg>'
        )


class Pictures:
    """Drawings that come as WebP files named by code point."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take file name → content."""
        self._files = files

    def picture(self, codepoint: str) -> Image.Image | None:
        """Decode a drawing, see `Artwork`. Some names end in the mark that asks for a coloured glyph (FE0F)."""
        for name in (f"{codepoint.lower()}.webp", f"{codepoint.lower()}-fe0f.webp"):
            if name in self._files:
                with Image.open(io.BytesIO(self._files[name]), formats=["WEBP"]) as picture:
                    return picture.convert("RGBA")
        return None


def artworks(folder: Path | None = None, registry: str = REGISTRY) -> tuple[Artwork, ...]:
    """Return the drawings of every style, in the order of `concepts.STYLES`.

    Args:
        folder: where the tarballs are under the names that `npm pack` gives them; None fetches them.
        registry: where from.

    Raises:
        PackageError: a tarball cannot be had or is not the published one.
    """
    noto, twemoji, flat, solid, old = (_files(tarball(package, folder, registry)) for package in PACKAGES)
    vectors = [_vectors(files, json.loads(files["chars.json"])) for files in (noto, twemoji, flat)]
    # the old set lists no code points, and names its drawings as its successor does
    return (*vectors, Pictures(solid), _vectors(old, json.loads(noto["chars.json"])))


def tarball(package: Package, folder: Path | None, registry: str) -> bytes:
    """Return a package's tarball, checked against its published hash.

    Raises:
        PackageError: see `artworks`.
    """
    return verified(_fetched(package, registry) if folder is None else _kept(package, folder), package)


def verified(data: bytes, package: Package) -> bytes:
    """Return the data if they are the published tarball.

    Raises:
        PackageError: their hash is another.
    """
    if base64.b64encode(hashlib.sha512(data).digest()).decode() != package.integrity:
        raise PackageError(
            f"{package.file_name} is not what was published as {package.name} {package.version}, "
            f"since its sha512 hash differs",
            remedy="fetch it again",
        )
    return data


def _kept(package: Package, folder: Path) -> bytes:
    path = folder / package.file_name
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackageError(
            f"cannot read {clean_text(str(path))} ({error.strerror or error})",
            remedy=f"run `npm pack {package.name}@{package.version}` there, or leave out --packages to fetch it",
        ) from error


def _fetched(package: Package, registry: str) -> bytes:
    address = f"{registry.rstrip('/')}/{package.path}"
    if not address.startswith(("https://", "http://")):
        raise PackageError(
            f"the registry {clean_text(registry)} is no web address",
            remedy="pass one that begins with https:// to --registry",
        )
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE) as answer:
            data: bytes = answer.read()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise PackageError(
            f"cannot fetch {clean_text(address)} ({clean_text(str(error))})",
            remedy="check the connection, pass --registry URL, or download the packages and pass --packages FOLDER",
        ) from error
    return data


def _files(data: bytes) -> dict[str, bytes]:
    """Unpack a tarball: file name without its folders → content."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        return {
            member.name.rpartition("/")[2]: file.read()
            for member in members
            if (file := archive.extractfile(member)) is not None  # never for a file
        }


def _vectors(files: Mapping[str, bytes], names: Mapping[str, str]) -> Vectors:
    return Vectors(json.loads(files["icons.json"]), names)


def _rendered(svg: str) -> Image.Image:
    try:
        import resvg_py
    except ImportError as error:
        raise PackageError(
            "resvg_py, which draws the SVG artwork, is missing", remedy="pip install -e '.[train]'"
        ) from error
    png = resvg_py.svg_to_bytes(svg_string=svg, width=RENDER, height=RENDER, skip_system_fonts=True)
    with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
        return picture.convert("RGBA")
