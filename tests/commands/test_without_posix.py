"""Headless commands where Python has no fcntl, termios, fork or signals of POSIX, as on Windows.

This takes away what Windows lacks and sees whether anything asks for it. It proves no more than that: nobody has run
tdiff on Windows yet.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_TAKE_AWAY = """
import os, select, signal, sys
for name in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None
for name in ("O_CLOEXEC", "O_DIRECTORY", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK", "O_TMPFILE", "fork", "getpgid",
             "getsid", "getuid", "killpg", "mkfifo", "setsid", "ttyname", "waitid"):
    delattr(os, name)
for name in ("SIGCHLD", "SIGCONT", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGSTOP", "SIGTSTP", "SIGTTOU", "pthread_sigmask"):
    delattr(signal, name)
del select.poll
def kill(process, number):
    raise SystemExit("os.kill would end a process on Windows, whatever the number")
os.kill = kill
uname = os.uname
def only_for_others():  # numpy asks it, as this is Linux after all
    if sys._getframe(1).f_globals["__name__"].startswith("tdiff"):
        raise AttributeError("uname")
    return uname()
os.uname = only_for_others
sys.argv = ["tdiff", *sys.argv[1:]]
from tdiff.__main__ import main
main()
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "TERM"}
    return subprocess.run(
        [sys.executable, "-c", _TAKE_AWAY, *arguments],
        capture_output=True, text=True, cwd=folder, env=env, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("words", "style"),
        ("lesson",),
        ("doctor",),
        ("reset-terminal",),
        ("grid", "a cat", "--x", "seed=1,2", "--steps", "1", "--out", "g.png"),
        ("generate", "a cat", "--steps", "1", "--film", "cat.gif", "--trace", "cat.tdiff", "--out", "cat.png"),
    ],
)
def test_a_headless_command_needs_nothing_of_posix(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / f".tdiff-tmp-{os.uname().nodename}-1-ab").touch()  # as if a killed run had left it
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout != "") == (0, True), done.stderr


def test_a_picture_is_read_back(tmp_path: Path) -> None:
    assert run(tmp_path, "generate", "a cat", "--steps", "1", "--out", "cat.png").returncode == 0
    for arguments in (("inspect", "cat.png"), ("diff", "cat.png", "cat.png"), ("clip", "a cat", "cat.png")):
        done = run(tmp_path, *arguments)
        assert (done.returncode, done.stdout != "") == (0, True), done.stderr


def test_the_explorer_says_where_it_runs() -> None:
    done = run(Path(), "--lesson", "1")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "Linux or macOS" in done.stderr and "tdiff generate" in done.stderr
