"""All that the parts of the explorer tell each other. Names are nouns, and none is that of an event of Textual's."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tdiff.arrays import U8
from tdiff.prompt.understand import TextRole

if TYPE_CHECKING:
    from tdiff.ui.widgets.thumbnail import Thumbnail

# From threads


@dataclass(eq=False)
class Progress(Message):
    """A thread has come this far with what its source wishes for; newer states replace older ones that wait."""

    source: object
    wish: Hashable
    state: object

    def can_replace(self, message: Message) -> bool:
        """Only the newest state is worth drawing."""
        return isinstance(message, Progress) and message.source is self.source and message.wish == self.wish


@dataclass(eq=False)
class Fulfilment(Message):
    """A thread is through with a wish, or could not go on with it."""

    source: object
    wish: Hashable


@dataclass(eq=False)
class Failure(Message):
    """A thread could not do its work."""

    reason: str


@dataclass(eq=False)
class CellPictures(Message):
    """Some pictures of a grid are there, from cell number `first` on."""

    first: int
    pictures: U8


# From the controls


@dataclass(eq=False)
class PlaceChoice(Message):
    """The pointer asks for a place of the scrubber."""

    place: int


@dataclass(eq=False)
class GuidanceChange(Message):
    """The slider was moved to w."""

    value: float

    def can_replace(self, message: Message) -> bool:
        """Only the newest place of the knob counts."""
        return isinstance(message, GuidanceChange)


@dataclass(eq=False)
class _TextMessage(Message):
    """About the text of a prompt or negative that is typed."""

    role: TextRole
    text: str


class TextEdit(_TextMessage):
    """It changed."""

    def can_replace(self, message: Message) -> bool:
        """Only the newest text counts."""
        return isinstance(message, TextEdit) and message.role == self.role


class TextRest(_TextMessage):
    """The keys have paused over it."""


@dataclass(eq=False)
class TextEntry(_TextMessage):
    """Enter was pressed; `again` if it was just pressed with the same text."""

    again: bool


@dataclass(eq=False)
class TextExit(Message):
    """Prompt or negative is written no more, and was not taken."""

    role: TextRole


@dataclass(eq=False)
class TextCut(Message):
    """A paste did not fit; `text` says so."""

    text: str


@dataclass(eq=False)
class LongPaste(Message):
    """A paste of so many characters did not fit into a line that holds fewer."""

    length: int
    limit: int

    def __str__(self) -> str:
        """As a sentence."""
        return f"{self.length:,} characters were pasted; a text holds {self.limit:,}, so the rest is cut off"


@dataclass(eq=False)
class LessonChoice(Message):
    """A lesson was clicked."""

    number: int


# From what is shown


class CanvasTurn(Message):
    """Another of the figures came to the front, by mouse."""


class FrontChange(Message):
    """What is in front has another name or command than before, or holds other pictures."""


@dataclass(eq=False)
class GuideRoom(Message):
    """The guide has other room now: columns and rows of text."""

    columns: int
    rows: int


@dataclass(eq=False)
class ThumbnailClick(Message):
    """A thumbnail was clicked."""

    thumbnail: "Thumbnail"


# From the terminal


class Obeyed(Message):
    """Follows a key through the same queues, so that it comes up to the app behind it."""


class Receipt(Message):
    """The terminal has shown something; there may be room for more."""
