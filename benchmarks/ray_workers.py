"""Pictures per second made by workers of Ray on this machine, and what share of linear scaling that is.

    pip install 'tdiff-explorer[ray]'
    python benchmarks/ray_workers.py [--workers 1,2,4] [--pictures 64] [--steps 20]

A worker uses one core; other work on the machine, whose load is printed, takes its share of the same cores.
"""

import argparse
import os
import time

import numpy as np
import ray

from tdiff.cluster.cluster import Cluster
from tdiff.engines.sprite import sprite_model
from tdiff.recipe import Recipe

STORE = 80 << 20  # bytes of shared memory: a model takes about fifty


def rate(workers: int, pictures: int, steps: int) -> float:
    """Pictures a second once every worker has the model."""
    ray.init(address="local", num_cpus=workers, object_store_memory=STORE, include_dashboard=False, log_to_driver=False)
    try:
        cluster = Cluster(sprite_model())
        list(cluster.generate_parts([Recipe(prompt="a cat", steps=2, seed=seed) for seed in range(4 * workers)]))
        recipes = [Recipe(prompt="a red apple", steps=steps, seed=seed) for seed in range(pictures)]
        began = time.perf_counter()
        made = np.concatenate(list(cluster.generate_parts(recipes)))
        seconds = time.perf_counter() - began
        assert made.shape[0] == pictures and np.ptp(made) > 0
        return pictures / seconds
    finally:
        ray.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="1,2", help="how many, comma-separated; the first is the measure")
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3, help="all counts in turn, so often; the best of each counts")
    options = parser.parse_args()
    counts = [int(count) for count in options.workers.split(",")]
    best = dict.fromkeys(counts, 0.0)
    print(f"{options.pictures} pictures of {options.steps} steps on {os.cpu_count()} cores")
    for _ in range(options.rounds):
        for count in counts:
            found = rate(count, options.pictures, options.steps)
            best[count] = max(best[count], found)
            print(f"{count} workers: {found:.2f} pictures/s at a load of {os.getloadavg()[0]:.1f}", flush=True)
    first = best[counts[0]] / counts[0]
    for count in counts:
        print(f"{count} workers: {best[count] / (first * count):.2f} of linear")


if __name__ == "__main__":
    main()
