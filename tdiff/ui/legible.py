"""Colours of a theme made legible: each text has enough contrast with every ground that it may stand on."""

from collections.abc import Iterable, Mapping
from typing import Final

from textual.color import Color

LEAST: Final = 4.5
"""Contrast of text with its ground (WCAG 2.2, 1.4.3, level AA)."""
GROUNDS: Final = ("background", "surface", "panel")
TEXTS: Final = (
    "accent",
    "text-accent",
    "text-error",
    "text-primary",
    "text-secondary",
    "text-success",
    "text-warning",
    "footer-key-foreground",
)
_MUTED: Final = "auto 70%"
_STEPS: Final = 20


def contrast(a: Color, b: Color) -> float:
    """Return the contrast of two colours, 1 … 21."""
    darker, lighter = sorted((_luminance(a), _luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    """Relative luminance, 0 … 1."""
    linear = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in color.normalized)
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def legible(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a theme, with those of texts moved towards black or white as far as they have to be."""
    grounds = [Color.parse(variables[name]) for name in GROUNDS]
    if any(ground.ansi is not None for ground in grounds):
        return dict(variables)  # what they look like, the terminal alone knows
    extreme = grounds[0].get_contrast_text(1.0)
    moved = {name: _moved(Color.parse(variables[name]), extreme, grounds).hex for name in TEXTS if name in variables}
    return {**variables, **moved, "text-muted": _MUTED, "input-selection-foreground": extreme.hex}


def _moved(color: Color, extreme: Color, grounds: Iterable[Color]) -> Color:
    """The nearest colour on the way to an extreme that every ground sets off."""
    steps = (color.blend(extreme, step / _STEPS) for step in range(_STEPS))
    return next((each for each in steps if all(contrast(each, ground) >= LEAST for ground in grounds)), extreme)
