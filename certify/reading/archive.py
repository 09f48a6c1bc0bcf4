"""A zip archive from an untrusted source, read within bounds."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

from certify.errors import InputError
from certify.reading.exact import quoted
from certify.reading.files import MAX_BYTES

_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, OSError, ValueError, OverflowError)
"""What `zipfile` raises on damaged archives (encryption and unknown compression are kinds of RuntimeError)."""


class Archive:
    """The members of a zip archive by name.

    Refused with `InputError`: damage, encryption, a name that stands twice, members that claim more than `MAX_BYTES`
    together, and compression where it has no business (`compressed=False`: torch only ever stores).
    """

    def __init__(self, data: bytes, *, compressed: bool) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _BROKEN as error:
            raise InputError("content", "an undamaged zip archive", quoted(str(error))) from None
        self._members: dict[str, zipfile.ZipInfo] = {}
        total = 0
        for member in self._zip.infolist():
            where = f"member {quoted(member.filename)}"
            if member.filename in self._members:
                raise InputError(where, "one member of this name", "two")
            if member.compress_type != zipfile.ZIP_STORED and not (
                compressed and member.compress_type == zipfile.ZIP_DEFLATED
            ):
                raise InputError(
                    where, "stored or deflated data" if compressed else "stored data", "another compression"
                )
            if member.flag_bits & 1:
                raise InputError(where, "unencrypted data", "encrypted data")
            total += member.file_size
            if total > MAX_BYTES:
                raise InputError(where, f"at most {MAX_BYTES >> 20} MiB in all members together", "more")
            if member.compress_type == zipfile.ZIP_STORED and member.compress_size != member.file_size:
                raise InputError(where, f"{member.file_size} stored bytes", f"{member.compress_size}")
            self._members[member.filename] = member

    @property
    def names(self) -> list[str]:
        """The members' names in the order of the archive's directory."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """The bytes of one member. Raises `InputError` when it is missing, damaged or cut short."""
        where = f"member {quoted(name)}"
        member = self._members.get(name)
        if member is None:
            raise InputError(where, "a member of the archive", "nothing of this name")
        try:
            data = self._zip.read(member)
        except _BROKEN as error:
            raise InputError(where, "undamaged data", quoted(str(error))) from None
        if len(data) != member.file_size:
            raise InputError(where, f"{member.file_size} bytes", f"{len(data)}")
        return data
