"""What pictures are made with where nobody says otherwise."""

from typing import Final

GUIDANCE: Final = 4.0
"""w."""

GUIDANCE_START: Final = 0.0
"""Share of the run that passes before guidance sets in."""

STEPS: Final = 20
SAMPLER: Final = "ddim"
