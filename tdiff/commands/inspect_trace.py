"""`tdiff inspect run.tdiff`: what a trace holds."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tdiff.commands.console import put, put_lines, say
from tdiff.commands.json_lines import put_json
from tdiff.errors import TdiffError
from tdiff.prompt.command import command_of
from tdiff.recipe.json import from_json
from tdiff.text import with_minus
from tdiff.traces.document import Asked, Line
from tdiff.traces.reader import TraceFile, open_trace

_ROWS = 24  # of the table of steps; more are thinned out


def inspect_trace(path: Path, as_json: bool) -> None:
    """Print what was recorded: the run as it was asked for, and each step's numbers."""
    trace = open_trace(path)
    if as_json:
        put_json("tdiff.inspect-trace/1", _content(trace))
        return
    head = trace.head
    height, width = head.preview_size
    pictures = "1 picture" if len(head.pictures) == 1 else f"{len(head.pictures)} pictures"
    put(f"{path}: trace of {len(trace)} of {head.steps} steps, {pictures}, {_megabytes(trace.bytes)}")
    put(f"previews   {width}×{height}, {_PREVIEWS[head.preview]}")
    put(f"tensors    {_tensors(trace)}")
    put(f"model      {head.model or 'not stated'} {head.model_hash}".rstrip())
    put(f"scheduler  {head.scheduler or 'not stated'}, {_PREDICTIONS[head.prediction]}")
    put(f"guidance   {'not stated' if head.guidance is None else f'{head.guidance:g}'}")
    put(f"tools      {', '.join(f'{name} {version}' for name, version in head.versions.items()) or 'not stated'}")
    for place, asked in enumerate(head.pictures, 1):
        _put_asked(asked, "" if len(head.pictures) == 1 else f"picture {place} ")
    _put_recipe(trace)
    if trace.lines:
        put_lines(_table(trace.lines))
    if trace.note:
        say(trace.note)
    broken = next((line.index for line in trace.lines if not line.finite), None)
    if broken is not None:
        say(
            f"step {broken + 1} holds numbers that are not finite: run the model in float32 or bfloat16, or lower the "
            "guidance"
        )


_PREVIEWS = {
    "pixels": "the pixels themselves",
    "linear": "latents through a linear map that was fitted to the decoder",
    "channels": "the first three channels, for want of a decoder",
    "decoded": "decoded",
}
_PREDICTIONS = {
    "epsilon": "the network predicts the noise ε",
    "v_prediction": "the network predicts v",
    "sample": "the network predicts the clean picture",
    "flow": "the network predicts a flow",
    "other": "it is not stated what the network predicts",
}


def _put_asked(asked: Asked, label: str) -> None:
    put(f"{label}prompt     {'not stated' if asked.prompt is None else asked.prompt}")
    if asked.negative:
        put(f"{label}negative   {asked.negative}")
    put(f"{label}seed       {'not known' if asked.seed is None else asked.seed}")


def _put_recipe(trace: TraceFile) -> None:
    """The command of a run of tdiff's own samplers, where its recipe is whole and says what made it."""
    if trace.head.recipe is None or "prompt" not in trace.head.recipe:
        return
    try:
        recipe = from_json(json.dumps(trace.head.recipe)).recipe
    except TdiffError as error:
        say(f"the recipe in it is not understood: {error}")
        return
    if trace.head.preview == "pixels" or recipe.engine is not None:
        put(f"$ {command_of(recipe)}")


def _tensors(trace: TraceFile) -> str:
    if trace.head.tensor_shape is None:
        return "not kept: the guidance cannot be moved afterwards"
    height, width, channels = trace.head.tensor_shape
    both = bool(trace.lines) and all(line.apart is not None for line in trace.lines)
    kept = "both predictions" if both else "one prediction, or one alone in some steps"
    return f"{width}×{height}, {channels} channels, float16: {kept}"


def _table(lines: Sequence[Line]) -> str:
    """Numbers of the steps, a mean over pictures each."""
    every = -(-len(lines) // _ROWS)
    shown = [line for line in lines if line.index % every == 0 or line is lines[-1]]
    rows = [("step", "t", "noise level", "size of ε̂", "change", "predictions apart", "seconds")]
    for line in shown:
        t = f"{line.t:.0f}" if abs(line.t) > 1 else f"{line.t:.3f}"
        numbers = (_mean(line.eps_rms), _mean(line.change), _mean(line.apart))
        rows.append((f"{line.index + 1}", t, f"{line.sigma:.1%}", *numbers, f"{line.seconds:.2f}"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    drawn = ("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return with_minus("\n".join(drawn))


def _mean(row: Sequence[float] | None) -> str:
    if not row:
        return "·"
    mean = sum(row) / len(row)
    return f"{mean:.3f}" if math.isfinite(mean) else "not finite"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"


def _content(trace: TraceFile) -> dict[str, object]:
    head = asdict(trace.head)
    lines = [asdict(line) for line in trace.lines]
    for line in lines:
        for name in ("eps_rms", "change", "apart"):
            row = line[name]
            line[name] = None if row is None else [value if math.isfinite(value) else None for value in row]
    return {
        "file": str(trace.path),
        "format": "trace",
        "bytes": trace.bytes,
        "finished": trace.finished,
        "note": trace.note,
        **head,
        "lines": lines,
    }
