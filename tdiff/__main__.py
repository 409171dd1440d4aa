"""Where `tdiff` begins. Without arguments it opens the explorer at once; the command line takes longer to load."""

import io
import os
import sys

from tdiff.threads import one_thread_unless_asked


def main() -> None:
    """Open the explorer, or run what the arguments say."""
    one_thread_unless_asked(os.environ)
    if sys.stdin is None:  # closed, as by <&-: the next file that is opened would take its place
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  for as long as the program runs
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed, as by >&-
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  for as long as the program runs
        elif isinstance(stream := getattr(sys, name), io.TextIOWrapper):
            stream.reconfigure(errors=_instead(stream.encoding))
    _tell_of_a_killed_one()
    if len(sys.argv) > 1 or "_TDIFF_COMPLETE" in os.environ:  # a shell asks for completions without arguments
        from tdiff.cli import main as command_line

        command_line()
        return
    from tdiff.commands.explore import explore
    from tdiff.ending import run_to_exit

    run_to_exit(lambda: explore())


def _instead(encoding: str) -> str:
    """Name what is written for characters that a stream cannot write: only halves of pairs, where it is UTF-8."""
    if encoding.lower() in ("utf-8", "utf8"):
        return "backslashreplace"
    from tdiff.plain import write_plain_characters

    return write_plain_characters()


def _tell_of_a_killed_one() -> None:
    """Say that a terminal is still as a tdiff left it that was killed; the explorer mends it by itself."""
    if len(sys.argv) > 1 and "reset-terminal" not in sys.argv and sys.stderr.isatty():
        from tdiff.terminal.unrestored import unrestored

        if unrestored() is not None:
            message = "tdiff was killed in this terminal and could not restore it: tdiff reset-terminal does"
            print(message, file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    main()
