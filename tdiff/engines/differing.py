"""What made a picture, in its recipe: written there, and read against what would make it here."""

from tdiff.engines.model import ModelInfo
from tdiff.recipe import MAKER_LIMIT, Recipe


def maker_named(recipe: Recipe, info: ModelInfo) -> Recipe:
    """Return a recipe that says what makes its picture: model, engine and dtype."""
    name, engine, dtype = (text[:MAKER_LIMIT] or None for text in (info.name, info.engine, info.dtype))
    return recipe.replace(model=info.hash, model_name=name, engine=engine, dtype=dtype)


def what_differs(recipe: Recipe, info: ModelInfo) -> str:
    """Say what of a recipe's making is otherwise here; "" where nothing is, or where it does not say.

    Args:
        recipe: as it was read.
        info: of the model that is to make its picture.
    """
    others = recipe.model is not None and recipe.model != info.hash
    then, now = (recipe.engine, recipe.dtype), (info.engine or None, info.dtype or None)
    if not others and all(a == b or a is None or b is None for a, b in zip(then, now, strict=True)):
        return ""
    made, here = _named(recipe.model_name, recipe.model, *then), _named(info.name, info.hash, *now)
    much = "will differ" if others else "may differ a little"
    return f"made with {made}, and this is {here}: the picture {much}"


def _named(name: str | None, digest: str | None, engine: str | None, dtype: str | None) -> str:
    """A model and what ran it, such as "sprite-32 01234567 (torch, float16)"."""
    called = " ".join(part for part in (name, digest) if part) or "this model"
    by = ", ".join(part for part in (engine, dtype) if part)
    return f"{called} ({by})" if by else called
