"""`tdiff inspect` on files that lie, that are huge, that are hostile, or that carry signed credentials."""

import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tdiff.cli import main
from tdiff.commands.inspect import inspect
from tdiff.errors import ImageError
from tdiff.provenance import text_fields
from tdiff.provenance.read import TEXT_LIMIT, read_metadata
from tdiff.recipe import Recipe
from tdiff.render.load import load_picture
from tdiff.render.png import png_bytes

PICTURE = np.full((32, 32, 3), (200, 30, 30), np.uint8)
RECIPE = Recipe(prompt="a red apple", seed=7)
BOX = b"\0\0\0\x30jumb\0\0\0\x28jumdc2pa" + b"\0" * 20


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunks(*chunks: bytes) -> bytes:
    plain = png_bytes(PICTURE, text_fields(RECIPE))
    return plain[:33] + b"".join(chunks) + plain[33:]


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["tdiff", *arguments])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


class TestSize:
    @pytest.mark.parametrize("side", [40_000, 2**31 - 1])
    def test_a_header_that_claims_too_much_is_told(self, tmp_path: Path, side: int) -> None:
        data = bytearray(with_chunks())
        data[16:24] = struct.pack(">II", side, side)
        data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
        warnings = " ".join(read_metadata(saved(tmp_path / "big.png", bytes(data))).warnings)
        assert f"{side}×{side} pixels, which cannot be in" in warnings
        assert "more than tdiff would ever decode" in warnings

    def test_a_small_lie_is_told_too(self, tmp_path: Path) -> None:
        data = bytearray(with_chunks())
        data[16:24] = struct.pack(">II", 3000, 3000)
        (warning,) = read_metadata(saved(tmp_path / "big.png", bytes(data))).warnings
        assert "cannot be in" in warning

    @pytest.mark.parametrize("shape", [(32, 32, 3), (1, 1, 3), (2000, 2000, 3)])
    def test_an_honest_header_is_believed(self, tmp_path: Path, shape: tuple[int, ...]) -> None:
        flat = np.zeros(shape, np.uint8)  # as compressible as a picture can be
        assert read_metadata(saved(tmp_path / "a.png", png_bytes(flat))).warnings == ()

    @pytest.mark.parametrize(("kind", "side", "warned"), [("PNG", 4100, True), ("JPEG", 4100, False)])
    def test_the_limit_is_that_of_what_is_decoded(self, tmp_path: Path, kind: str, side: int, warned: bool) -> None:
        path = tmp_path / "a"
        Image.new("L", (side, side)).save(path, kind)
        assert any("would ever decode" in warning for warning in read_metadata(path).warnings) is warned
        if warned:
            with pytest.raises(ImageError):
                load_picture(path)
        else:
            assert load_picture(path).picture.shape == (32, 32, 3)


class TestTexts:
    def test_a_huge_text_is_cut_and_that_is_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = saved(tmp_path / "a.png", with_chunks(chunk(b"tEXt", b"Title\0" + b"x" * 5_000_000)))
        inspect(path, as_json=False)
        said = capsys.readouterr()
        assert len(said.out) < TEXT_LIMIT + 4000
        assert "texts that were cut to their first 8,192 characters here: 1" in said.err

    def test_no_line_of_a_text_can_be_taken_for_one_of_ours(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lie = b"hello\nsource type  http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture\nno recipe in it"
        path = saved(tmp_path / "a.png", with_chunks(chunk(b"tEXt", b"Title\0" + lie)))
        inspect(path, as_json=False)
        ours = [line for line in capsys.readouterr().out.splitlines() if line.startswith("source type")]
        assert ours == ["source type  http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"]

    @pytest.mark.parametrize("as_json", [True, False])
    def test_escapes_and_directions_are_shown_and_do_not_act(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: bool
    ) -> None:
        hostile = "\x1b]0;owned\x07\x9b31m\u202eevil[/][red]".encode()
        body = b"Title\0\0\0\0\0" + hostile
        path = saved(tmp_path / "a\x1b[31m\u202eb.png", with_chunks(chunk(b"iTXt", body)))
        inspect(path, as_json)
        said = capsys.readouterr()
        assert not any(sign in said.out + said.err for sign in "\x1b\x07\x9b\u202e")
        assert "[/][red]" in said.out

    def test_json_names_the_very_file(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = saved(tmp_path / "äpple\u202e.png", with_chunks())
        inspect(path, as_json=True)
        assert json.loads(capsys.readouterr().out)["file"] == str(path)


class TestCredentials:
    @pytest.fixture
    def signed(self, tmp_path: Path) -> Path:
        return saved(tmp_path / "signed.png", with_chunks(chunk(b"caBX", BOX)))

    def test_they_are_told_and_not_judged(self, signed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        inspect(signed, as_json=False)
        assert "signed content credentials (C2PA), which tdiff neither checks nor rewrites" in capsys.readouterr().out

    def test_inspecting_changes_no_byte(self, signed: Path) -> None:
        before = signed.read_bytes()
        inspect(signed, as_json=True)
        assert signed.read_bytes() == before

    def test_a_signed_file_is_not_written_over_unasked(self, signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = signed.read_bytes()
        assert run(monkeypatch, "generate", "a cat", "--steps", "1", "--out", str(signed)) == 1
        assert signed.read_bytes() == before

    def test_writing_over_it_on_demand_is_said(
        self, signed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(monkeypatch, "generate", "a cat", "--steps", "1", "--out", str(signed), "--overwrite") == 0
        assert "carried signed credentials (C2PA): they are gone" in capsys.readouterr().err
        assert not read_metadata(signed).carries_credentials

    def test_starting_from_it_says_that_they_are_not_passed_on(
        self, signed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before, out = signed.read_bytes(), signed.with_name("new.png")
        arguments = ("generate", "a cat", "--steps", "4", "--start-image", str(signed), "--out", str(out))
        assert run(monkeypatch, *arguments) == 0
        assert "the new picture has none" in capsys.readouterr().err
        assert signed.read_bytes() == before
        assert read_metadata(out).source_type.endswith("/compositeWithTrainedAlgorithmicMedia")


class TestPrivacy:
    def test_a_prompt_left_out_is_not_in_the_files_name_either(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "out"
        arguments = ("generate", "a red apple", "--seed", "7", "--steps", "1", "--leave-out-prompt")
        assert run(monkeypatch, *arguments, "--out", str(folder)) == 0
        (made,) = folder.iterdir()
        assert made.name == "picture-7.png"
        assert b"apple" not in made.read_bytes()
        assert read_metadata(made).says_ai_made

    def test_a_grid_leaves_it_out_too_and_keeps_the_source_type(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        grid = tmp_path / "grid.png"
        arguments = ("grid", "a red apple", "--x", "seed=1..2", "--steps", "1", "--out", str(grid))
        assert run(monkeypatch, *arguments, "--leave-out-prompt") == 0
        found = read_metadata(grid)
        assert found.says_ai_made
        assert "AIPromptInformation" not in found.xmp
