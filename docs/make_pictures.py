"""Make the pictures of the README and the model card: prompts with seed 1, nothing picked, and the explorer at work."""

import asyncio
import os
import re
import tempfile
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
FAILURES = (
    ("a fish", ""), ("a whale", ""), ("a dragon", ""), ("a motorcycle", ""),
    ("an ant in cartoon style", ""), ("a squid in cartoon style", ""), ("a whale in retro style", ""),
    ("a pig as a sticker", ""),
    ("a dog and a cat", "cat"), ("an apple and a banana", "banana"), ("a taxi and a bicycle", ""),
    ("a red owl and a green violin", ""),
)  # fmt: skip
"""Prompts and negatives of kinds that the scores in the model card say fail often; not all of these do."""
SCALE, COLUMNS, LABEL, GAP = 5, 4, 18, 8


FOLDER = Path(__file__).parents[1] / "assets" / "readme"


def main() -> None:
    """Write pictures.png, failures.png and explorer.svg into assets/readme."""
    draw_sheet([Recipe(prompt=prompt, seed=1) for prompt in PROMPTS], "pictures.png")
    draw_sheet([Recipe(prompt=prompt, negative=negative, seed=1) for prompt, negative in FAILURES], "failures.png")
    asyncio.run(draw_explorer())


async def draw_explorer() -> None:
    """Open lesson 1 at 120×36, take eleven steps, and keep what is on screen."""
    from tdiff.store.config import Config
    from tdiff.ui.app import TdiffApp

    with tempfile.TemporaryDirectory() as state:
        os.environ["XDG_STATE_HOME"] = state
        app = TdiffApp(Config(), "true", 1)
        async with app.run_test(size=(120, 36)) as pilot:
            while app.pipeline is None:
                await asyncio.sleep(0.05)
            await pilot.press(*["right_square_bracket"] * 3)
            for _ in range(11):
                await pilot.press("space")
                await pilot.pause(0.2)
            picture = app.export_screenshot(title="tdiff")
    # Fonts from elsewhere would be fetched by whoever looks at the README.
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    (FOLDER / "explorer.svg").write_text(picture, "utf-8")


def draw_sheet(recipes: list[Recipe], name: str) -> None:
    """Write a contact sheet, with what was asked for below each picture."""
    pictures = tdiff.load().generate_many(recipes).repeat(SCALE, 1).repeat(SCALE, 2)
    side, rows = 32 * SCALE, -(-len(recipes) // COLUMNS)
    width, height = COLUMNS * (side + GAP + 40), rows * (side + LABEL + GAP)
    sheet = Image.new("RGB", (width, height), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for i, (recipe, picture) in enumerate(zip(recipes, pictures, strict=True)):
        x, y = i % COLUMNS * (side + GAP + 40), i // COLUMNS * (side + LABEL + GAP)
        sheet.paste(Image.fromarray(np.ascontiguousarray(picture)), (x + 20, y))
        asked = f"{recipe.prompt}, not {recipe.negative}" if recipe.negative else recipe.prompt
        draw.text((x + 20, y + side + 2), asked, fill="black", font=font)
    sheet.save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
