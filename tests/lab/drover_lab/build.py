# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made once and kept for later labs: the guest program, the library that plays NFS, what libvirt learned about QEMU.

Both lie in DROVER_LAB_CACHE, or ~/.cache/drover-lab. Deleting it costs two seconds at the next start.
"""
import hashlib
import os
import shutil
import subprocess
import tempfile

from .host import copy_capabilities
from .kernel import LabError

SOURCES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "guest")
COMPILE = ("gcc -m32 -march=i686 -mno-sse -mno-mmx -O2 -ffreestanding -fno-pic -fno-pie -fno-stack-protector "
           "-fcf-protection=none -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -Wall -Wextra "
           "-nostdlib -static -no-pie -Wl,--build-id=none -Wl,--no-warn-rwx-segments").split()
COMPILE_NFS = "gcc -O2 -fPIC -shared -nostdlib -ffreestanding -fno-stack-protector -Wall -Wextra".split()


def cache(*parts):
    base = os.environ.get("DROVER_LAB_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "drover-lab")
    os.makedirs(base, exist_ok=True)
    return os.path.join(base, *parts)


def _run(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise LabError(f"cannot build the lab's guest: {command[0]} is not installed (packages gcc and binutils)") from None
    if done.returncode:
        raise LabError(f"cannot build the lab's guest in {SOURCES} (it needs a gcc that knows -m32): "
                       f"`{' '.join(command)}`:\n{done.stderr.strip()}")


def _digest(command, names):
    digest = hashlib.sha256(" ".join(command).encode())
    for name in names:
        with open(os.path.join(SOURCES, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:16]


def nfs():
    """Path of the library that has a folder pass for NFS."""
    target = cache(f"nfs-{_digest(COMPILE_NFS, ['nfs.c'])}.so")
    if not os.path.exists(target):
        with tempfile.TemporaryDirectory(dir=cache()) as work:
            library = os.path.join(work, "nfs.so")
            _run([*COMPILE_NFS, "-o", library, os.path.join(SOURCES, "nfs.c")])
            os.replace(library, target)
    return target


def guest():
    """Path of the guest program, built when its sources changed."""
    target = cache(f"guest-{_digest(COMPILE, ('start.S', 'guest.c', 'guest.ld'))}.bin")
    if not os.path.exists(target):
        with tempfile.TemporaryDirectory(dir=cache()) as work:
            linked, flat = os.path.join(work, "guest.elf"), os.path.join(work, "guest.bin")
            _run([*COMPILE, "-Wl,-T," + os.path.join(SOURCES, "guest.ld"), "-o", linked,
                  os.path.join(SOURCES, "start.S"), os.path.join(SOURCES, "guest.c")])
            _run(["objcopy", "-O", "binary", linked, flat])
            os.replace(flat, target)
    return target


def capabilities():
    """Folder of what libvirt learned about QEMU, None before it was ever kept. libvirt itself drops what is outdated."""
    path = cache("capabilities")
    return path if os.path.isdir(path) else None


def keep_capabilities(folder):
    """Keeps newer knowledge of a host for the next lab."""
    if any(name.endswith(".xml") for name in os.listdir(folder)):
        copy_capabilities(folder, cache("capabilities"))


def forget():
    shutil.rmtree(cache(), ignore_errors=True)
