"""Files by path or by URL: read, written whole or not at all, found.

A path is handled here; a URL (``s3://…``, ``memory://…``) by fsspec, which the extra ``ray`` brings.
Names that end in ``.zst`` are compressed with Zstandard, in ``.gz`` with gzip.
"""

from __future__ import annotations

import gzip
import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from kg.errors import InputError, StoreError


def is_url(place: str) -> bool:
    """Whether this is a URL and no path.

    >>> is_url("s3://bucket/a.txt"), is_url("notices/a.txt")
    (True, False)
    """
    scheme, colon, _ = place.partition("://")
    return bool(colon) and scheme.replace("+", "").replace(":", "").isalnum()


def join(folder: str, name: str) -> str:
    """Name a file of a folder."""
    return f"{folder.rstrip('/')}/{name}" if is_url(folder) else str(Path(folder) / name)


def read(place: str) -> bytes:
    """Read a file; raises InputError where it cannot be."""
    try:
        if is_url(place):
            system, path = _system(place)
            data = bytes(system.cat_file(path))
        else:
            if not Path(place).is_file():  # opening a pipe would wait for a writer
                raise InputError(f"{place}: no such file")
            data = Path(place).read_bytes()
    except OSError as error:
        raise InputError(f"{place}: it cannot be read: {error.strerror or error}") from None
    return _unpacked(place, data)


def write(place: str, data: bytes) -> None:
    """Write a file under a temporary name, then give it its own; raises StoreError.

    Two that write the same at once do not disturb each other.
    """
    data = _packed(place, data)
    try:
        if is_url(place):
            system, path = _system(place)
            temporary = f"{path}.{os.getpid()}.tmp"
            system.pipe_file(temporary, data)
            system.mv(temporary, path)
            return
        target = Path(place)
        part = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            part.write_bytes(data)
            part.replace(target)
        except OSError:
            with suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        raise StoreError(
            f"{place}: cannot be written: {error.strerror or error}",
            hint="what is in the store already stays as it is",
        ) from error


def exists(place: str) -> bool:
    """Whether there is a file."""
    if is_url(place):
        system, path = _system(place)
        return bool(system.isfile(path))
    return Path(place).is_file()


def inside(place: str) -> list[str]:
    """List the files below a URL, sorted, as URLs; a file is its own list."""
    try:
        system, path = _system(place)
        found = [path] if system.isfile(path) else system.find(path)
        return sorted(str(system.unstrip_protocol(name)) for name in found)
    except OSError as error:
        raise InputError(f"{place}: cannot be looked into: {error.strerror or error}") from None


def make_folder(folder: str) -> None:
    """Make a folder and those that it lies in, if they are not there."""
    if is_url(folder):
        system, path = _system(folder)
        system.makedirs(path, exist_ok=True)
        return
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {error.strerror or error}") from error


def _system(place: str) -> tuple[Any, str]:
    try:
        fsspec: Any = import_module("fsspec")
    except ImportError as error:
        raise StoreError(
            f"{place}: reading and writing URLs needs fsspec",
            hint="pip install 'kg-safety[ray]', or fsspec and its driver",
        ) from error
    system, path = fsspec.core.url_to_fs(place)
    return system, str(path)


def _zstd() -> Any:
    for name in ("compression.zstd", "backports.zstd"):  # Python 3.14 has it, others by a package
        with suppress(ImportError):
            return import_module(name)
    raise StoreError("files in .zst need backports.zstd", hint="pip install 'kg-safety[ray]'")


def _packed(place: str, data: bytes) -> bytes:
    if place.endswith(".zst"):
        return bytes(_zstd().compress(data))
    return gzip.compress(data, mtime=0) if place.endswith(".gz") else data


def _unpacked(place: str, data: bytes) -> bytes:
    if place.endswith(".zst"):
        return bytes(_zstd().decompress(data))
    return gzip.decompress(data) if place.endswith(".gz") else data


def resolved(path: str) -> str:
    """Write a path as the store keeps it: whole; a URL as it is."""
    return path if "://" in path else str(Path(path).resolve())
