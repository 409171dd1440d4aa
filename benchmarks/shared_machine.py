"""CPU time of sixteen pictures, made from Python with its default threads, while loops keep every core busy.

    python benchmarks/shared_machine.py [--loops 8]

Without `--loops` there are four a core. A picture that shares a machine takes longer, but no more CPU time than alone.
"""

import argparse
import multiprocessing
import os
import time

import numpy as np  # before tdiff, as in most programs: BLAS has begun its threads by then

import tdiff

PICTURES = 16


def _loop() -> None:
    while True:
        pass


def sixteen(pipeline: tdiff.Pipeline) -> tuple[float, float]:
    """Seconds of CPU and on the clock."""
    clock, cpu = time.perf_counter(), time.process_time()
    for seed in range(PICTURES):
        assert np.ptp(pipeline.generate("a red apple", seed=seed)) > 0
    return time.process_time() - cpu, time.perf_counter() - clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loops", type=int, default=4 * (os.cpu_count() or 1))
    loops = parser.parse_args().loops
    pipeline = tdiff.load()
    print("{:.1f} s of CPU in {:.1f} s before the loops".format(*sixteen(pipeline)))
    busy = [multiprocessing.get_context("spawn").Process(target=_loop, daemon=True) for _ in range(loops)]
    try:
        for each in busy:
            each.start()
        print("{:.1f} s of CPU in {:.1f} s beside {} loops".format(*sixteen(pipeline), loops))
    finally:
        for each in busy:
            each.terminate()


if __name__ == "__main__":
    main()
