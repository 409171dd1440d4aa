"""Write the man page and the completion scripts from the commands themselves: python docs/make_man.py."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from tdiff import __version__
from tdiff.cli import app

FOLDER = Path(__file__).parent / "man"
SHELLS = {"bash": "tdiff.bash", "zsh": "_tdiff", "fish": "tdiff.fish"}
_MARKUP = re.compile(r"\[/?(?:bold|italic|dim)\]")
_EXIT = (
    ("0", "done"),
    ("1", "failed: a file cannot be read or written, weights are damaged"),
    ("2", "wrong usage: an option, a value, a prompt of which no word is known"),
    ("130", "interrupted with ctrl+c"),
)
_VARIABLES = (
    ("NO_COLOR, FORCE_COLOR", "whether pictures have colours, where --color does not say"),
    ("OPENBLAS_NUM_THREADS", "how many threads compute; one unless it is set"),
    ("TDIFF_DEBUG", "show where an internal error came from"),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME", "where settings, history and progress are"),
)


def main() -> None:
    """Write docs/man/tdiff.1 and a completion script for each shell."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "tdiff.1").write_text(man_page(), "utf-8")
    for shell, name in SHELLS.items():
        (FOLDER / name).write_text(completion(shell), "utf-8")


def man_page() -> str:
    """Return the page in the language of man(7)."""
    root = get_command(app)
    lines = [
        f'.TH TDIFF 1 "" "tdiff {__version__}" "User commands"',
        ".SH NAME",
        "tdiff \\- learn how text\\-to\\-image diffusion works by running a real model in your terminal",
        ".SH SYNOPSIS",
        ".B tdiff",
        "[\\fIoptions\\fR] [\\fIcommand\\fR]",
        ".SH DESCRIPTION",
        *_paragraphs(root.help or ""),
        ".SH OPTIONS",
        *_options(root),
        ".SH COMMANDS",
    ]
    for name, command in _commands(root):
        lines += [f".SS {_escaped(name)}", *_usage(name, command), *_paragraphs(command.help or ""), *_options(command)]
        if command.epilog:
            lines += [".PP", _escaped(command.epilog)]
    for title, entries in (("EXIT STATUS", _EXIT), ("ENVIRONMENT", _VARIABLES)):
        lines.append(f".SH {title}")
        for term, said in entries:
            lines += [".TP", f".B {_escaped(term)}", _escaped(said)]
    return "\n".join(lines) + "\n"


def completion(shell: str) -> str:
    """Return what a shell's start-up file would hold: the script asks tdiff itself, so that it is never out of date."""
    from typer.completion import get_completion_script

    return get_completion_script(prog_name="tdiff", complete_var="_TDIFF_COMPLETE", shell=shell).strip() + "\n"


def _commands(group: Any, before: str = "tdiff") -> Iterator[tuple[str, Any]]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


def _usage(name: str, command: Any) -> list[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    shown = " ".join(f"\\fI{_escaped(_called(p))}\\fR" for p in arguments)
    return [f"\\fB{_escaped(name)}\\fR [\\fIoptions\\fR] {shown}".rstrip()]


def _options(command: Any) -> list[str]:
    """Arguments and options, each with its help."""
    lines: list[str] = []
    for param in command.params:
        said = " ".join((getattr(param, "help", None) or "").split())
        if param.param_type_name == "argument":
            lines += [".TP", f"\\fI{_escaped(_called(param))}\\fR", _escaped(said)]
            continue
        names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in (*param.opts, *param.secondary_opts))
        value = "" if param.is_flag else f" \\fI{_escaped(param.metavar or param.name.upper())}\\fR"
        lines += [".TP", names + value, _escaped(said)]
    return lines


def _called(param: Any) -> str:
    name = param.metavar or param.name
    return name if param.required else f"[{name}]"


def _paragraphs(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in _MARKUP.sub("", text).split("\n\n"):
        lines += [".PP", *(_escaped(line.strip()) for line in paragraph.strip().splitlines())]
    return lines


def _escaped(text: str) -> str:
    """A text in which nothing is a request: hyphens stay hyphens, and no line begins with a dot or a quote."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = "".join(letter if letter.isascii() else f"\\[u{ord(letter):04X}]" for letter in text)
    return f"\\&{text}" if text[:1] in (".", "'") else text


if __name__ == "__main__":
    main()
