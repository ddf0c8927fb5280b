"""click commands and options whose help is translated when it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from importer.base.texts import _

_EXAMPLES = "\n\n\b\n"
_Function = TypeVar("_Function", bound=Callable[..., Any])


class _TranslatedText:
    """An attribute that keeps English text and returns it in the current language."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None:
            return self
        english = instance.__dict__.get(self.name)
        if not isinstance(english, str):
            return english
        sentence, separator, examples = english.partition(_EXAMPLES)
        message = " ".join(sentence.split())
        return _(message) + separator + examples

    def __set__(self, instance: object, value: object) -> None:
        instance.__dict__[self.name] = value


class Command(click.Command):
    """A command with translated help."""

    help = _TranslatedText()


class Group(click.Group):
    """A group of commands with translated help."""

    help = _TranslatedText()


class Option(click.Option):
    """An option with translated help."""

    help = _TranslatedText()
    show_default = _TranslatedText()


def option(*names: str, **settings: Any) -> Callable[[_Function], _Function]:
    """Add an option with translated help to a command."""
    return click.option(*names, cls=Option, **settings)


def flag(*names: str, **settings: Any) -> Callable[[_Function], _Function]:
    """Add an option without a value."""
    return option(*names, is_flag=True, **settings)


def command(
    sentence: str, *examples: str, group: click.Group | None = None
) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a command with that help (see `with_examples`), perhaps of a group."""
    make = click.command if group is None else group.command
    return make(cls=Command, help=with_examples(sentence, *examples))


def with_examples(sentence: str, *examples: str) -> str:
    """The help of a command: a sentence and what to type after the program's name."""
    return sentence + _EXAMPLES + "\n".join(f"  avira-importer {example}" for example in examples)
