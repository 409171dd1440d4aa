"""Pictures of a run: what each canvas shows, as plain arrays with titles."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from tdiff.arrays import U8
from tdiff.diffusion import Step
from tdiff.pipeline import to_pixels
from tdiff.views.looks import Looks
from tdiff.views.session import Form, Session
from tdiff.views.shown_command import ShownCommand

_BETWEEN = 24
"""Grey where an overview has no picture, and between its pictures."""

_TITLES = {"eps": "noise the model sees ε̂", "x0": "clean guess x̂₀", "v": "prediction v̂"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One canvas.

    Attributes:
        title: at most some 24 characters.
        picture: (H, W, 3) uint8; None where there is nothing to show yet.
        note: a number beside the title.
        parts: titles of the pictures in it, in reading order, where it holds several.
        command: the command that makes it, where that is another than the screen's.
        main: whether it is the largest, where one is larger than the others; by default the first is.
        decode: makes it in full, (H, W, 3) uint8, where `picture` is a small preview; it takes a while.
    """

    title: str
    picture: U8 | None
    note: str = ""
    parts: tuple[str, ...] = ()
    command: ShownCommand | None = None
    main: bool = False
    decode: Callable[[], U8] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Pane:
    """One picture of a result.

    Attributes:
        title: at most 24 characters.
        picture: (32, 32, 3) uint8.
        note: a number beside the title.
    """

    title: str
    picture: U8
    note: str = ""


def bench_figures(session: Session) -> tuple[Figure, Figure, Figure]:
    """What the three canvases show: the picture now, the prediction in the chosen form, the clean guess."""
    trace, step, looks = session.trace, session.step, session.looks
    if trace is None or not len(trace):
        return (
            Figure("starting noise", starting_picture(session), main=True),
            Figure(_TITLES[session.form], None),
            Figure(_TITLES["x0"], None),
        )
    if step is None:
        done = looks.finished(trace)
        return (
            Figure("finished picture", done),
            Figure(_TITLES[session.form], _form(looks, trace[-1], session.form)),
            Figure(_TITLES["x0"], looks.picture(trace[-1].x0[0])),
        )
    return (
        Figure("now x_t", looks.picture(step.x_t[0])),
        Figure(_TITLES[session.form], _form(looks, step, session.form)),
        Figure(_TITLES["x0"], looks.picture(step.x0[0]), main=True, decode=looks.decoder(step.x0[0])),
    )


def starting_picture(session: Session) -> U8:
    """The noise, or the noised picture, that the run starts from; no model needed for noise."""
    if session.picture is not None:
        return to_pixels(session.picture)
    return session.looks.starting(session.recipe.seed)


def finished_or_guess(session: Session) -> U8 | None:
    """The nearest to a finished picture that there is."""
    trace = session.trace
    if trace is None or not len(trace):
        return None
    return session.looks.finished(trace) if trace.finished else session.looks.picture(trace[-1].x0[0])


def with_overview(figures: tuple[Figure, ...], of: slice = slice(None), name: str = "") -> tuple[Figure, ...]:
    """Put two to four pictures at half size before all, for screens that show one at a time.

    Args:
        figures: all of them.
        of: those whose first four are taken.
        name: of the overview; "" for how many they are.
    """
    made = [figure for figure in figures[of] if figure.picture is not None]
    pictures = [figure.picture for figure in made[:4] if figure.picture is not None]
    if len(pictures) < 2 or any(picture.shape != (32, 32, 3) for picture in pictures):
        return figures
    sheet = np.full((32, 32, 3), _BETWEEN, np.uint8)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, 2)
        half = picture.reshape(16, 2, 16, 2, 3).mean((1, 3)).astype(np.uint8)
        sheet[16 * row : 16 * row + 16, 16 * column : 16 * column + 16] = half
    sheet[15:17] = sheet[:, 15:17] = _BETWEEN
    which = name or f"{'all' if len(made) == len(pictures) else 'first'} {len(pictures)}"
    kind = "some recorded" if any("recorded" in figure.title for figure in figures) else "half size"
    parts = tuple(figure.title for figure in made[:4])
    return (Figure(f"{which}, {kind}", sheet, parts=parts), *figures)


def mean_difference(a: U8, b: U8) -> float:
    """Mean absolute difference of two pictures in the unit of [-1, 1] images, 0 … 2."""
    return float(np.abs(a.astype(np.float32) - b.astype(np.float32)).mean() / 127.5)


def difference_pixels(before: U8, after: U8) -> U8:
    """Return how much two pictures (H, W, 3) differ, by brightness: black where they are equal."""
    gap = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(axis=-1, keepdims=True)
    return np.repeat(gap, 3, axis=-1).astype(np.uint8)


def _form(looks: Looks, step: Step, form: Form) -> U8:
    if form == "x0":
        return looks.picture(step.x0[0])
    return looks.noise((step.eps if form == "eps" else step.v)[0])
