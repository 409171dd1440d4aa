"""The canvas beside its peers, on the same frames in one run: encoding, through Textual, bytes, frames a second.

Usage: python benchmarks/canvas.py [encode] [compositor] [bytes] [frames]   (all by default)

chafa and timg are measured where they are installed. They are programs, so what counts is the difference between
a call with many frames and a call with one: starting and reading files are not held against them.
"""

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import numpy as np
from PIL import Image

import tdiff
from tdiff.recipe import Recipe
from tdiff.render.halfblock import encode

SIDE = 64
FRAMES = 40


def frames() -> dict[str, list[np.ndarray]]:
    """Static, and the three canvases of a run of the shipped model enlarged to 64×64: (64, 64, 3) uint8 each."""
    rng = np.random.default_rng(0)
    static = [rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8) for _ in range(FRAMES)]
    pipeline = tdiff.load()
    recipe = Recipe(prompt="a blue frog on a yellow background", seed=7)
    steps = list(pipeline.sample(recipe))
    guesses = [tdiff.pipeline.to_pixels(step.x0[0]).repeat(2, 0).repeat(2, 1) for step in steps]
    return {"static": static, "clean guesses": guesses}


def median_ms(call: Callable[[], object], times: int) -> float:
    """Median time of a call."""
    call()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def encoding() -> None:
    """One frame to text."""
    from rich_pixels import Pixels

    static = frames()["static"]
    pictures, images = cycle(static), cycle([Image.fromarray(picture) for picture in static])
    ours = median_ms(lambda: encode(next(pictures), "true"), 200)
    rich = median_ms(lambda: Pixels.from_image(next(images)), 20)
    print(f"encode 64×64 static: ours {ours:.3f} ms; rich-pixels {rich:.1f} ms, 1/{rich / ours:.0f} (must ≤ 1/50)")
    for name, command in peers().items():
        each = program_ms(command, static)
        print(f"  {name}: {each:.2f} ms a frame; ours / it {ours / each:.2f}{' (must ≤ 1)' if name == 'timg' else ''}")


def peers() -> dict[str, list[str]]:
    """Programs that print half blocks, and how."""
    table = {
        "timg": ["timg", "-ph", "-g64x32", "--upscale=i", "-E"],
        "chafa": ["chafa", "-f", "symbols", "--symbols", "vhalf", "-c", "full", "-s", "64x32", "--stretch"],
        "chafa -w 1": [
            "chafa",
            "-f",
            "symbols",
            "--symbols",
            "vhalf",
            "-c",
            "full",
            "-s",
            "64x32",
            "--stretch",
            "-w",
            "1",
        ],
    }
    return {name: command for name, command in table.items() if shutil.which(command[0])}


def program_ms(command: list[str], pictures: list[np.ndarray]) -> float:
    """Milliseconds that a program takes for one more frame."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, picture in enumerate(pictures):
            paths.append(str(Path(folder) / f"{number:03}.ppm"))
            Image.fromarray(picture).save(paths[-1])
        few, many = ([], [])
        for _ in range(5):
            for some, into in ((paths[:1], few), (paths, many)):
                start = time.perf_counter()
                subprocess.run([*command, *some], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
                into.append(time.perf_counter() - start)
        return (statistics.median(many) - statistics.median(few)) * 1000 / (len(paths) - 1)


def output_of(command: list[str], picture: np.ndarray) -> bytes:
    """What a program prints for a picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.ppm"
        Image.fromarray(picture).save(path)
        return subprocess.run([*command, str(path)], capture_output=True, check=True).stdout


