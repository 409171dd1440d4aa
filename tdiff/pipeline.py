"""A recipe in, steps and pictures out, whatever the model."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from tdiff.arrays import F32, U8
from tdiff.batches import BATCH, batches, in_order
from tdiff.diffusion import (
    PICTURE,
    Condition,
    Conditions,
    Denoiser,
    Run,
    SamplerOptions,
    Start,
    Step,
    Switches,
    Trace,
    run_of,
    sample,
    start_from_picture,
)
from tdiff.diffusion.watermark_noise import marked_start
from tdiff.engines.choice import EngineChoice, model_of
from tdiff.engines.differing import maker_named
from tdiff.engines.model import Half, Model, ModelInfo
from tdiff.errors import RecipeError
from tdiff.pixels import from_pixels as from_pixels
from tdiff.pixels import to_pixels as to_pixels
from tdiff.prompt.tokenizer import Tokens
from tdiff.recipe import Recipe, StartPicture
from tdiff.threads import one_thread_from_now_on


def load(
    folder: Path | None = None, *, engine: str | None = None, device: str | None = None, dtype: str | None = None
) -> "Pipeline":
    """Load the model that ships with tdiff, or one from a folder.

    From then on the linear algebra of numpy (BLAS) uses one thread in this program, unless the environment names a
    number (OPENBLAS_NUM_THREADS, OMP_NUM_THREADS, MKL_NUM_THREADS or VECLIB_MAXIMUM_THREADS): the model's matrices are
    small, and several threads are hardly faster on an idle machine and many times slower on a busy one.

    Args:
        folder: holds manifest.json and the safetensors files.
        engine: numpy, which needs nothing else, or torch.
        device: for torch: cpu, cuda, cuda:1 or mps; the best there is where it is left out.
        dtype: for torch: float32, float16 or bfloat16.

    Raises:
        UsageError: an engine, device or dtype that is not to be had here.
        WeightsError: a file is missing, damaged, or not the one that the manifest names.
    """
    return load_chosen(EngineChoice(engine, folder, device, dtype))


def load_chosen(choice: EngineChoice) -> "Pipeline":
    """Load the model that is chosen; see `load`."""
    one_thread_from_now_on(os.environ)
    return Pipeline(model_of(choice))


class Pipeline:
    """Makes pictures from recipes.

    Args:
        model: what makes them.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        # One object per prompt: diffusion compares conditions by identity.
        self.encode = lru_cache(maxsize=512)(model.encode)

    @property
    def info(self) -> ModelInfo:
        """Name, hash and size of the model."""
        return self.model.info

    @property
    def denoiser(self) -> Denoiser:
        """The network that predicts v."""
        return self.model.denoiser

    def tokens(self, text: str) -> Tokens:
        """Say what became of each word of a prompt."""
        return self.model.read(text, "prompt")

    def named(self, recipe: Recipe) -> Recipe:
        """Return a recipe that says what makes its picture here: model, engine and dtype."""
        return maker_named(recipe, self.info)

    def run(self, recipe: Recipe, count: int = 1, picture: F32 | None = None, keep_negative: bool = False) -> Run:
        """Turn a recipe into a run of `count` pictures with consecutive seeds.

        Args:
            recipe: what to make.
            count: pictures, with seeds recipe.seed, recipe.seed + 1, …; each is the picture of its single run.
            picture: (32, 32, 3) float32 in [-1, 1], where the recipe starts from one.
            keep_negative: compute the negative's prediction even where it has no effect.

        Raises:
            RecipeError: the recipe needs a start picture that is not given or is another one, or was made
                with other weights.
        """
        self._check_model(recipe)
        if recipe.start is not None and self.model.shape != PICTURE:
            raise RecipeError(
                f"{self.info.name} cannot start from a picture here", "start", remedy="leave the picture out"
            )
        seeds = tuple(range(recipe.seed, recipe.seed + count))
        if recipe.watermark is not None and recipe.start is not None:
            raise RecipeError(
                "a picture that starts from another one carries no mark",
                "watermark",
                remedy="leave out the watermark or the start picture",
            )
        start = self._marked(seeds, (recipe.watermark,) * count)
        if recipe.start is not None:
            clean = _checked_start(recipe.start, picture)
            start = start_from_picture(clean, recipe.start.strength, recipe.steps, seeds)
        return self._run(self._switches(recipe, count), seeds, options_of(recipe, keep_negative=keep_negative), start)

    def sample(
        self, recipe: Recipe, count: int = 1, picture: F32 | None = None, keep_negative: bool = False
    ) -> Iterator[Step]:
        """Make a recipe's pictures, handing out each step as it is done; see `run` for the arguments."""
        return sample(self.run(recipe, count, picture, keep_negative))

    def trace(self, recipe: Recipe, count: int = 1, picture: F32 | None = None, keep_negative: bool = False) -> Trace:
        """Return a trace that is ready to be played; see `run` for the arguments."""
        return Trace(self.run(recipe, count, picture, keep_negative))

    def generate(self, prompt: str | Recipe, count: int = 1, picture: F32 | None = None, **settings: Any) -> U8:
        """Make pictures at once.

        Args:
            prompt: a prompt, or a whole recipe.
            count: how many, with consecutive seeds.
            picture: (32, 32, 3) float32 in [-1, 1], where the recipe starts from one.
            settings: fields of `Recipe`: negative, guidance, steps, sampler, eta, seed …

        Returns:
            (count, H, W, 3) uint8.
        """
        recipe = prompt.replace(**settings) if isinstance(prompt, Recipe) else Recipe(prompt=prompt, **settings)
        return self.model.decode(self.trace(recipe, count, picture).complete().final)

    def generate_many(
        self, recipes: Sequence[Recipe], progress: Callable[[int], None] | None = None, batch: int = BATCH
    ) -> U8:
        """Make one picture for each recipe; see `generate_parts` for the arguments.

        Returns:
            (n, H, W, 3) uint8, in the order of the recipes.
        """
        return np.concatenate(list(self.generate_parts(recipes, progress, batch)))

    def generate_parts(
        self, recipes: Sequence[Recipe], progress: Callable[[int], None] | None = None, batch: int = BATCH
    ) -> Iterator[U8]:
        """Make one picture for each recipe, and hand them out in order as they are made.

        They are made in batches wherever what `shared` names agrees. A picture of a batch may differ from its single
        run by one level of 255 in a few channels: OpenBLAS rounds a row of a product differently as the number of rows
        changes. With `batch=1` all are bit for bit those of their single runs (docs/performance.md).

        Args:
            recipes: without start pictures.
            progress: called with the number of pictures done since the last call.
            batch: most pictures made side by side.

        Yields:
            (k, H, W, 3) uint8: the next k pictures.
        """
        for recipe in recipes:
            self._check_model(recipe)

        def made() -> Iterator[tuple[list[int], U8]]:
            for places in batches(recipes, batch):
                pictures = self._batch([recipes[place] for place in places])
                if progress is not None:
                    progress(len(places))
                yield places, pictures

        yield from in_order(made())

    def _batch(self, recipes: Sequence[Recipe]) -> U8:
        """Recipes that differ in prompt, negative, guidance and seed alone, side by side."""
        first = recipes[0]
        if first.switches or first.start:
            return self.generate(first)
        weights = tuple(recipe.guidance for recipe in recipes)
        conditions = self.conditions([r.prompt for r in recipes], [r.negative for r in recipes])
        seeds = tuple(recipe.seed for recipe in recipes)
        start = self._marked(seeds, [recipe.watermark for recipe in recipes])
        run = self._run(conditions, seeds, options_of(first, weights), start)
        return self.model.decode(Trace(run).complete().final)

    def conditions(self, prompts: Sequence[str], negatives: Sequence[str]) -> Conditions:
        """Encode a prompt and a negative for each picture of a batch."""
        return Conditions(
            tuple(self.encode(self.tokens(text).ids) for text in prompts),
            tuple(self.encode_negative(text) for text in negatives),
        )

    def encode_caption(self, text: str) -> Condition:
        """Encode the caption of a training scene: what it says, and no usual style read into it."""
        return self.encode(self.model.read(text, "caption").ids)

    def encode_negative(self, text: str) -> Condition:
        """Encode a negative: "dog" means any picture with a dog in it, as training said such facts."""
        return self.encode(self.model.read(text, "negative").ids)

    def similarity(self, prompts: Sequence[str], pictures: F32) -> F32:
        """Cosine similarity of the text–image pair.

        Args:
            prompts: n texts.
            pictures: (m, 32, 32, 3) in [-1, 1].

        Returns:
            (n, m) float32, -1 … 1.
        """
        pair = self.model.pair
        texts = np.stack([pair.text(self.model.read(text, "caption").ids) for text in prompts])
        result: F32 = texts @ pair.images(pictures).T
        return result

    def shuffled(self, half: Half, rng: np.random.Generator) -> "Pipeline":
        """Return a pipeline whose model has one half of the text–image pair spoilt, to see what depends on it.

        Args:
            half: whose numbers are put in random order, tensor by tensor.
            rng: decides the order.
        """
        return Pipeline(self.model.shuffled(half, rng))

    def _run(
        self, conditions: Conditions | Switches, seeds: Sequence[int], options: SamplerOptions, start: Start | None
    ) -> Run:
        """A run of this model."""
        model = self.model
        options = replace(options, clip=options.clip and model.clips)
        return run_of(model.denoiser, conditions, seeds, options, start, model.shape, schedule=model.schedule)

    def _marked(self, seeds: Sequence[int], keys: Sequence[str | None]) -> Start | None:
        """The start of pictures of which some carry a hidden mark."""
        if self.model.shape != PICTURE and any(keys):
            raise RecipeError(
                f"marks are hidden in the noise of {PICTURE[0]}×{PICTURE[1]} pictures, not in that of {self.info.name}",
                "watermark",
                remedy="leave out the watermark",
            )
        return marked_start(seeds, keys)

    def _switches(self, recipe: Recipe, count: int) -> list[tuple[int, Conditions]]:
        """Conditions by first step."""
        return [(step, self.conditions([p] * count, [n] * count)) for step, (p, n) in recipe.texts().items()]

    def _check_model(self, recipe: Recipe) -> None:
        if recipe.model is not None and recipe.model != self.info.hash:
            raise RecipeError(
                f"this recipe was made with model {recipe.model} and this is {self.info.hash}, whose picture would "
                "differ",
                "model",
                remedy="take the model out of the recipe to make it anyway",
            )


