"""`tdiff doctor`: what tdiff found here, and what to do about what is off; `tdiff reset-terminal`."""

import importlib.metadata
import importlib.util
import locale
import os
import platform
import shutil
import sys

from tdiff import __version__
from tdiff.commands.console import capabilities, chosen_color, put
from tdiff.commands.engines import engines
from tdiff.commands.json_lines import put_json
from tdiff.errors import TdiffError
from tdiff.paths import assets_dir, user_dirs
from tdiff.store.access import store_troubles
from tdiff.terminal.capabilities import Capabilities
from tdiff.terminal.guard import attributes, restore
from tdiff.terminal.reset import RESET, sane
from tdiff.terminal.unrestored import forget, unrestored
from tdiff.threads import VARIABLES
from tdiff.version import commit

_EXTRAS = {"train": ("torch",), "bench": ("torch", "onnxruntime")}


def doctor(as_json: bool, color: str = "auto") -> bool:
    """Print what was found. Returns whether everything that is needed works.

    Args:
        as_json: one JSON object instead of lines.
        color: choice of colour depth, to say what comes of it here.

    Raises:
        UsageError: the choice is none.
    """
    facts, advice = _terminal(color)
    facts |= _python()
    facts |= engines()
    model, trouble = _model()
    facts |= model
    settings, warnings = _settings()
    trouble += settings
    advice += [*warnings, *store_troubles(), *trouble]
    if as_json:
        put_json("tdiff.doctor/1", {"facts": facts, "advice": advice, "works": not trouble})
        return not trouble
    width = max(map(len, facts))
    for name, value in facts.items():
        put(f"{name:<{width}}  {value}")
    for line in advice:
        put(f"→ {line}")
    if not advice:
        put("everything is in order")
    return not trouble


def reset_terminal(as_json: bool = False) -> None:
    """Bring a terminal back that a killed program or a dropped connection left in a strange mode.

    Args:
        as_json: say in one JSON object what was done; what resets the terminal then goes to stderr.
    """
    stream = sys.stderr if as_json else sys.stdout
    stream.write(RESET)
    stream.flush()
    found = attributes()
    if found is not None:
        restore(unrestored() or sane(found))
        forget()
    if as_json:
        put_json("tdiff.reset-terminal/1", {"terminal": found is not None})


def _terminal(color: str) -> tuple[dict[str, str], list[str]]:
    found, used = capabilities(), capabilities(chosen_color(color))
    size = shutil.get_terminal_size()
    facts = {
        "terminal": os.environ.get("TERM", "TERM is not set")[:60],
        "size": f"{size.columns}×{size.lines}",
        "colours": _colours(color, used, found),
        "encoding": f"{sys.stdout.encoding}, locale {locale.setlocale(locale.LC_CTYPE)[:40]}",
        "ssh, tmux": f"{'yes' if found.over_ssh else 'no'}, {'yes' if found.in_tmux else 'no'}",
    }
    advice = []
    if size.columns < 60 or size.lines < 18:
        advice.append("the explorer needs 60×18 cells: enlarge the window")
    if not found.unicode:
        advice.append("half blocks need UTF-8: set LANG to a UTF-8 locale such as C.UTF-8")
    if found.depth in ("256", "16") and found.over_ssh and not found.in_tmux:
        advice.append(
            "ssh does not pass COLORTERM on: if your terminal has truecolor, export COLORTERM=truecolor there"
        )
    if found.in_tmux and found.depth != "true":
        advice.append("tmux shows truecolor with: set -as terminal-features ',*:RGB' in tmux.conf")
    return facts, advice


def _colours(color: str, used: Capabilities, found: Capabilities) -> str:
    """The depth that is used and why, and the one that was found where that is another."""
    reason = "the settings ask for it" if color == "auto" != chosen_color(color) else used.reason
    other = "" if used == found else f"; found: {found.depth} ({found.reason})"
    return f"{used.depth} ({reason}){other}"


def _settings() -> tuple[list[str], tuple[str, ...]]:
    """Why no command runs with these settings, and what of them is not understood."""
    from tdiff.errors import ConfigError
    from tdiff.store.config import load_config
    from tdiff.ui.keymap import settled

    try:
        config = load_config()
        return [], (*config.warnings, *settled(config.keymap())[1])
    except ConfigError as error:
        return [str(error)], ()


def _python() -> dict[str, str]:
    names = ("numpy", "textual", "rich", "pillow", "safetensors")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    extras = [name for name, modules in _EXTRAS.items() if all(importlib.util.find_spec(m) for m in modules)]
    dirs = user_dirs()
    return {
        "tdiff": f"{__version__}, commit {commit()}",
        "python": f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "libraries": versions,
        "threads": _threads(),
        "extras": ", ".join(extras) or "none installed (train, bench)",
        "settings": str(dirs.config),
        "state": str(dirs.state),
    }


def _threads() -> str:
    asked = [f"{name}={os.environ[name]}" for name in VARIABLES if os.environ.get(name)]
    if not asked:
        return "as many as BLAS likes"
    values = {os.environ[name] for name in VARIABLES if os.environ.get(name)}
    return f"{values.pop()} (OPENBLAS_NUM_THREADS changes it)" if len(values) == 1 else ", ".join(asked)[:80]


def _model() -> tuple[dict[str, str], list[str]]:
    """Load every part, which checks hashes, shapes and values, and make one step."""
    try:
        from tdiff.pipeline import from_pixels, load

        pipeline = load()
        made = pipeline.generate("a red apple", steps=1)
        pipeline.similarity(["a red apple"], from_pixels(made))
        info = pipeline.info
    except TdiffError as error:
        return {"model": "does not load"}, [str(error)]
    return {
        "model": f"{info.name} {info.hash}, {info.parameters / 1e6:.1f} M parameters, {info.pictures:,} pictures seen",
        "assets": str(assets_dir()),
    }, []
