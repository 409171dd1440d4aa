"""How fast sprites appear while the small denoiser trains: `python benchmarks/tinytrain.py appear`.

    appear     set of 8, many seeds: sprites seen among 32 samples, second by second
    memorise   sets of 4, 8, 40 and 400: distance to the nearest training picture over that to the held-out control
    compare    the network predicts x0, eps or v: who gets anywhere

As in the explorer, a thread trains and makes samples once a second while the main thread stands in for the screen: it
wakes every 10 ms, and how late it wakes is what a key would wait. Seconds are those on the clock, core seconds those
of the training thread, sampling included; on a busy machine they differ. Set OMP_NUM_THREADS to choose BLAS threads.
"""

import argparse
import threading
import time
from dataclasses import dataclass, field

import numpy as np

from tdiff.tinytrain import SIZES, PictureSet, TinySettings, TinyTrainer, appeared, memorisation, picture_set

TICK = 0.01
ENOUGH = 6  # of eight sprites
SAMPLES = 32


@dataclass
class Look:
    """What the samples of one moment showed."""

    seconds: float
    core_seconds: float
    steps: int
    sprites: int
    close: int
    ratio: float
    error: float  # of the clean guess, mean over the bands of noise levels


@dataclass
class Course:
    """A training run, watched."""

    looks: list[Look] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)  # seconds that the main thread woke late

    def first(self, sprites: int) -> Look | None:
        """The first look with so many sprites."""
        return next((look for look in self.looks if look.sprites >= sprites), None)


def watch(pictures: PictureSet, settings: TinySettings, seconds: float) -> Course:
    """Train in a thread for so many seconds of the clock, and measure how awake the main thread stays."""
    course = Course()
    thread = threading.Thread(target=_train, args=(TinyTrainer(pictures.train, settings), pictures, seconds, course))
    thread.start()
    while thread.is_alive():
        due = time.perf_counter() + TICK
        time.sleep(TICK)
        course.delays.append(time.perf_counter() - due)
    thread.join()
    return course


def _train(trainer: TinyTrainer, pictures: PictureSet, seconds: float, course: Course) -> None:
    began, core_began = time.perf_counter(), time.thread_time()
    for second in range(1, round(seconds) + 1):
        while time.perf_counter() - began < second:
            report = trainer.step()
        samples = trainer.sample(SAMPLES)
        seen = appeared(samples, pictures.train)
        ratio = memorisation(samples, pictures.train, pictures.held_out).ratio
        spent, core = time.perf_counter() - began, time.thread_time() - core_began
        error = float(np.nanmean(report.band_x0_errors))
        course.looks.append(Look(spent, core, trainer.steps, seen.count, sum(seen.samples), ratio, error))


def appear(seeds: int, seconds: float) -> None:
    """Sprites by seconds for each seed."""
    courses = [watch(picture_set(8), TinySettings(seed=seed), seconds) for seed in range(seeds)]
    print(f"sprites of 8 among {SAMPLES} samples, after each second of the clock")
    for seed, course in enumerate(courses):
        last, first = course.looks[-1], course.first(ENOUGH)
        reached = f"{first.seconds:.1f} s, {first.core_seconds:.1f} core s, {first.steps} steps" if first else "never"
        print(
            f"  seed {seed}: {' '.join(str(look.sprites) for look in course.looks)}   {ENOUGH} after {reached}; end: "
            f"{last.sprites} sprites, {last.close} of {SAMPLES} close, {last.steps} steps, "
            f"{last.core_seconds:.1f} core s"
        )
    reached_by = [course.first(ENOUGH) is not None for course in courses]
    print(f"  {ENOUGH} sprites within {seconds:g} s: {sum(reached_by)} of {seeds} seeds")
    print(f"  the main thread woke late by {_delays([delay for course in courses for delay in course.delays])}")


def memorise(seconds: float) -> None:
    """Distance ratios by set."""
    for size in SIZES:
        looks = watch(picture_set(size), TinySettings(), seconds).looks
        shown = [looks[int((len(looks) - 1) * share)] for share in (0.25, 0.5, 1)]
        text = "; ".join(f"{look.steps} steps {look.ratio:.3f} ({look.close} close)" for look in shown)
        print(f"  {size:3} pictures: nearest training / nearest held-out {text}")


def compare(seconds: float) -> None:
    """What each parametrization reaches."""
    for kind in ("x0", "v", "eps"):
        last = watch(picture_set(8), TinySettings(parametrization=kind), seconds).looks[-1]
        print(
            f"  {kind:3}: {last.sprites} of 8 sprites, {last.close} of {SAMPLES} close, error of the clean guess "
            f"{last.error:.4f}, after {last.steps} steps, {last.seconds:.1f} s"
        )


def _delays(delays: list[float]) -> str:
    median, most, worst = np.quantile(delays, (0.5, 0.99, 1)) * 1e3
    return f"{median:.1f} ms (median), {most:.1f} ms (99 %), {worst:.1f} ms (worst)"


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("appear", "memorise", "compare"))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    if options.what == "appear":
        appear(options.seeds, options.seconds)
    else:
        {"memorise": memorise, "compare": compare}[options.what](options.seconds)


if __name__ == "__main__":
    main()