def options_of(
    recipe: Recipe, guidance: float | tuple[float, ...] | None = None, keep_negative: bool = False
) -> SamplerOptions:
    """Return what a recipe says of sampling.

    Args:
        recipe: steps, sampler, η, guidance, its start and clipping are taken from it.
        guidance: w instead of the recipe's, for all pictures of a batch or for each.
        keep_negative: compute the negative's prediction even where it has no effect.
    """
    w = recipe.guidance if guidance is None else guidance
    return SamplerOptions(
        steps=recipe.steps,
        sampler=recipe.sampler,
        eta=recipe.eta,
        guidance=w,
        guidance_start=recipe.guidance_start,
        clip=recipe.clip,
        keep_negative=keep_negative,
    )


def start_picture(picture: F32, strength: float) -> StartPicture:
    """Name a picture to start from by the hash of its pixels."""
    return StartPicture(hashlib.sha256(to_pixels(picture).tobytes()).hexdigest(), strength)


def _checked_start(start: StartPicture, picture: F32 | None) -> F32:
    if picture is None:
        raise RecipeError(
            "this recipe starts from a picture, which is not in it", "start", remedy="give it with --start-image"
        )
    if start_picture(picture, start.strength).sha256 != start.sha256:
        raise RecipeError("this is not the picture that the recipe started from", "start", remedy="give that one")
    return picture
