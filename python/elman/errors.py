"""Exceptions of elman. Each has a message and, where there is one, the place and the next step."""

from __future__ import annotations

from elman.wording import in_python, next_step


class ElmanError(Exception):
    """Base class of the exceptions of elman.

    Attributes
    ----------
    help : str or None
        The next step.
    place : str or None
        The file, line and cell.
    """

    #: The next step after an error of which no other is known.
    _next_step: str | None = None

    def __init__(self, message: str, help: str | None = None, place: str | None = None) -> None:  # noqa: A002
        message = in_python(message)
        help = in_python(help) if help else next_step(message) or self._next_step  # noqa: A001
        text = message
        if place:
            text += f"\n  --> {place}"
        if help:
            text += f"\n  help: {help}"
        super().__init__(text)
        self.message = message
        self.help = help
        self.place = place

    def __reduce__(self) -> tuple[type[ElmanError], tuple[str, str | None, str | None]]:
        return type(self), (self.message, self.help, self.place)


class OptionError(ElmanError, ValueError):
    """An argument has a value, or a name, that is not possible."""


class DataError(ElmanError, ValueError):
    """The data are damaged, or do not fit."""


class FileError(ElmanError, OSError):
    """A file cannot be read or written."""

    _next_step = "check the path, and whether the file may be read and written"

    def __init__(self, message: str, help: str | None = None, place: str | None = None) -> None:  # noqa: A002
        # The system names the temporary file, which takes the name of the file at the end.
        super().__init__(message.partition(" at path ")[0], help, place)


class DivergedError(ElmanError, ArithmeticError):
    """The loss of a training, or a forecast, is not finite."""


class CancelledError(ElmanError):
    """A callback cancelled the run."""


class NotFittedError(ElmanError, ValueError, AttributeError):
    """A forecaster is used before ``fit``."""


class DefectError(ElmanError, RuntimeError):
    """A defect of elman."""
