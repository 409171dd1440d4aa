"""What can go wrong with a lesson."""

from tdiff.errors import TdiffError


class LessonError(TdiffError):
    """A lesson's file is missing, or says something that no lesson can be made of."""

    kind = "lesson"
