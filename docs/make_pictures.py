"""Make the README's picture: sixteen prompts, seed 1 each, nothing picked by hand."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import tdiff
from tdiff.recipe import Recipe

PROMPTS = (
    "a blue frog on a yellow background", "a red apple", "a cat", "a green car on a pink background",
    "three balloons", "a small star in the top left corner", "a red heart and a blue star", "a rocket in 3d style",
    "a house", "a purple guitar", "a pizza above a tree", "two orange fish",
    "a ghost on a black background", "a big sunflower", "a penguin to the left of an umbrella",
    "a strawberry as a sticker",
)  # fmt: skip
SCALE, COLUMNS, LABEL, GAP = 5, 4, 18, 8


def main() -> None:
    """Write assets/readme/pictures.png."""
    recipes = [Recipe(prompt=prompt, seed=1) for prompt in PROMPTS]
    pictures = tdiff.load().generate_many(recipes).repeat(SCALE, 1).repeat(SCALE, 2)
    side, rows = 32 * SCALE, len(PROMPTS) // COLUMNS
    width, height = COLUMNS * (side + GAP + 40), rows * (side + LABEL + GAP)
    sheet = Image.new("RGB", (width, height), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for i, (prompt, picture) in enumerate(zip(PROMPTS, pictures, strict=True)):
        x, y = i % COLUMNS * (side + GAP + 40), i // COLUMNS * (side + LABEL + GAP)
        sheet.paste(Image.fromarray(np.ascontiguousarray(picture)), (x + 20, y))
        draw.text((x + 20, y + side + 2), prompt, fill="black", font=font)
    sheet.save(Path(__file__).parents[1] / "assets" / "readme" / "pictures.png", optimize=True)


if __name__ == "__main__":
    main()
