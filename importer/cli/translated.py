"""click's commands and options with help texts that are translated when they are shown."""

from __future__ import annotations

from typing import Any

import click

from importer.base.texts import _


class _Said:
    """A text attribute that keeps the English and gives the current language's."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None:
            return self
        return _translated(instance.__dict__.get(self.name))

    def __set__(self, instance: object, value: object) -> None:
        instance.__dict__[self.name] = value


def _translated(words: object) -> object:
    """`words` in the current language, its example (after `\\b`) as it is."""
    if not isinstance(words, str):
        return words
    told, mark, example = words.partition("\n\n\b\n")
    sentence = " ".join(told.split())
    return _(sentence) + mark + example


class Command(click.Command):
    """A command whose help speaks the current language."""

    help = _Said()
    short_help = _Said()
    epilog = _Said()


class Group(click.Group):
    """A group of commands whose help speaks the current language."""

    command_class = Command
    help = _Said()
    short_help = _Said()
    epilog = _Said()


class Option(click.Option):
    """An option whose help speaks the current language."""

    help = _Said()
    show_default = _Said()
