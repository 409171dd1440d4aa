"""What the explorer's threads say to its screens."""

from dataclasses import dataclass

from textual.message import Message

from tdiff.diffusion import Trace


@dataclass
class StepTaken(Message):
    """A step was appended to a trace; newer ones replace older ones that wait."""

    trace: Trace
    milliseconds: float

    def can_replace(self, message: Message) -> bool:
        """Only the newest state of the same trace is worth drawing."""
        return isinstance(message, StepTaken) and message.trace is self.trace


@dataclass
class RunStopped(Message):
    """A run came to where it was asked to go, or was cancelled."""

    trace: Trace


@dataclass
class WorkFailed(Message):
    """A thread could not do its work."""

    reason: str
