"""The explorer in a real Chromium: what is painted, keys, sizes, two visitors, and a tab that is closed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("textual_serve", reason="the explorer in a browser is an extra: pip install '.[serve]'")
sync_api = pytest.importorskip("playwright.sync_api", reason="Chromium is driven by playwright: pip install playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here: apt install chromium")

from tdiff.recipe import FIRST_PROMPT, FIRST_SEED, Recipe  # noqa: E402

from ..pty.harness import children_of, lives  # noqa: E402

ROOT = Path(__file__).parents[2]
SECONDS = 120.0


def until(true: Callable[[], object], page=None) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "never came"
        page.wait_for_timeout(100) if page is not None else time.sleep(0.1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen, str]]:
    env = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tdiff", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=env,
        cwd=tmp_path,
    )
    yield process, process.stdout.readline().strip()
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


def opened(browser, address: str, width: int = 1280, height: int = 800):
    page = browser.new_page(viewport={"width": width, "height": height})
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("requestfailed", lambda request: page.troubles.append(request.url))
    page.goto(address)
    page.wait_for_selector("body.-first-byte", timeout=1000 * SECONDS)
    return page


def painted(page) -> np.ndarray:
    """What is on the page, (height, width, 3)."""
    with Image.open(BytesIO(page.screenshot())) as picture:
        return np.asarray(picture.convert("RGB"), dtype=int)


def starting_noise() -> np.ndarray:
    """The picture that the explorer begins with, (32, 32, 3)."""
    from tdiff.pipeline import load
    from tdiff.pixels import to_pixels

    step = next(iter(load().sample(Recipe(prompt=FIRST_PROMPT, seed=FIRST_SEED))))
    return to_pixels(step.x_t[0]).astype(int)


def in_the_page(page, picture: np.ndarray) -> bool:
    """Whether a picture of 32×32 pixels stands in the first frame, a cell for two of its pixels, in its own colours.

    Its frame is in the second line of cells, so it begins in the third; cells are those of Roboto Mono at 16 pixels.
    """
    shot, width, height = painted(page), 9, 21
    rows = (2 * height + (np.arange(32) + 0.5) * height / 2).astype(int)
    columns = (width + (np.arange(32) + 0.5) * width).astype(int)
    return bool(np.abs(shot[np.ix_(rows, columns)] - picture).max() <= 1)


def columns_of(page) -> int:
    """How wide the terminal in the page is, in pixels of what it has drawn."""
    return round(page.evaluate("() => document.querySelector('.xterm-screen').getBoundingClientRect().width"))


def test_a_visit_from_the_first_paint_to_the_closed_tab(server, browser) -> None:
    """One visit, since each needs half a minute on a slow machine."""
    process, address = server
    page = opened(browser, address)
    noise = starting_noise()
    until(lambda: in_the_page(page, noise), page)
    focused = "() => document.activeElement.className"
    until(lambda: page.evaluate(focused) == "xterm-helper-textarea", page)  # no click is needed

    def stepped() -> bool:  # which it does as soon as the model is there
        page.keyboard.press("Space")
        return not in_the_page(page, noise)

    until(stepped, page)

    before = columns_of(page)
    page.set_viewport_size({"width": 900, "height": 500})
    until(lambda: columns_of(page) < before, page)
    corner = 900 - 20
    until(
        lambda: painted(page)[10, corner].sum() > painted(page)[30, corner].sum(), page
    )  # the bar reaches the new edge

    other = opened(browser, address)
    until(lambda: in_the_page(other, noise), other)  # the second visitor has an explorer of its own
    first, second = children_of(process.pid)
    page.close()
    until(lambda: not lives(first), other)
    assert lives(second) and in_the_page(other, noise)
    assert other.troubles == []
    process.send_signal(signal.SIGINT)
    assert process.wait(SECONDS) == 0 and not lives(second)
    other.wait_for_selector("body.-closed .ended", timeout=1000 * SECONDS)
    other.close()
