"""What the marks in the starting noise survive: `python benchmarks/watermark.py` (1,000 pictures of each kind, some
twenty minutes on one core), `--quick` for 50, `--write` to keep the table as the asset that lesson 4 shows,
`--settings` to compare ways of inverting instead.

Prompts are those of the evaluation, all categories in turn, so guidance is on and nothing is picked. Thresholds are
fixed to 1 % of false alarms on pictures that are tested no further.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tdiff.diffusion import SamplerOptions
from tdiff.diffusion.watermark_noise import DEFAULT_KEY
from tdiff.evaluate.prompts import CATEGORIES, cases
from tdiff.files import write_atomic
from tdiff.pipeline import load
from tdiff.provenance.watermark_measure import Measured, measure
from tdiff.provenance.watermark_settings import Outcome, compare
from tdiff.provenance.watermark_table import NAME, RecordedTable, table_json
from tdiff.share import Share

FULL, QUICK, SETTINGS = 1000, 50, 24
ASSET = Path(__file__).resolve().parent.parent / "assets" / NAME


def main() -> None:
    """Measure and print, as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} pictures instead of {FULL:,}")
    parser.add_argument("--settings", action="store_true", help=f"compare ways of inverting on {SETTINGS} pictures")
    parser.add_argument("--count", type=int, help="another number of pictures")
    parser.add_argument("--sampler", default="ddim")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=4.0)
    parser.add_argument("--key", default=DEFAULT_KEY)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help=f"keep the table as {ASSET.name}, for the lessons")
    given = parser.parse_args()
    count = given.count or (SETTINGS if given.settings else QUICK if given.quick else FULL)
    pipeline, texts = load(), prompts(count)
    model = f"{pipeline.info.name} {pipeline.info.hash}, {pipeline.info.pictures:,} pictures seen"
    if given.settings:
        outcomes = compare(pipeline, texts, given.key)
        content = [asdict(each) for each in outcomes]
        print(json.dumps({"model": model, "outcomes": content}) if given.json else settings_table(model, outcomes))
        return
    began = time.perf_counter()
    options = SamplerOptions(given.steps, given.sampler, guidance=given.guidance)
    said = f"guidance {given.guidance:g}, {given.steps} steps, {given.sampler}"
    measured = measure(
        pipeline,
        texts,
        given.key,
        options,
        lambda what: print(f"{time.perf_counter() - began:6.0f} s  {what}", file=sys.stderr),
    )
    if given.write:
        info = pipeline.info
        table = RecordedTable(f"{info.name} {info.hash}", info.pictures, said, given.key, count, measured)
        write_atomic(ASSET, table_json(table).encode(), overwrite=True)
    head = {"model": model, "settings": said, "count": count, "key": given.key}
    print(json.dumps(head | asdict(measured)) if given.json else survival_table(head, measured))


def prompts(count: int) -> list[str]:
    """The evaluation's prompts, one of each category in turn."""
    each = -(-count // len(CATEGORIES))
    lists = [cases(category, each) for category in CATEGORIES]
    return [group[i].prompt for i in range(each) for group in lists][:count]


def survival_table(head: dict[str, object], measured: Measured) -> str:
    """Markdown for people."""
    lines = [
        f"{head['model']}; {head['settings']}; {head['count']} marked and as many unmarked pictures of each kind.",
        "Thresholds at 1 % false alarms: "
        + ", ".join(f"{method} {score:.2f}" for method, score in measured.thresholds.items()),
        "",
        "| mark | attack | found | false alarms | median score | key bits read |",
        "|---|---|---|---|---|---|",
    ]
    for row in measured.rows:
        read = "" if row.bits_read is None else f"{row.bits_read:.0%}"
        lines.append(
            f"| {row.method} | {row.attack} | {as_text(row.detected)} | {as_text(row.false_alarms)} "
            f"| {row.median:.1f} | {read} |"
        )
    spread = ", ".join(f"{name} {value:.1f}" for name, value in measured.spread.items())
    return "\n".join([*lines, "", f"Mean difference of pictures of one prompt, of 255: {spread}."])


def settings_table(model: str, outcomes: list[Outcome]) -> str:
    """Markdown for people."""
    lines = [
        f"{model}; ring, p < 1 %.",
        "",
        "| from time | steps | corrections | sampled | attack | correlation (least) | found | median score |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in outcomes:
        way = each.way
        lines.append(
            f"| {way.begin:g} | {way.steps} | {way.corrections} | {'clipped' if way.clip else 'unclipped'} "
            f"| {each.attack} | {each.correlation:.2f} ({each.least:.2f}) | {as_text(each.detected)} "
            f"| {each.median:.1f} |"
        )
    return "\n".join(lines)


def as_text(part: Share) -> str:
    """A share with its interval."""
    return f"{part.value:.1%} [{part.low:.1%}, {part.high:.1%}]"


if __name__ == "__main__":
    main()
