"""Score weights with the suites of `tdiff eval`, in PyTorch: `python -m tdiff.train.score`.

Without arguments it scores what ships: 60 prompts a category in some minutes on one core. `--weights` takes a
checkpoint while its training goes on.
"""

import argparse
import sys
import time
from dataclasses import replace
from typing import Final

from tdiff.commands.evaluate import named_parts
from tdiff.errors import TdiffError
from tdiff.evaluate.report import FULL, Report, check_parts, run
from tdiff.train.networks import add_arguments, networks_of

_GOALS: Final[dict[str, tuple[float, float]]] = {
    "single": (0.97, 0.99),
    "colour": (0.94, 0.97),
    "colour held out": (0.91, 0.97),
    "position": (0.95, 0.98),
    "background": (0.96, 0.98),
    "counting": (0.92, 0.96),
    "two objects": (0.90, 0.95),
    "relation": (0.90, 0.96),
    "twins": (0.78, 0.92),
    "attribution": (0.82, 0.92),
    "attribution held out": (0.68, 0.85),
    "two colours and a relation": (0.80, 0.90),
    "style": (0.82, 0.92),
    "free words": (0.92, 0.97),
    "negative, natural colour": (0.80, 0.92),
}
"""Row of the table → the least that the next weights to ship must reach, and what they aim at."""


def main() -> None:
    """Parse arguments and print a report."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    parser.add_argument("--prompts", type=int, default=60, help="of each category, and negatives of each kind")
    parser.add_argument("--only", default="following,negatives", help="parts, as for tdiff eval")
    parser.add_argument("--draw", type=int, default=0, help="another number asks for other prompts of the same kinds")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        print(scored(options))
    except TdiffError as error:
        parser.exit(error.exit_code, f"{error}\n")


def scored(options: argparse.Namespace) -> str:
    """Measure, and return the report as text or JSON."""
    parts = named_parts(options.only)
    check_parts(parts)
    networks, began = networks_of(options), time.perf_counter()
    profile = replace(
        FULL,
        prompts=options.prompts,
        negatives=options.prompts,
        scenes=200,
        checked=1000,
        searched=100,
        draw=options.draw,
    )
    guided = f"guidance {networks.guidance:g} from {networks.guidance_start:.0%} of the run on"
    settings = {"weights": networks.said, "settings": f"{guided}, {networks.steps} steps, ddim"}
    report = run(
        networks.generate,
        networks.checker,
        networks.features,
        networks.say,
        profile,
        parts,
        lambda section: print(f"{time.perf_counter() - began:6.0f} s  {section} …", file=sys.stderr),
        settings,
    )
    return report.to_json() if options.json else "\n".join((report.to_text(), *_against_goals(report)))


def _against_goals(report: Report) -> list[str]:
    """The mean of the table, and what is below its goal."""
    shares = {name: value.made for name, value in report.following.items()}
    shares |= {f"negative, {kind}": value.obeyed for kind, value in report.negatives.items()}
    measured = {name: shares[name].value for name in _GOALS if name in shares and shares[name].count}
    if not measured:
        return []
    missed = [
        f"{name} {value:.2f} of {_GOALS[name][0]:.2f}" for name, value in measured.items() if value < _GOALS[name][0]
    ]
    mean = sum(measured.values()) / len(measured)
    return ["", f"mean of {len(measured)}: {mean:.3f}; below what must be: {', '.join(missed) or 'none'}"]


if __name__ == "__main__":
    main()
