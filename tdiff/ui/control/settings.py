"""Keys and controls that change a recipe: the view's, or the run's where the view gives way to it."""

from functools import partial
from typing import TYPE_CHECKING, Final

from tdiff.ui.control.port import Command
from tdiff.views.dial import dial_of
from tdiff.views.settings import with_steps
from tdiff.views.view import CONTROLS, Way

if TYPE_CHECKING:
    from tdiff.ui.control.controller import Controller

_SLIDER: Final = "← → move w by 0.5, shift by 0.1; esc gives the keys back"
_CYCLES: Final = ("sampler", "more", "fewer", "eta", "form")


class Settings:
    """Changes settings of whatever view has the canvases.

    Args:
        controller: knows which.
    """

    def __init__(self, controller: "Controller") -> None:
        self._controller = controller
        self.commands: dict[str, Command] = {
            "guidance": self._slide,
            "seed": self.reseed,
            **{which: partial(self._cycle, which) for which in _CYCLES},
            "undo": self._undo,
            "drop_switches": self._drop_switches,
        }

    def change(self, **changes: object) -> bool:
        """Change the recipe of the view; returns whether that was allowed."""
        fixed = next((name for name in changes if name in CONTROLS and name not in self._controller.view.takes), None)
        if fixed is not None:
            self._controller.say(self._controller.view.fixed(fixed))
            self._controller.port.draw()
            return False
        for name in changes:
            self._controller.give_way(name)
        view, recipe = self._controller.view, self._controller.view.recipe
        return recipe is not None and self._controller.do(lambda: view.change(recipe.replace(**changes)))

    def set_sampler(self, name: str) -> None:
        recipe = (self._controller.view.recipe or self._controller.run.recipe).with_sampler(name)
        self.change(sampler=recipe.sampler, eta=recipe.eta)

    def set_steps(self, steps: int) -> None:
        """Take this many steps."""
        recipe = with_steps(self._controller.view.recipe or self._controller.run.recipe, steps)
        self.change(steps=recipe.steps, switches=recipe.switches)

    def reseed(self) -> None:
        self._controller.do(self._controller.view.reseed)
        self._look_again()

    def _cycle(self, which: str) -> None:
        self._controller.do(
            partial(self._controller.view.cycle, which), soon=which == "form"
        )  # what is said is read first
        self._look_again()

    def _look_again(self) -> None:
        """Show what a setting did; what is paused stays paused."""
        view = self._controller.view
        if view.engine is not None and not view.at_work and view.wish() is None:
            self._controller.computing.look()
            self._controller.attend()

    def _drop_switches(self) -> None:
        if self.change(switches=()) and not self._controller.port.said:
            self._controller.say("nothing is switched on the way now; u brings it back")

    def guide(self, value: float) -> None:
        """The slider was moved; of a checkpoint, whose steps are slow, one is shown with it before all are run."""
        if self._controller.port.said != _SLIDER:
            self._controller.say("")
        run = self._controller.run
        slow = run.session.choice.runs_checkpoint and self._controller.view is run
        dial = dial_of(run, run.recipe.replace(guidance=value)) if slow else None
        if dial is None:
            self.change(guidance=value)
        else:
            self._controller.port.bring(0)
            self._controller.show(dial)

    def _slide(self) -> None:
        self._controller.say(_SLIDER)
        self._controller.port.slide()

    def _undo(self) -> None:
        """As it was before the last change; what is on show is closed first."""
        if self._controller.view.way("undo") is Way.CLOSE:
            self._controller.back()
            self._controller.say("back on the bench; u undoes its last change")
        else:
            self._controller.do(self._controller.view.undo)
