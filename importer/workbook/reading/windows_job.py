"""Limit the memory and time of a process on Windows, and forbid it others, with a job object."""

from __future__ import annotations

import ctypes
import subprocess
import sys

from importer.config.limits import MB, Limits

_PROCESS_TIME, _ACTIVE_PROCESSES, _PROCESS_MEMORY = 0x2, 0x8, 0x100
_DIE_ON_FAULT, _END_WITH_JOB = 0x400, 0x2000
_EXTENDED_LIMITS = 9
_SECOND = 10_000_000  # in units of 100 ns


class _BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("process_time", ctypes.c_int64), ("job_time", ctypes.c_int64), ("flags", ctypes.c_uint32),
        ("least_memory", ctypes.c_size_t), ("most_memory", ctypes.c_size_t),
        ("processes", ctypes.c_uint32), ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32), ("scheduling", ctypes.c_uint32),
    )  # fmt: skip


class _ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("basic", _BasicLimits), ("operations", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t), ("job_memory", ctypes.c_size_t),
        ("peaks", ctypes.c_size_t * 2),
    )  # fmt: skip


def limit_process(process: subprocess.Popen[bytes], limits: Limits) -> None:
    """Limit a process that has not seen a file yet; on other systems it does so itself.

    Raises OSError if it runs without limits.
    """
    if sys.platform != "win32":
        return
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    job = subprocess.Handle(kernel.CreateJobObjectW(None, None) or 0)
    extended = _ExtendedLimits(process_memory=limits.memory_mb * MB)
    extended.basic = _BasicLimits(
        process_time=limits.seconds * _SECOND,
        processes=1,
        flags=_PROCESS_TIME | _ACTIVE_PROCESSES | _PROCESS_MEMORY | _DIE_ON_FAULT | _END_WITH_JOB,
    )
    handle = ctypes.c_void_p(job)
    is_limited = kernel.SetInformationJobObject(
        handle, _EXTENDED_LIMITS, ctypes.byref(extended), ctypes.sizeof(extended)
    ) and kernel.AssignProcessToJobObject(handle, ctypes.c_void_p(int(process._handle)))
    if not is_limited and process.poll() is None:
        raise ctypes.WinError(ctypes.get_last_error())
    process.job = job  # closed with `process`; the job, and the process, end with its last handle
