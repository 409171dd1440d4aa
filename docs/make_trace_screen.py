"""Draw the explorer with a recorded run open: `python docs/make_trace_screen.py run.tdiff assets/readme/trace.svg`."""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

STEPS = 12
"""Taken before the picture is kept."""


async def draw(trace: Path, out: Path) -> None:
    """Open a recorded run at 120×36, go some steps, and keep what is on screen."""
    from tdiff.store.config import Config
    from tdiff.ui.app import TdiffApp
    from tdiff.views.trace_opening import view_of_traces

    with tempfile.TemporaryDirectory() as state:
        os.environ["XDG_STATE_HOME"] = state
        app = TdiffApp(Config(), "true", opened=view_of_traces([trace]))
        async with app.run_test(size=(120, 36)) as pilot:
            while not app.screen.query("#scrubber"):
                await pilot.pause(0.05)
            await pilot.press(*["space"] * STEPS)
            await pilot.pause(0.5)
            picture = app.export_screenshot(title=f"tdiff {trace.name}")
    # Fonts from elsewhere would be fetched by whoever looks at the page.
    out.write_text(re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1]), Path(sys.argv[2])))
