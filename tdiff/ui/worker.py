"""Computes in a thread what is asked for, so that keys are answered meanwhile; the newest wish wins."""

import threading
from collections.abc import Callable, Generator, Hashable, Iterator

from textual.screen import Screen
from textual.worker import get_current_worker

from tdiff.errors import TdiffError
from tdiff.ui.events import Failure, Fulfilment, Progress


class Worker:
    """One thing at a time for one screen, which gets the messages and cancels the work when it goes.

    Args:
        screen: which.
        group: what the work is called; what is in another group goes on beside it.
    """

    def __init__(self, screen: Screen[None], group: str) -> None:
        self._screen, self._group = screen, group
        self._turn = threading.Lock()  # a thread that was cancelled finishes its slice before the next one begins

    def go(self, source: object, wish: Hashable, states: Callable[[], Iterator[object]]) -> None:
        """Run through some states and post each; what ran before is given up.

        Args:
            source: who wishes.
            wish: what for.
            states: begins; called in the thread.
        """
        self._screen.run_worker(
            lambda: self._work(source, wish, states), name=self._group, group=self._group, exclusive=True, thread=True
        )

    def stop(self) -> None:
        """Stop before the next state."""
        self._screen.workers.cancel_group(self._screen, self._group)

    def _work(self, source: object, wish: Hashable, states: Callable[[], Iterator[object]]) -> None:
        worker = get_current_worker()
        with self._turn:
            if worker.is_cancelled:
                return
            try:
                self._run(source, wish, states)
            except TdiffError as error:
                self._screen.post_message(Failure(str(error)))
        if not worker.is_cancelled:
            self._screen.post_message(Fulfilment(source, wish))

    def _run(self, source: object, wish: Hashable, states: Callable[[], Iterator[object]]) -> None:
        worker, coming = get_current_worker(), states()
        try:
            for state in coming:
                if worker.is_cancelled:
                    return
                self._screen.post_message(Progress(source, wish, state))
        finally:
            if isinstance(coming, Generator):
                coming.close()
