"""click commands and options whose help is translated when it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from importer.base.paths import unusable_path
from importer.base.texts import N_, _, text

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


class _Checked(click.Parameter):
    """A parameter whose value is neither empty nor a path that no file can have."""

    def type_cast_value(self, context: click.Context, value: Any) -> Any:
        """The value; raise BadParameter if it is unusable whatever it is for."""
        for word in value if isinstance(value, list | tuple) else [value]:
            if isinstance(word, str) and (reason := self._reason(word)) is not None:
                raise click.BadParameter(str(reason), context, self)
        return super().type_cast_value(context, value)

    def _reason(self, word: str) -> object | None:
        is_path = isinstance(self.type, click.Path)
        is_stated = is_path or isinstance(self, click.Option)
        if is_stated and not word.strip() and not isinstance(self.type, TextOrNothing):
            return text(N_("it must not be empty"))
        if is_path or "\0" in word:
            return unusable_path(word)
        return None


class TextOrNothing(click.types.StringParamType):
    """Text that may be empty."""


class Argument(_Checked, click.Argument):
    """A checked argument."""


class Option(_Checked, click.Option):
    """A checked option with translated help."""

    help = _TranslatedText()
    show_default = _TranslatedText()


def argument(name: str, **settings: Any) -> Callable[[_Function], _Function]:
    """Add an argument to a command."""
    return click.argument(name, cls=Argument, **settings)


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
