"""Every key of the bench: its action, its name in the footer, and what it does in the help."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from textual.binding import Binding, BindingType, InvalidBinding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from tdiff.lessons.core.loader import STUDIO, titles
from tdiff.samplers import eta_takers


@dataclass(frozen=True, slots=True)
class Key:
    """One binding that the settings can remap.

    Attributes:
        id: name in `[keys]` of the settings.
        keys: default keys, comma-separated, in Textual's names.
        label: in the footer.
        help: one line.
        group: heading in the help.
        shown: whether the footer shows it.
        display: how the key is written.
        action: Textual action that it runs; "" where the bench's controller obeys it.
    """

    id: str
    keys: str
    label: str
    help: str
    group: str
    shown: bool = False
    display: str | None = None
    action: str = ""

    @property
    def written(self) -> str:
        """How its first key is written."""
        return self.display or self.keys.partition(",")[0]

    def binding(self) -> Binding:
        """As Textual wants it."""
        return Binding(
            self.keys,
            self.action or press(self.id),
            self.label,
            show=self.shown,
            key_display=self.display,
            tooltip=self.help,
            id=self.id,
        )


BENCH_KEYS: tuple[Key, ...] = (
    Key("step", "space", "step", "take one step", "Run", True, "space"),
    Key("back", "left", "back", "one step back; nothing is computed again", "Run", False, "←"),
    Key("ahead", "right", "ahead", "one step ahead, computed if it has to be", "Run", False, "→"),
    Key("play", "p", "play", "play and pause", "Run", True),
    Key("finish", "enter", "end", "run to the end", "Run", True, "enter"),
    Key("first", "home", "first", "to the starting noise", "Run", False, "Home"),
    Key("last", "end", "last", "to the last step taken", "Run", False, "End"),
    Key("reset", "x", "reset", "back to noise, steps forgotten", "Run"),
    Key("guidance", "g", "guidance", "move the guidance slider with ← →", "Steer", True),
    Key("prompt", "slash", "prompt", "write the prompt", "Steer", True, "/"),
    Key("negative", "n", "negative", "write the negative prompt", "Steer"),
    Key("seed", "r", "seed", "another seed", "Steer"),
    Key("sampler", "s", "sampler", "next sampler", "Steer"),
    Key("more", "plus,equals_sign", "more steps", "more steps", "Steer", False, "+"),
    Key("fewer", "minus", "fewer steps", "fewer steps", "Steer", False, "−"),
    Key("eta", "t", "η", f"noise that {eta_takers()} adds: η 0, 0.5, 1", "Steer"),
    Key("undo", "u", "undo", "the settings before", "Steer"),
    Key("form", "v", "ε/x₀/v", "the prediction as noise ε̂, clean guess x̂₀ or v̂", "Look"),
    Key("turn", "tab", "turn", "next canvas, where not all fit", "Look", False, "tab"),
    Key("turn_back", "shift+tab", "turn back", "the canvas before", "Look", False, "shift+tab"),
    Key("curve", "z", "noise curve", "the noise level along the run, in place of its pictures", "Look"),
    Key(
        "pixels",
        "full_stop",
        "full size",
        "the picture on the whole terminal, in real pixels where it can",
        "Look",
        False,
        ".",
    ),
    Key("export", "e", "export", "save the picture, its film or its recipe", "Keep", True),
    Key("copy", "y", "copy command", "send the command to the terminal's clipboard", "Keep"),
    Key("open", "o", "open", "open a picture or a recipe", "Keep"),
    Key("guide_up", "up,pageup", "guide up", "scroll the guide", "Look", False, "↑"),
    Key("guide_down", "down,pagedown", "guide down", "scroll the guide", "Look", False, "↓"),
)

APP_KEYS: tuple[Key, ...] = (
    *(
        Key(
            f"lesson{n}",
            str(n),
            f"lesson {n}",
            f"open lesson {n}" if n < STUDIO else "the studio",
            "Go",
            action=f"lesson({n})",
        )
        for n in titles()
    ),
    Key("help", "question_mark", "keys", "every key, and the words", "Go", True, "?", action="help"),
    Key("help_anywhere", "f1", "keys", "the same, while you write too", "Go", True, "f1", action="help"),
    Key("palette", "colon,ctrl+p", "palette", "find a command", "Go", False, ": ctrl+p", action="command_palette"),
    Key(
        "suspend", "ctrl+z", "suspend", "to the shell for a while; fg comes back", "Go", False, action="suspend_process"
    ),
    Key("quit", "q,ctrl+q", "quit", "leave; everything is kept", "Go", False, action="quit"),
)

LESSON_KEYS: tuple[Key, ...] = (
    Key("card_back", "left_square_bracket", "card", "the card before", "Lesson", False, "["),
    Key("card_next", "right_square_bracket", "card", "the next card", "Lesson", True, "]"),
    Key("lab", "l", "hands on", "try it by hand, where a card says so", "Lesson"),
    Key("again", "k", "again", "run the card's experiment again, with what is on the bench", "Lesson"),
    *(Key(f"answer_{letter}", letter, letter, f"answer {letter}", "Lesson") for index, letter in enumerate("abcd")),
)


STUDIO_KEYS: tuple[Key, ...] = (
    Key("live", "l", "live", "redraw while you type, on and off", "Studio"),
    Key("fork", "f", "fork", "go on from this step in another way", "Studio", True),
    Key("compare", "a", "A/B", "keep as A, then compare with what comes", "Studio"),
    Key("look", "k", "look", "where the network looks for each word, at any step", "Studio"),
    Key("grid", "w", "grid", "vary two settings at once", "Studio"),
    Key("morph", "m", "morph", "walk to another prompt or seed", "Studio"),
    Key("start", "i", "start picture", "start from your own picture", "Studio"),
    Key("gallery", "h", "history", "what you made; enter brings it back", "Studio"),
    Key("bench_view", "b", "bench", "back to the three canvases", "Studio"),
)

_TOGETHER = ((*BENCH_KEYS, *APP_KEYS, *LESSON_KEYS), (*BENCH_KEYS, *APP_KEYS, *STUDIO_KEYS))
"""Keys that are on one screen: in a lesson, and in the studio."""
_FIXED = {"escape": "leaving what is open"}
"""Keys of which nobody may take the last meaning away."""
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMES = frozenset(key.value for key in Keys) | frozenset(KEY_NAME_REPLACEMENTS.values())

KEY_OF = {key.id: key for key in (*BENCH_KEYS, *APP_KEYS, *LESSON_KEYS, *STUDIO_KEYS)}
"""Every key by its id."""


def bindings(*tables: tuple[Key, ...], elsewhere: tuple[Key, ...] = ()) -> list[BindingType]:
    """The bindings of some tables, in order.

    Args:
        tables: of the screen.
        elsewhere: keys of another screen; the controller says of those that are free here where they are at home. They
            have no id, so that one which the settings give a key to takes it from them.
    """
    own = [key.binding() for table in tables for key in table]
    taken = {name for binding in own for name in binding.key.split(",")}
    others = [Binding(key.keys, press(key.id), show=False) for key in elsewhere if key.keys not in taken]
    return [*own, *others]


def press(key: str) -> str:
    """The action that hands a key, by its id, to the controller of the bench."""
    return f"press({key!r})"


def settled(given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Decide which keys of the settings hold: none that another action of the same screen has.

    Args:
        given: action → key or comma-separated keys.

    Returns:
        Those that hold, and a sentence about each that does not.
    """
    held: dict[str, tuple[str, ...]] = {}
    said = []
    for action, keys in given.items():
        names = _names(keys)
        if action not in KEY_OF:
            near = get_close_matches(action, KEY_OF, 1, 0.0)
            said.append(f"[keys] {action} is not the name of an action; the nearest is {near[0]}")
        elif not names or not all(map(_is_key, names)):
            unknown = next((name for name in names if not _is_key(name)), "nothing")
            said.append(f'[keys] {action} = "{keys}": {unknown} is no key, so {action} keeps its own')
        else:
            held[action] = names
    while (found := next(_taken(held), None)) is not None:  # what is given back may be taken in turn
        action, name, whose = found
        said.append(f'[keys] {action} = "{given[action]}": {name} is for {whose}, so {action} keeps its own key')
        del held[action]
    return {action: ",".join(names) for action, names in held.items()}, said


