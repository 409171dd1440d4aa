"""Colour depth and character set of a terminal, read once from the environment."""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Depth = Literal["true", "256", "16", "mono", "ascii"]

COLOR_CHOICES: Final = ("auto", "true", "256", "16", "mono", "ascii")
_TRUECOLOR_TERMS: Final = ("-direct", "kitty", "alacritty", "wezterm", "ghostty", "foot", "iterm")
_QUERY_SECONDS = 0.3


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


def detect(
    env: Mapping[str, str],
    choice: str = "auto",
    encoding: str | None = "utf-8",
    tmux_features: Callable[[], str] | None = None,
) -> Capabilities:
    """Decide the colour depth.

    Args:
        env: the environment.
        choice: one of COLOR_CHOICES; anything but "auto" wins over detection.
        encoding: of standard output.
        tmux_features: returns tmux's `client_termfeatures`; asked only inside tmux.
    """
    unicode = _is_utf8(encoding)
    in_tmux = bool(env.get("TMUX"))
    depth, reason = _depth(env, choice, unicode, tmux_features if in_tmux else None)
    over_ssh = bool(env.get("SSH_CONNECTION") or env.get("SSH_TTY"))
    return Capabilities(depth, reason, unicode, over_ssh, in_tmux)


def query_tmux() -> str:
    """Ask tmux what its own terminal can do; "" if it does not answer in time."""
    command = ["tmux", "display-message", "-p", "#{client_termfeatures}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_QUERY_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def _depth(
    env: Mapping[str, str], choice: str, unicode: bool, tmux_features: Callable[[], str] | None
) -> tuple[Depth, str]:
    for asked in ("true", "256", "16", "mono", "ascii"):
        if choice == asked:
            return asked, f"asked for with --color {asked}"
    if not unicode:
        return "ascii", "the output's encoding is not UTF-8"
    if env.get("NO_COLOR"):
        return "mono", "NO_COLOR is set"
    term = env.get("TERM", "")
    if term == "dumb":
        return "mono", "TERM is dumb"
    if tmux_features is not None:
        return _tmux_depth(env, term, tmux_features())
    if env.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "true", "COLORTERM says truecolor"
    if any(name in term for name in _TRUECOLOR_TERMS):
        return "true", f"TERM is {term[:40]}"
    if "256color" in term:
        return "256", f"TERM is {term[:40]}"
    return "16", f"TERM is {term[:40]}" if term else "TERM is not set"


def _tmux_depth(env: Mapping[str, str], term: str, features: str) -> tuple[Depth, str]:
    """Inside tmux COLORTERM may be inherited from elsewhere; what counts is tmux's own client."""
    if "RGB" in features:
        return "true", "tmux says its terminal has RGB"
    if "256" in features or "256color" in term or term in ("tmux-256color", "screen-256color"):
        return "256", "tmux does not say that its terminal has RGB"
    return "16", "tmux says neither RGB nor 256 colours"


def _is_utf8(encoding: str | None) -> bool:
    return (encoding or "").lower().replace("-", "").replace("_", "") == "utf8"