def sizes() -> None:
    """Bytes of a frame: ours, the least that any half-block encoder could do, and the peers'."""
    for name, pictures in frames().items():
        chosen = pictures[:: max(1, len(pictures) // 5)]
        ours = sum(len("\n".join(encode(picture, "true")).encode()) for picture in chosen)
        least = sum(optimum(picture) for picture in chosen)
        print(f"bytes, {name}: ours {ours / len(chosen):.0f} a frame, {ours / least:.3f} of the optimum (must ≤ 1.05)")
        for peer, command in peers().items():
            theirs = sum(len(output_of(command, picture)) for picture in chosen)
            must = " (must ≤ 1)" if "chafa" in peer else ""
            print(f"  {peer}: {theirs / len(chosen):.0f}; ours / it {ours / theirs:.3f}{must}")


def optimum(picture: np.ndarray) -> int:
    """Fewest bytes for rows that each stand alone and end with a reset, by dynamic programming over colours in force.

    A cell is ▀, ▄, or if both halves are alike a space or █; colours are set by one sequence where both change.
    """
    total = 0
    for top, bottom in zip(picture[0::2].tolist(), picture[1::2].tolist(), strict=True):
        states: dict[tuple[object, object], int] = {(None, None): 0}
        for upper, lower in zip(map(tuple, top), map(tuple, bottom), strict=True):
            after: dict[tuple[object, object], int] = {}
            for (fore, back), cost in states.items():
                for want_fore, want_back, size in ways(upper, lower):
                    new = (want_fore or fore, want_back or back)
                    price = cost + size + switch(fore, want_fore, back, want_back)
                    if price < after.get(new, 1 << 30):
                        after[new] = price
            states = after
        total += min(states.values()) + len("\x1b[0m\n")
    return total


def ways(upper: tuple[int, ...], lower: tuple[int, ...]) -> list[tuple[object, object, int]]:
    """Foreground and background that each character needs (None: either), and its bytes."""
    if upper == lower:
        return [(None, upper, 1), (upper, None, 3)]
    return [(upper, lower, 3), (lower, upper, 3)]


def switch(fore: object, want_fore: object, back: object, want_back: object) -> int:
    """Bytes of the sequence that sets what must change."""
    parts = []
    if want_fore is not None and want_fore != fore:
        parts.append("38;2;" + ";".join(map(str, want_fore)))  # type: ignore[call-overload]
    if want_back is not None and want_back != back:
        parts.append("48;2;" + ";".join(map(str, want_back)))  # type: ignore[call-overload]
    return len("\x1b[" + ";".join(parts) + "m") if parts else 0


def compositor() -> None:
    """A new frame through Textual's compositor, as text for the terminal."""
    static = frames()["static"]
    ours, rich = asyncio.run(through_textual(static))
    print(f"compositor 64×64: ours {ours:.2f} ms; rich-pixels in a Static {rich:.1f} ms, ", end="")
    print(f"1/{rich / ours:.0f} (must ≤ 1/40)")


async def through_textual(pictures: list[np.ndarray]) -> tuple[float, float]:
    """Median milliseconds of ours and of rich-pixels."""
    from rich_pixels import Pixels
    from textual.app import App, ComposeResult
    from textual.widget import Widget
    from textual.widgets import Static

    from tdiff.ui.widgets.pixel_view import PixelView

    class One(App[None]):
        def __init__(self, widget: Widget) -> None:
            super().__init__()
            self.widget = widget

        def compose(self) -> ComposeResult:
            yield self.widget

    found = []
    for widget in (PixelView(pictures[0]), Static()):
        app = One(widget)
        async with app.run_test(size=(SIDE, SIDE // 2)):
            taken = []
            for picture in pictures[1:25]:
                start = time.perf_counter()
                if isinstance(widget, PixelView):
                    widget.show(picture)
                else:
                    widget.update(Pixels.from_image(Image.fromarray(picture)))
                update = app.screen._compositor.render_full_update()
                update.render_segments(app.console)
                taken.append(time.perf_counter() - start)
            found.append(statistics.median(taken) * 1000)
    return found[0], found[1]


PLAYER = """
import sys, time, numpy as np
from textual.app import App
from tdiff.ui.widgets.pixel_view import PixelView
rng = np.random.default_rng(0)
pictures = [rng.integers(0, 256, (64, 64, 3), np.uint8) for _ in range(60)]
class Play(App):
    def compose(self):
        self.view = PixelView(pictures[0])
        yield self.view
    def on_mount(self):
        self.count, self.drawn = 0, 0
        self.began = time.perf_counter()
        self.set_interval(1 / 60, self.turn)
        display = self._display
        def counted(screen, what):
            self.drawn += what is not None
            display(screen, what)
        self._display = counted
    def turn(self):
        self.count += 1
        self.view.show(pictures[self.count % 60])
        if self.count == 300:
            self.exit(message=f"FPS {self.drawn / (time.perf_counter() - self.began):.1f}")
Play().run()
"""


def smoothness() -> None:
    """Frames a second that reach the terminal where 60 are asked for."""
    from explorer import Program

    with tempfile.TemporaryDirectory() as home:
        program = Program([sys.executable, "-c", PLAYER], (120, 40), home)
        tail = b""
        while b"FPS " not in tail or not tail.endswith(b"\n"):
            program.seen = b""  # 20 MB go by
            tail = (tail + program.read(5))[-4096:]
        print(f"frames a second of 60 asked at 64×64: {tail.split(b'FPS ')[1].split()[0].decode()} (must ≥ 55)")
        program.kill()


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*")
    table = {"encode": encoding, "compositor": compositor, "bytes": sizes, "frames": smoothness}
    os.environ.update(COLORTERM="truecolor", TERM="xterm-256color")
    for name in parser.parse_args().parts or table:
        table[name]()


if __name__ == "__main__":
    main()
