"""What pictures are made with where nobody says otherwise."""

from typing import Final

GUIDANCE: Final = 3.0
"""w."""

GUIDANCE_START: Final = 0.05
"""Share of the run that passes before guidance sets in: of 20 steps the first, in which seeds part ways."""

STEPS: Final = 20
SAMPLER: Final = "ddim"
