"""Runs of tdiff's own samplers as traces."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tdiff.arrays import F32
from tdiff.diffusion import Step
from tdiff.engines.diffusers_model import DiffusersModel
from tdiff.pipeline import Pipeline
from tdiff.recipe import Recipe
from tdiff.traces.decoder import fitted_to_decoder
from tdiff.traces.document import Prediction
from tdiff.traces.recorder import Recorder
from tdiff.traces.rgb import RgbMap


def recorder_of(
    path: Path,
    recipe: Recipe,
    count: int,
    pipeline: Pipeline,
    *,
    steps: int | None = None,
    content: Mapping[str, Any] | None = None,
    keep_prompt: bool = True,
    overwrite: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Recorder:
    """Return a recorder for a recipe's run; `record_step` feeds it.

    Args:
        path: of the trace.
        recipe: of the first picture, with the hash of its model.
        count: pictures, with consecutive seeds.
        pipeline: what runs it.
        steps: how many the run takes, where it starts from a picture.
        content: the recipe as JSON, with or without its texts; none is kept where it is left out.
        keep_prompt: off leaves prompt and negative out.
        overwrite: replace a file that is there.
        tell: is told why a recording stopped early.

    Raises:
        OutputError: the file exists.
    """
    return Recorder(
        path,
        steps=recipe.steps if steps is None else steps,
        prompt=recipe.prompt if keep_prompt else None,
        negative=recipe.negative if keep_prompt else None,
        seed=[recipe.seed + place for place in range(count)],
        guidance=recipe.guidance,
        scheduler=recipe.sampler,
        prediction=_prediction(pipeline),
        rgb=colours_of(pipeline),
        model=pipeline.info.name,
        model_hash=recipe.model or "",
        recipe=content,
        layout="BHWC",
        overwrite=overwrite,
        tell=tell,
    )


def record_step(recorder: Recorder, step: Step) -> None:
    """Record a step; a clipped clean guess is recorded as it was used."""
    weights: F32 = step.guidance.reshape(-1)
    same = bool((weights == weights[0]).all())
    recorder.step(
        step.x_t,
        step.eps,
        x0=step.x0,
        eps_pos=step.eps_pos,
        eps_neg=step.eps_neg,
        alpha=step.alpha,
        sigma=step.sigma,
        t=step.t,
        guidance=float(np.float32(weights[0])) if same else None,
    )


def _prediction(pipeline: Pipeline) -> Prediction:
    """What the network predicts."""
    model = pipeline.model
    return model.checkpoint.prediction if isinstance(model, DiffusersModel) else "v_prediction"


def colours_of(pipeline: Pipeline) -> RgbMap | None:
    """How latents become colours, fitted to the decoder; None where the model draws pixels."""
    model = pipeline.model
    if not isinstance(model, DiffusersModel):
        return None
    return fitted_to_decoder(model.parts, model.shape[-1], model.parts.vae.post_quant_conv.weight.detach())
