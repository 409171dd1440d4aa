"""Keys of the settings: those that hold, and what is said of the others; nothing takes the key that quits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets._toast import Toast

from tdiff.store.config import Config
from tdiff.ui.keymap import APP_KEYS, BENCH_KEYS, KEY_OF, LESSON_KEYS, STUDIO_KEYS, settled

from .looking import SMALL


@pytest.mark.parametrize(
    ("given_keys", "held"),
    [
        ({"step": "j"}, {"step": "j"}),
        ({"step": "j,ctrl+j"}, {"step": "j,ctrl+j"}),
        ({"step": "!"}, {"step": "exclamation_mark"}),
        ({"step": "ä"}, {"step": "ä"}),
        ({"step": "q", "quit": "Q"}, {"step": "q", "quit": "Q"}),  # they change places
        ({"step": "l", "lab": "L", "live": "L"}, {"step": "l", "lab": "L", "live": "L"}),  # never on one screen
    ],
)
def test_keys_that_are_free_hold(given_keys: dict[str, str], held: dict[str, str]) -> None:
    assert settled(given_keys) == (held, [])


@pytest.mark.parametrize(
    ("given_keys", "held", "says"),
    [
        ({"step": "q"}, {}, "q is for quit"),
        ({"step": "j,ctrl+q"}, {}, "ctrl+q is for quit"),
        ({"quit": "space"}, {}, "space is for step"),
        ({"step": "l"}, {}, "l is for lab"),
        ({"fork": "h"}, {}, "h is for gallery"),
        ({"step": "escape"}, {}, "escape is for leaving what is open"),
        ({"step": "j", "play": "j"}, {"play": "j"}, "j is for play"),
        ({"step": "q", "quit": "Q", "reset": "Q"}, {"step": "q", "quit": "Q"}, "Q is for quit"),
        ({"stepp": "j"}, {}, "the nearest is step"),
        ({"step": "jj"}, {}, "jj is no key"),
        ({"step": "spcae"}, {}, "spcae is no key"),
        ({"step": ","}, {}, "is no key"),
        ({"step": "\ue000\ue001"}, {}, "is no key"),
    ],
)
def test_keys_that_are_not_are_refused_and_said(given_keys: dict[str, str], held: dict[str, str], says: str) -> None:
    found, said = settled(given_keys)
    assert found == held
    assert len(said) == len(given_keys) - len(held) and says in said[0]


names = st.sampled_from(sorted(KEY_OF))
keys = st.sampled_from(["q", "space", "j", "ctrl+q", "escape", "q,j", "J", "l", "question_mark"]) | st.text(max_size=3)


@given(st.dictionaries(names, keys, max_size=6))
def test_whatever_is_given_no_key_has_two_meanings_on_a_screen(given_keys: dict[str, str]) -> None:
    held, said = settled(given_keys)
    assert len(held) + len(said) == len(given_keys)
    for scope in ((*BENCH_KEYS, *APP_KEYS, *LESSON_KEYS), (*BENCH_KEYS, *APP_KEYS, *STUDIO_KEYS)):
        pressed = [name for key in scope for name in held.get(key.id, key.keys).split(",")]
        assert len(pressed) == len(set(pressed))


async def test_a_key_that_takes_the_one_that_quits_is_said_and_q_quits(explorer, until) -> None:
    app = explorer(1, Config(keys={"step": "q"}))
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await until(pilot, lambda: app.screen.query(Toast))
        assert "q is for quit" in str(app.screen.query_one(Toast).render())
        await until(pilot, lambda: app.pipeline is not None)
        await pilot.press("q")
        await until(pilot, lambda: app.return_code is not None)
    assert app.return_code == 0
