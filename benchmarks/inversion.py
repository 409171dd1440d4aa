"""How exactly DDIM inversion finds the noise that a picture was made from, on the shipped model.

Usage: python benchmarks/inversion.py [--pictures 8] [--steps 50]

For each w: noise → picture (unclipped) → noise again (correlation with the first) → picture again (correlation with the
first), without corrections and with three a step.
"""

import argparse

import numpy as np

import tdiff
from tdiff.diffusion import SamplerOptions, Start, Trace, run_of
from tdiff.diffusion.inversion import invert
from tdiff.diffusion.noise import noise

PROMPTS = ("a blue frog on a yellow background", "a red apple", "two cats", "a car and a tree")


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Of two batches, over everything."""
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=8)
    parser.add_argument("--steps", type=int, default=50)
    options = parser.parse_args()
    pipeline = tdiff.load()
    prompts = [PROMPTS[i % len(PROMPTS)] for i in range(options.pictures)]
    conditions = pipeline.conditions(prompts, [""] * options.pictures)
    start = np.stack([noise(seed, (32, 32, 3)) for seed in range(options.pictures)])
    print(f"{options.pictures} pictures, {options.steps} steps: correlations")
    for guidance in (0.0, 1.0, 4.0):
        sampler = SamplerOptions(options.steps, "ddim", guidance=guidance, clip=False)

        def made_from(x_T: np.ndarray, sampler: SamplerOptions = sampler) -> np.ndarray:
            return Trace(run_of(pipeline.denoiser, conditions, 0, sampler, Start(x_T))).complete().final

        picture = made_from(start)
        for corrections in (0, 3):
            found = invert(pipeline.denoiser, conditions, picture, options.steps, guidance, corrections)
            again = made_from(found)
            print(
                f"  w = {guidance:g}, {corrections} corrections: noise {correlation(found, start):.4f}, "
                f"picture {correlation(again, picture):.4f}"
            )


if __name__ == "__main__":
    main()
