"""Steering a running training: threads, learning rate and stop, through a small file that it re-reads."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Control:
    """What may change while training runs.

    Attributes:
        threads: torch threads; two when the machine is idle, one beside other work.
        lr_scale: multiplies the learning rate; ramped towards, never jumped to.
        ramp_steps: steps that a fall from 1 to 0 takes.
        stop: save a checkpoint and end.
    """

    threads: int = 1
    lr_scale: float = 1.0
    ramp_steps: int = 2000
    stop: bool = False


def read_control(state_dir: Path, current: Control) -> Control:
    """Return what `control.json` in the state folder asks for; unreadable or absent keeps the current."""
    path = state_dir / "control.json"
    try:
        asked = json.loads(path.read_text("utf-8"))
        return Control(
            threads=max(1, int(asked.get("threads", current.threads))),
            lr_scale=float(asked.get("lr_scale", current.lr_scale)),
            ramp_steps=max(1, int(asked.get("ramp_steps", current.ramp_steps))),
            stop=bool(asked.get("stop", False)),
        )
    except FileNotFoundError:
        return current
    except (ValueError, AttributeError, TypeError) as error:
        print(f"{path} is not understood ({error}); nothing was changed")
        return current
