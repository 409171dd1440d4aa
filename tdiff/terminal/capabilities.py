"""Colour depth and character set of a terminal, read once from the environment."""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Depth = Literal["true", "256", "16", "mono", "ascii"]

COLOR_CHOICES: Final = ("auto", *get_args(Depth))
"""What `--color` takes; anything but "auto" is believed instead of detected."""

_TRUECOLOR_TERMS: Final = ("-direct", "kitty", "alacritty", "wezterm", "ghostty", "foot", "iterm")
_TRUECOLOR_PROGRAMS: Final = ("iterm.app", "wezterm", "vscode", "ghostty", "hyper", "rio")
_FORCED: Final[Mapping[str, Depth]] = {"0": "mono", "false": "mono", "2": "256", "3": "true"}
_VTE_TRUECOLOR: Final = 3600  # VTE 0.36, of which GNOME Terminal is made
_QUERY_SECONDS: Final = 0.3
_TMUX_SILENT: Final = "tmux does not say what its terminal can show"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What was found, and why.

    Attributes:
        depth: colour depth to draw with.
        reason: what decided it, for `tdiff doctor`.
        unicode: whether half blocks can be shown.
        over_ssh: whether this is a remote session.
        in_tmux: whether tmux stands between.
    """

    depth: Depth
    reason: str
    unicode: bool
    over_ssh: bool
    in_tmux: bool

    @property
    def doubt(self) -> str:
        """Why there may be fewer colours than the terminal has, and how to get them; "" where that is known."""
        if self.reason != _TMUX_SILENT:
            return ""
        more = "--color true, or appearance.color in the settings, asks for all"
        return f"{_TMUX_SILENT}: {self.depth} colours are used; {more}"


def detect(
    env: Mapping[str, str],
    choice: str = "auto",
    encoding: str | None = "utf-8",
    tmux_features: Callable[[], str] | None = None,
    isatty: bool = True,
) -> Capabilities:
    """Decide the colour depth. Reads nothing but its arguments.

    What cannot encode half blocks gets ASCII whatever is asked for; then `choice` counts, NO_COLOR
    (no-color.org), FORCE_COLOR (0 to 3 as Node.js reads it, anything else: at least 16), and what the
    terminal says of itself.

    Args:
        env: the environment.
        choice: one of COLOR_CHOICES.
        encoding: of standard output, which follows the locale.
        tmux_features: returns tmux's `client_termfeatures`; asked only inside tmux, and only if it matters.
        isatty: whether standard output is a terminal.
    """
    unicode = _is_utf8(encoding)
    depth, reason = _depth(env, choice, unicode, tmux_features, isatty)
    over_ssh = bool(env.get("SSH_CONNECTION") or env.get("SSH_TTY"))
    return Capabilities(depth, reason, unicode, over_ssh, bool(env.get("TMUX")))


def query_tmux() -> str:
    """Ask tmux what its own terminal can do; "" if it does not answer in time."""
    command = ["tmux", "display-message", "-p", "#{client_termfeatures}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_QUERY_SECONDS, check=False)
    except (OSError, ValueError, subprocess.SubprocessError):  # ValueError: an answer that is no text
        return ""
    return done.stdout


def _depth(
    env: Mapping[str, str],
    choice: str,
    unicode: bool,
    tmux_features: Callable[[], str] | None,
    isatty: bool,
) -> tuple[Depth, str]:
    if not unicode:
        return "ascii", "the output's encoding is not UTF-8"
    for asked in get_args(Depth):
        if choice == asked:
            return asked, f"asked for with --color {asked}"
    if env.get("NO_COLOR"):
        return "mono", "NO_COLOR is set"
    forced = env.get("FORCE_COLOR")
    if forced is not None and forced.lower() in _FORCED:
        return _FORCED[forced.lower()], f"FORCE_COLOR is {forced}"
    if forced:
        found, reason = _told(env, tmux_features)
        return (found, reason) if found != "mono" else ("16", "FORCE_COLOR is set")
    if not isatty:
        return "mono", "the output is no terminal"
    return _told(env, tmux_features)


def _told(env: Mapping[str, str], tmux_features: Callable[[], str] | None) -> tuple[Depth, str]:
    """What the terminal's own variables say."""
    term = env.get("TERM", "").lower()
    shown = f"TERM is {term[:40]}" if term.isprintable() and term else "TERM is not set"
    if term == "dumb":
        return "mono", shown
    if env.get("TMUX"):
        return _tmux_depth(term, tmux_features() if tmux_features is not None else "")
    if env.get("STY"):  # GNU screen passes COLORTERM on and then cannot keep its promise
        return ("256" if "256color" in term else "16"), "GNU screen stands between"
    if env.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "true", "COLORTERM says truecolor"
    program = env.get("TERM_PROGRAM", "").lower()
    if program in _TRUECOLOR_PROGRAMS or env.get("WT_SESSION") or _is_new_vte(env.get("VTE_VERSION", "")):
        return "true", f"the terminal is {program or 'known to have truecolor'}"
    if any(name in term for name in _TRUECOLOR_TERMS):
        return "true", shown
    return ("256" if "256color" in term else "16"), shown


def _tmux_depth(term: str, features: str) -> tuple[Depth, str]:
    """Inside tmux COLORTERM may be inherited from elsewhere; what counts is tmux's own client, if attached."""
    if "rgb" in features.lower():
        return "true", "tmux says that its terminal has RGB"
    if not features.strip():
        return ("256" if "256color" in term else "16"), _TMUX_SILENT
    if "256" in features or "256color" in term:
        return "256", "tmux does not say that its terminal has RGB"
    return "16", "tmux says neither RGB nor 256 colours"


def _is_new_vte(version: str) -> bool:
    return version.isascii() and version.isdigit() and len(version) < 9 and int(version) >= _VTE_TRUECOLOR


def _is_utf8(encoding: str | None) -> bool:
    return (encoding or "").lower().replace("-", "").replace("_", "") in ("utf8", "cp65001")
