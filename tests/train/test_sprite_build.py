"""The sprite sheet is built from drawings as it ships, and refuses packages that are not the published ones."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tdiff.arrays import U8
from tdiff.errors import ImageError
from tdiff.paths import asset_path
from tdiff.train import sprites as build
from tdiff.train.sprite_check import compare, shipped
from tdiff.train.sprite_colours import colour_shares, colour_terms
from tdiff.train.sprite_packages import PACKAGES, Package, PackageError, Pictures, Vectors, tarball, verified
from tdiff.world.concepts import STYLES
from tdiff.world.palette import COLOURS, PALETTE
from tdiff.world.sprites import sheet, sprites

_ICONS = {
    "width": 36,
    "height": 36,
    "icons": {
        "cat": {"body": '<circle r="3"/>'},
        "swan": {"body": "<path/>", "height": 40},
    },
}


class _Style:
    """Artwork that has only the code points it is given."""

    def __init__(self, *codepoints: str) -> None:
        self._codepoints = codepoints

    def picture(self, codepoint: str) -> Image.Image | None:
        return _drawing(100, 100, (10, 10, 60, 35)) if codepoint in self._codepoints else None


def _drawing(
    width: int, height: int, box: tuple[int, int, int, int], rgba: tuple[int, int, int, int] = (214, 40, 40, 255)
) -> Image.Image:
    picture = Image.new("RGBA", (width, height))
    picture.paste(rgba, box)
    return picture


def _box(tile: U8) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(tile[..., 3].any(1)), np.flatnonzero(tile[..., 3].any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def test_a_drawing_is_trimmed_to_what_can_be_seen() -> None:
    picture = _drawing(100, 80, (20, 10, 50, 70))
    picture.putpixel((90, 75), (255, 255, 255, build.FAINT))
    assert build.trimmed(picture).size == (30, 60)
    picture.putpixel((90, 75), (255, 255, 255, build.FAINT + 1))
    assert build.trimmed(picture).size == (71, 66)


@pytest.mark.parametrize(
    ("box", "expected"),
    [((10, 10, 70, 40), (1, 12, 47, 35)), ((10, 10, 40, 70), (12, 1, 35, 47)), ((0, 0, 100, 100), (1, 1, 47, 47))],
)
def test_the_longest_side_becomes_46_of_48_in_the_middle(
    box: tuple[int, int, int, int], expected: tuple[int, int, int, int]
) -> None:
    tile = build.placed(_drawing(100, 100, box))
    assert tile.shape == (48, 48, 4)
    assert _box(tile) == expected
    assert (tile[24, 24] == (214, 40, 40, 255)).all()


def test_alpha_is_straight_and_what_cannot_be_seen_is_zero() -> None:
    tile = build.placed(_drawing(92, 92, (0, 0, 92, 92), (214, 40, 40, 128)))
    assert (abs(tile[24, 24].astype(int) - (214, 40, 40, 128)) <= 1).all()  # premultiplied it would be 107
    assert not tile[0].any()


def test_an_empty_drawing_is_refused() -> None:
    with pytest.raises(ImageError, match="is empty"):
        build.placed(Image.new("RGBA", (10, 10)))
    with pytest.raises(ImageError, match="more than half opaque"):
        colour_shares(np.full((4, 4, 4), 100, np.uint8))


def test_colour_shares_count_what_is_drawn_by_its_alpha() -> None:
    tile = np.zeros((8, 8, 4), np.uint8)
    tile[:2, :, :] = (*PALETTE["red"], 255)
    tile[2:4, :, :] = (*PALETTE["blue"], 255)
    tile[4:, :4, :] = (*PALETTE["green"], 127)  # too transparent to count
    shares = dict(zip(COLOURS, colour_shares(tile), strict=True))
    assert {name: share for name, share in shares.items() if share} == {"red": 128, "blue": 128}
    tile[2:4, :, 3] = 170
    shares = dict(zip(COLOURS, colour_shares(tile), strict=True))
    assert (shares["red"], shares["blue"]) == (153, 102)


def test_every_colour_of_the_palette_is_called_by_its_name() -> None:
    assert [COLOURS[term] for term in colour_terms(np.array(list(PALETTE.values()), np.uint8))] == list(COLOURS)


def test_the_main_colours_of_the_shipped_sprites_are_found_again() -> None:
    every = sprites()[::5]
    same = [int(np.argmax(colour_shares(sheet()[sprite.index]))) == COLOURS.index(sprite.natural) for sprite in every]
    assert np.mean(same) > 0.97


def test_tiles_lie_where_the_world_looks_for_them() -> None:
    with Image.open(asset_path("world/sprites.png")) as picture:
        assert (build.tiled(list(sheet())) == np.asarray(picture)).all()


def test_the_table_is_written_as_the_world_reads_it() -> None:
    tile = build.placed(_drawing(50, 50, (0, 0, 50, 50)))
    table = build.table([build.Drawn(concept=7, style=2, rgba=tile)])
    assert table["sprites"] == [[7, 2, [255, *[0] * 10]]]
    assert (table["tile"], table["columns"], table["palette"]) == (48, 48, list(COLOURS))


def test_a_missing_glyph_is_an_error_except_in_the_old_set() -> None:
    concepts = [{"id": 0, "name": "cat", "codepoint": "1F431"}]
    full = [_Style("1F431")] * (len(STYLES) - 1)
    drawn = build.draw(concepts, [*full, _Style()])
    assert [(sprite.concept, sprite.style) for sprite in drawn] == [(0, style) for style in range(len(full))]
    with pytest.raises(PackageError, match=r'"sticker" has no drawing of U\+1F431 \(cat\)'):
        build.draw(concepts, [full[0], _Style(), *full[2:], _Style("1F431")])


def test_drawings_that_are_not_in_the_world_are_left_out() -> None:
    everywhere = [_Style("1F3BE")] * len(STYLES)
    drawn = build.draw([{"id": 5, "name": "tennis", "codepoint": "1F3BE"}], everywhere)
    assert STYLES.index("sticker") not in {sprite.style for sprite in drawn}
    assert len(drawn) == len(STYLES) - 1


def test_an_icon_becomes_a_document_with_its_own_size() -> None:
    vectors = Vectors(_ICONS, {"1f431": "cat", "1f9a2": "swan"})
    cat, swan = vectors.svg("1F431"), vectors.svg("1F9A2")
    assert cat is not None and 'viewBox="0 0 36 36"' in cat and '<circle r="3"/>' in cat
    assert swan is not None and 'viewBox="0 0 36 40"' in swan
    assert vectors.svg("1F436") is None
    assert vectors.picture("1F436") is None


def test_an_icon_is_rendered_as_large_as_fits() -> None:
    pytest.importorskip("resvg_py")
    icons = {"width": 10, "height": 20, "icons": {"bar": {"body": '<path d="M0 0h10v20h-10z" fill="#d62828"/>'}}}
    picture = Vectors(icons, {"1": "bar"}).picture("1")
    assert picture is not None
    assert picture.size == (96, 192)
    assert picture.getpixel((48, 96)) == (214, 40, 40, 255)


def test_a_missing_renderer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(PackageError, match="pip install"):
        Vectors(_ICONS, {"1f431": "cat"}).picture("1F431")


def test_pictures_are_found_with_and_without_the_mark_for_colour() -> None:
    buffer = io.BytesIO()
    _drawing(8, 6, (0, 0, 8, 6)).save(buffer, "WEBP", lossless=True)
    pictures = Pictures({"1f431.webp": buffer.getvalue(), "2600-fe0f.webp": buffer.getvalue()})
    for codepoint in ("1F431", "2600"):
        picture = pictures.picture(codepoint)
        assert picture is not None and picture.size == (8, 6) and picture.mode == "RGBA"
    assert pictures.picture("2601") is None


def test_another_tarball_is_refused_and_the_published_one_is_not() -> None:
    package = Package(  # sha512 of nothing, FIPS 180-4
        "@scope/empty",
        "1.0.0",
        "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    )
    assert verified(b"", package) == b""
    with pytest.raises(PackageError, match=r"scope-empty-1\.0\.0\.tgz is not what was published"):
        verified(b"x", package)


def test_packages_are_named_as_npm_names_them() -> None:
    assert PACKAGES[0].file_name == "iconify-json-noto-1.2.9.tgz"
    assert PACKAGES[0].path == "@iconify-json/noto/-/noto-1.2.9.tgz"
    assert len(PACKAGES) == len(STYLES)


@pytest.mark.parametrize(
    ("registry", "message"),
    [("file:///etc", "is no web address"), ("http://127.0.0.1:1", r"cannot fetch .*--packages")],
)
def test_a_registry_that_cannot_be_used_is_one_sentence(registry: str, message: str) -> None:
    with pytest.raises(PackageError, match=message) as error:
        tarball(PACKAGES[0], None, registry)
    assert "\n" not in str(error.value)


def test_a_missing_package_file_ends_the_command_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(["--out", str(tmp_path / "new"), "--packages", str(tmp_path)], env={}) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "iconify-json-noto-1.2.9.tgz" in said[0] and "npm pack" in said[0]
    assert not (tmp_path / "new").exists()


def test_a_damaged_package_file_ends_the_command_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / PACKAGES[0].file_name).write_bytes(b"damaged")
    assert build.main(["--out", str(tmp_path / "new"), "--packages", str(tmp_path)], env={}) == 1
    assert "hash differs" in capsys.readouterr().err


def test_the_registry_is_taken_from_npms_own_variable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--out", str(tmp_path)], env={"npm_config_registry": "gopher://here"}) == 1
    assert "gopher://here" in capsys.readouterr().err


def test_a_sheet_equal_to_the_shipped_one_passes_and_a_shifted_sprite_does_not() -> None:
    before = shipped()
    rows = [
        [concept, style, list(shares)] for (concept, style), shares in zip(before.pairs, before.shares, strict=True)
    ]
    report, close = compare(before, list(before.rgba), rows)
    assert close
    assert "the same main colour in 1137 of 1137" in report
    moved = [*before.rgba[:-1], np.roll(before.rgba[-1], 1, axis=0)]
    report, close = compare(before, moved, rows)
    assert not close
    style = STYLES[before.pairs[-1][1]]
    line = next(line for line in report.splitlines() if line.startswith(style))
    count, identical = map(int, line.split()[1:3])
    assert identical == count - 1


def test_other_colours_or_other_drawings_do_not_pass() -> None:
    before = shipped()
    rows = [
        [concept, style, list(shares)] for (concept, style), shares in zip(before.pairs, before.shares, strict=True)
    ]
    painted = [*rows[:-1], [*rows[-1][:2], [255 - share for share in rows[-1][2]]]]
    assert not compare(before, list(before.rgba), painted)[1]
    report, close = compare(before, list(before.rgba)[:-1], rows[:-1])
    assert not close
    assert str(before.pairs[-1]) in report
