"""Record what earlier weights knew of the order of words: `python -m tdiff.train.order --models DIR --seed 1`.

DIR holds denoiser.safetensors, text.safetensors and manifest.json as an earlier release shipped them. From its
release's history: `git show REVISION:assets/models/denoiser.safetensors > DIR/denoiser.safetensors`, and so on. The
card "Order" of lesson 3 shows the recording beside what the weights of the day do.
"""

import argparse
from pathlib import Path

import numpy as np

from tdiff.diffusion import SamplerOptions, Trace, run_of
from tdiff.engines.sprite import SpriteModel
from tdiff.files import write_atomic
from tdiff.lessons.words.noun_order import order_share, ordered_pairs
from tdiff.lessons.words.order_recording import NAME, OrderRecording, order_bytes
from tdiff.manifest import read_manifest
from tdiff.model.denoiser import SpriteDenoiser
from tdiff.model.text_tower import TextTower
from tdiff.paths import assets_dir
from tdiff.pipeline import Pipeline, to_pixels
from tdiff.prompt.vocabulary import MAX_TOKENS
from tdiff.train.parts import shipped

_STEPS, _GUIDANCE = 12, 4.0
_PLACES = "context.places"


def main() -> None:
    """Parse arguments and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True, help="folder of the earlier weights")
    parser.add_argument("--seed", type=int, default=1, help="of the first pair; the others follow")
    options = parser.parse_args()
    recording = recorded(options.models, options.seed)
    write_atomic(assets_dir() / NAME, order_bytes(recording), overwrite=True)
    print(f"{recording.model}: {recording.heard:.3f} as heard, {recording.read:.3f} as read")


def recorded(folder: Path, seed: int) -> OrderRecording:
    """Measure and draw with the weights of a folder; those from before places are given places of nought."""
    denoiser, text = (
        {k: v.numpy() for k, v in shipped(folder / f"{part}.safetensors").items()} for part in ("denoiser", "text")
    )
    denoiser.setdefault(_PLACES, np.zeros((MAX_TOKENS, denoiser["context.tokens.weight"].shape[1]), np.float32))
    manifest = read_manifest(folder)
    model = SpriteModel(manifest, lambda part: {}, denoiser=SpriteDenoiser(denoiser), text=TextTower(text))
    pairs = ordered_pairs()
    prompts = [each.prompt for pair in pairs for each in pair]
    seeds = [seed + place for place in range(len(pairs)) for _ in range(2)]
    pipeline = Pipeline(model)
    conditions = pipeline.conditions(prompts, [""] * len(prompts))
    run = run_of(pipeline.denoiser, conditions, seeds, SamplerOptions(_STEPS, guidance=_GUIDANCE))
    pictures = to_pixels(Trace(run).complete().final)
    return OrderRecording(
        f"{manifest.name} {manifest.hash}",
        manifest.pictures,
        order_share(lambda ids: model.states(ids).heard),
        order_share(lambda ids: model.states(ids).read),
        pictures.reshape(len(pairs), 2, *pictures.shape[1:]),
    )


if __name__ == "__main__":
    main()
