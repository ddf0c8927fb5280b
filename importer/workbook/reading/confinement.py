"""Take from this process every right but to compute, and limit its time and memory.

What the parser of a hostile file could do is what the system still lets the process do. Everything
that it needs must have been imported and opened before. docs/security.md describes each system.
"""

from __future__ import annotations

import ctypes
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
_SYSCALLS = {
    "x86_64": (0xC000003E, (
        0, 1, 3, 8, 9, 10, 11, 12, 13, 14, 15, 20, 24, 25, 28, 39, 60, 98, 131, 186, 202, 228, 230,
        231, 318, 334), 302, 234),
    "aarch64": (0xC00000B7, (
        63, 64, 57, 62, 222, 226, 215, 214, 134, 135, 139, 66, 124, 216, 233, 172, 93, 165, 132,
        178, 98, 113, 115, 94, 278, 293), 261, 131),
}  # fmt: skip
"""By machine: its audit number; read, write, close, lseek, mmap, mprotect, munmap, brk,
rt_sigaction, rt_sigprocmask, rt_sigreturn, writev, sched_yield, mremap, madvise, getpid, exit,
getrusage, sigaltstack, gettid, futex, clock_gettime, clock_nanosleep, exit_group, getrandom, rseq;
prlimit64, which must be about this process; tgkill, which must end it."""
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06  # BPF
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # EPERM

_LEAST = 10
"""A file of no size may take this part of the time that a file may take, and a third of the
memory."""
_ROW_MB = 1_000
"""Inflated megabytes of the largest file that the limits are for: some million rows."""

_limits = Limits()


def confine(limits: Limits) -> None:
    """Give up all rights that the system takes back; nothing on Windows, where the program that
    started this process limits it."""
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
    allow(0)
    if sys.platform == "linux":
        _deny_other_calls(libc)


def allow(size: int) -> None:
    """Allow as much time and memory as a file of so many bytes, inflated, may take."""
    if sys.platform == "win32":
        return
    import resource

    part = size / (_ROW_MB * MB)
    memory = int(min(1, 1 / 3 + 12 * part) * _limits.memory_mb * MB)
    seconds = int(min(1, 1 / _LEAST + 5 * part) * _limits.seconds) or 1
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


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
    """Allow only the system calls of computing, reading what is open, and ending."""
    if platform.machine() not in _SYSCALLS or sys.maxsize < 2**32:
        return
    machine, harmless, limit, end = _SYSCALLS[platform.machine()]
    steps = [(_LOAD, 0, 0, 4), (_EQUALS, 1, 0, machine), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, 0)]
    for call in harmless:
        steps += [(_EQUALS, 0, 1, call), (_RETURN, 0, 0, _ALLOW)]
    for call, process in ((limit, 0), (end, os.getpid())):
        steps += [(_EQUALS, 0, 4, call), (_LOAD, 0, 0, 16), (_EQUALS, 0, 1, process),
                  (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]  # fmt: skip
    steps.append((_RETURN, 0, 0, _REFUSE))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code))
    libc.prctl(_SECCOMP, _FILTER, program, 0, 0)
