"""Which colours a terminal gets, for the environments that people have."""

import pytest

from tdiff.render.palette import Depth as RenderDepth
from tdiff.terminal.capabilities import COLOR_CHOICES, Depth, detect


@pytest.mark.parametrize(
    ("env", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "true"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "true"),
        ({"TERM": "xterm-256color"}, "256"),  # plain ssh: COLORTERM is not passed on
        ({"TERM": "xterm-direct"}, "true"),
        ({"TERM": "xterm-kitty"}, "true"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({}, "16"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "mono"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, "true"),
        ({"WT_SESSION": "1"}, "true"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "true"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "junk"}, "256"),
        ({"TERM": "screen-256color", "STY": "1.x", "COLORTERM": "truecolor"}, "256"),
    ],
)
def test_terminals(env: dict[str, str], depth: str) -> None:
    assert detect(env).depth == depth


@pytest.mark.parametrize(
    ("env", "depth"),
    [
        ({"NO_COLOR": "1"}, "mono"),
        ({"NO_COLOR": ""}, "true"),  # no-color.org: only when it is not empty
        ({"NO_COLOR": "1", "FORCE_COLOR": "3"}, "mono"),
        ({"FORCE_COLOR": "0"}, "mono"),
        ({"FORCE_COLOR": "2"}, "256"),
        ({"FORCE_COLOR": "1"}, "true"),  # at least 16: the terminal has more
        ({"FORCE_COLOR": ""}, "true"),
    ],
)
def test_conventions(env: dict[str, str], depth: str) -> None:
    assert detect({"TERM": "xterm-256color", "COLORTERM": "truecolor", **env}).depth == depth


def test_a_pipe_gets_no_colours_unless_forced() -> None:
    env = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    assert detect(env, isatty=False).depth == "mono"
    assert detect({**env, "FORCE_COLOR": "1"}, isatty=False).depth == "true"
    assert detect(env, "256", isatty=False).depth == "256"


def test_a_dumb_terminal_can_be_forced() -> None:
    assert detect({"TERM": "dumb", "FORCE_COLOR": "1"}).depth == "16"


@pytest.mark.parametrize("choice", [choice for choice in COLOR_CHOICES if choice != "auto"])
def test_a_choice_is_believed(choice: str) -> None:
    found = detect({"TERM": "dumb", "NO_COLOR": "1"}, choice)
    assert found.depth == choice
    assert choice in found.reason


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1", "ANSI_X3.4-1968", None])
def test_without_utf8_no_half_block_is_sent(encoding: str | None) -> None:
    for choice in ("auto", "true"):
        found = detect({"TERM": "xterm-256color"}, choice, encoding)
        assert found.depth == "ascii"
        assert not found.unicode


def test_tmux_is_asked_and_not_the_inherited_colorterm() -> None:
    env = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0", "COLORTERM": "truecolor"}
    assert detect(env, tmux_features=lambda: "256,RGB,title").depth == "true"
    assert detect(env, tmux_features=lambda: "256,title").depth == "256"
    assert detect(env, tmux_features=lambda: "").depth == "256"
    assert detect({**env, "TERM": "screen"}, tmux_features=lambda: "").depth == "16"
    assert detect(env).in_tmux


def test_colours_that_tmux_says_nothing_about_are_doubted_aloud() -> None:
    env = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"}
    assert "256 colours are used" in detect(env, tmux_features=lambda: "\n").doubt  # no client is attached
    assert "16 colours are used" in detect({**env, "TERM": "screen"}, tmux_features=lambda: "").doubt
    assert not detect(env, tmux_features=lambda: "256,title").doubt
    assert not detect(env, "256", tmux_features=lambda: "").doubt
    assert not detect({"TERM": "xterm-256color"}).doubt


def test_tmux_is_not_asked_where_it_does_not_matter() -> None:
    def fail() -> str:
        raise AssertionError("asked")

    detect({"TERM": "xterm"}, tmux_features=fail)
    detect({"TERM": "screen", "TMUX": "x"}, "256", tmux_features=fail)
    detect({"TERM": "screen", "TMUX": "x", "NO_COLOR": "1"}, tmux_features=fail)


def test_ssh_is_seen() -> None:
    assert detect({"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}).over_ssh
    assert not detect({}).over_ssh


def test_a_hostile_term_is_not_repeated() -> None:
    assert "\x1b" not in detect({"TERM": "\x1b[2Jxterm"}).reason


def test_depths_are_those_of_the_encoder() -> None:
    assert Depth == RenderDepth
