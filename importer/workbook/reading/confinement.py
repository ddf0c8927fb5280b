"""Take from this process every right but to compute, and limit its time and memory.

What the parser of a hostile file could do is what the system still lets the process do. Everything
that it needs must have been imported and opened before. docs/security.md describes each system.
"""

from __future__ import annotations

import ctypes
import math
import os
import platform
import struct
import sys
from contextlib import suppress

from importer.config.limits import MB, Limits

_NO_DUMP, _NO_NEW_PRIVILEGES, _SECCOMP = 4, 38, 22  # prctl(2)
_FILTER = 2
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_RIGHTS = {1: (13, 0, 0), 2: (14, 0, 0), 3: (15, 0, 0), 4: (15, 2, 0), 5: (16, 2, 0),
                    6: (16, 2, 2)}  # fmt: skip
"""How many rights over files, the network and other processes each version of Landlock handles."""
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""The column of its system calls below, and its number for audits."""
_HARMLESS_CALLS = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "lseek": (8, 62), "mmap": (9, 222),
    "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "writev": (20, 66),
    "sched_yield": (24, 124), "mremap": (25, 216), "madvise": (28, 233), "getpid": (39, 172),
    "exit": (60, 93), "getrusage": (98, 165), "sigaltstack": (131, 132), "gettid": (186, 178),
    "futex": (202, 98), "clock_gettime": (228, 113), "clock_nanosleep": (230, 115),
    "exit_group": (231, 94), "getrandom": (318, 278), "rseq": (334, 293),
}  # fmt: skip
_LIMIT_CALL, _SIGNAL_CALL = (302, 261), (234, 131)
"""prlimit64 and tgkill. They take a process first: 0 for the calling one, or its number."""
_DROP_CALL = (126, 91)
"""capset."""
_CAPABILITY_VERSION = 0x20080522
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06  # BPF
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # EPERM

_LARGE = 90 * MB
"""Inflated bytes of a file that may take all of the time and memory: some 300,000 rows."""

_limits = Limits()


def confine(limits: Limits) -> None:
    """Give up all rights that the system takes back; nothing on Windows, where the program that
    started this process limits it. `allow` says how much of the limits a file may use."""
    global _limits
    _limits = limits
    if sys.platform == "win32":
        return
    import resource

    libc = ctypes.CDLL(None)
    if sys.platform == "linux":
        libc.prctl(_NO_DUMP, 0, 0, 0, 0)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _deny_files_and_network(libc)
    for kind, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_AS, limits.memory_mb * MB),
        (resource.RLIMIT_CPU, limits.seconds + 1),  # the allowed second before asks it to end
    ):
        with suppress(ValueError, OSError):  # macOS does not limit memory; or it is lower already
            resource.setrlimit(kind, (most, most))
    if sys.platform == "linux":
        _deny_other_calls(libc)


def allow(size: int) -> None:
    """Allow as much time and memory as a file of so many bytes, inflated, may take.

    A small file gets a twentieth of the time, and a third of the memory.
    """
    if sys.platform == "win32":
        return
    import resource

    share = size / _LARGE
    for kind, part, most in (
        (resource.RLIMIT_AS, min(1, 1 / 3 + share), _limits.memory_mb * MB),
        (resource.RLIMIT_CPU, min(1, 1 / 20 + share), _limits.seconds),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (math.ceil(part * most), resource.getrlimit(kind)[1]))


def _deny_files_and_network(libc: ctypes.CDLL) -> None:
    """Forbid every path, every port and signals to other processes, if the kernel has Landlock."""
    version = min(libc.syscall(_LANDLOCK_CREATE, None, 0, 1), max(_LANDLOCK_RIGHTS))
    if version > 0:
        rights = struct.pack("QQQ", *(2**count - 1 for count in _LANDLOCK_RIGHTS[version]))
        size = 8 if version < 4 else 16 if version < 6 else 24
        rules = libc.syscall(_LANDLOCK_CREATE, rights, size, 0)
        if rules >= 0:
            libc.syscall(_LANDLOCK_RESTRICT, rules, 0)
            os.close(rules)


def _deny_other_calls(libc: ctypes.CDLL) -> None:
    """Drop root's capabilities, and allow only the system calls of computing, reading what is
    open, and ending."""
    if platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        return
    column, machine = _MACHINES[platform.machine()]
    libc.syscall(_DROP_CALL[column], struct.pack("Ii", _CAPABILITY_VERSION, 0), bytes(24))
    steps = [(_LOAD, 0, 0, 4), (_EQUALS, 1, 0, machine), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, 0)]
    for numbers in _HARMLESS_CALLS.values():
        steps += [(_EQUALS, 0, 1, numbers[column]), (_RETURN, 0, 0, _ALLOW)]
    for numbers, process in ((_LIMIT_CALL, 0), (_SIGNAL_CALL, os.getpid())):
        steps += [(_EQUALS, 0, 4, numbers[column]), (_LOAD, 0, 0, 16), (_EQUALS, 0, 1, process),
                  (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]  # fmt: skip
    steps.append((_RETURN, 0, 0, _REFUSE))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code))
    libc.prctl(_SECCOMP, _FILTER, program, 0, 0)