def _taken(held: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Actions of the settings that have a key which is another's: action, key, and what that is for."""
    for scope in _TOGETHER:
        owners: dict[str, list[Key]] = defaultdict(list)
        for key in scope:
            for name in held.get(key.id) or _names(key.keys):
                owners[name].append(key)
        for name, keys in owners.items():
            ours = [key for key in keys if key.id in held]
            others = [key.id for key in keys if key.id not in held] or [key.id for key in keys[1:]]
            if ours and name in _FIXED:
                yield ours[0].id, name, _FIXED[name]
            elif ours and len(keys) > 1:
                yield ours[0].id, name, others[0]


def _names(keys: str) -> tuple[str, ...]:
    """Textual's names of comma-separated keys; () where one is empty."""
    try:
        return tuple(binding.key for binding in Binding.make_bindings([Binding(keys, "")]))
    except InvalidBinding:
        return ()


def _is_key(name: str) -> bool:
    """Whether a terminal may send a key of this name."""
    *modifiers, key = name.split("+") if name != "+" else [name]
    if not _MODIFIERS.issuperset(modifiers):
        return False
    if len(key) == 1 or key in _NAMES or name in _NAMES:
        return True
    try:
        unicodedata.lookup(key.replace("_", " "))
    except KeyError:
        return False
    return True
