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
    """Limit a process that has not seen a file yet; on other systems it does so itself."""
    if sys.platform != "win32":
        return
    kernel = ctypes.WinDLL("kernel32")
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    extended = _ExtendedLimits(process_memory=limits.memory_mb * MB)
    extended.basic = _BasicLimits(
        process_time=limits.seconds * _SECOND,
        processes=1,
        flags=_PROCESS_TIME | _ACTIVE_PROCESSES | _PROCESS_MEMORY | _DIE_ON_FAULT | _END_WITH_JOB,
    )
    kernel.SetInformationJobObject(
        job, _EXTENDED_LIMITS, ctypes.byref(extended), ctypes.sizeof(extended)
    )
    handle = ctypes.c_void_p(int(process._handle))
    kernel.AssignProcessToJobObject(job, handle)
    process.job = job  # the job, and the process, end with its last handle
