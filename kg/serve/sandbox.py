"""What the kernel forbids a worker: to open a socket, to start a program; and more memory than is due.

This stands behind the refusal of ``SERVICE`` by the query's algebra: were a query to get through,
the engine could still reach no one.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import sys
from pathlib import Path
from typing import NamedTuple


class _Machine(NamedTuple):
    arch: int
    """AUDIT_ARCH of the kernel's headers."""
    seccomp: int
    """Number of the call that installs a filter."""
    forbidden: tuple[int, ...]
    """Numbers of socket, socketpair, connect, bind, listen, execve, execveat, ptrace, io_uring."""


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 317, (41, 53, 42, 49, 50, 59, 322, 101, 425)),
    "aarch64": _Machine(0xC00000B7, 277, (198, 199, 203, 200, 201, 221, 281, 117, 425)),
}
_X32 = 0x40000000  # numbers from here on are the same calls under another name
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NO_NEW_PRIVILEGES, _SET_FILTER, _SPEC_ALLOW = 38, 1, 4


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("jt", ctypes.c_ubyte),
        ("jf", ctypes.c_ubyte),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.POINTER(_Step)))


def forbid_network() -> bool:
    """Forbid this process sockets and programs for good; False where the kernel cannot."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    refuse = _ERRNO | errno.EPERM
    # Jumps count the steps that are skipped: each leads to the refusal at the end.
    checks = len(machine.forbidden) + 1
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, machine.arch),
        (_RETURN, 0, 0, refuse),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, checks, 0, _X32),
        *((_EQUAL, checks - 1 - number, 0, call) for number, call in enumerate(machine.forbidden)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, refuse),
    ]
    array = (_Step * len(steps))(*(_Step(*step) for step in steps))
    program = _Program(len(steps), ctypes.cast(array, ctypes.POINTER(_Step)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    address = ctypes.cast(ctypes.pointer(program), ctypes.c_void_p).value or 0
    # Without the flag, older kernels also slow the processor down (speculative stores).
    libc.syscall.argtypes = [ctypes.c_long, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p]
    return bool(libc.syscall(machine.seccomp, _SET_FILTER, _SPEC_ALLOW, address) == 0)


def limit_memory(more: int) -> None:
    """Let this process take at most ``more`` bytes of address space beyond what it has."""
    held = address_space(os.getpid())
    if held is not None:
        limit = held + more
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def address_space(pid: int) -> int | None:
    """Return the bytes of address space of a process, None where the system does not tell."""
    return _statm(pid, 0)


def resident(pid: int) -> int | None:
    """Return the bytes of memory that a process really has, None where the system does not tell."""
    return _statm(pid, 1)


def _statm(pid: int, field: int) -> int | None:
    try:
        pages = Path(f"/proc/{pid}/statm").read_bytes().split()[field]
    except (OSError, IndexError):
        return None
    return int(pages) * resource.getpagesize()
