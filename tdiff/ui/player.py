"""Takes the steps of a trace in a thread, so that keys are answered meanwhile; the newest wish wins."""

import threading
import time

from textual.screen import Screen
from textual.worker import get_current_worker

from tdiff.diffusion import Trace
from tdiff.errors import TdiffError
from tdiff.ui.messages import RunStopped, StepTaken, WorkFailed


class Player:
    """Plays traces for one screen.

    Args:
        screen: gets the messages, and cancels the work when it goes.
    """

    def __init__(self, screen: Screen[object]) -> None:
        self._screen = screen
        self._turn = threading.Lock()  # one thread steps at a time; a cancelled one finishes its step first

    def go(self, trace: Trace, target: int, every: bool = True) -> None:
        """Take steps until the trace has `target` of them.

        Args:
            trace: what to play; its steps are appended.
            target: how many steps it shall have.
            every: announce each step, not only the last.
        """
        self._screen.run_worker(
            lambda: self._play(trace, target, every), name="play", group="play", exclusive=True, thread=True
        )

    def stop(self) -> None:
        """Stop after the step that is being taken."""
        self._screen.workers.cancel_group(self._screen, "play")

    def _play(self, trace: Trace, target: int, every: bool) -> None:
        worker = get_current_worker()
        with self._turn:
            steps = trace.play()
            try:
                while not worker.is_cancelled and len(trace) < target:
                    began = time.perf_counter()
                    if next(steps, None) is None:
                        break
                    taken = (time.perf_counter() - began) * 1000
                    if every or len(trace) >= target or trace.finished:
                        self._screen.post_message(StepTaken(trace, taken))
            except TdiffError as error:
                self._screen.post_message(WorkFailed(str(error)))
            finally:
                steps.close()
        if not worker.is_cancelled:
            self._screen.post_message(RunStopped(trace))
