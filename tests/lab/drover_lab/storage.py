# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders and pools of a host: taken away, filled up, made different from those of the other hosts."""
import os
import random
import subprocess

from . import disks, host, kernel
from .host import FOLDERS, POOL, virsh
from .kernel import LabError

POOL_NAMES = {"local": "images"}  # the others are named as the place


def folder(place):
    if place not in FOLDERS:
        raise LabError(f"{place} is no place here: {', '.join(FOLDERS)}")
    return FOLDERS[place]


# ---- pools

def add_pool(lab, name, pool, path=None):
    pool = POOL_NAMES.get(pool, pool)
    path = path or next((FOLDERS[place] for place in FOLDERS if POOL_NAMES.get(place, place) == pool), None)
    if not path:
        raise LabError(f"pool {pool}: give its folder by --path")
    os.makedirs(disks.path_outside(lab, name, path), exist_ok=True)
    file = lab.path(name, f"{pool}.pool")
    try:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(POOL.format(name=pool, path=path))
        virsh(lab, name, "pool-define", file)
    finally:
        kernel.ignore_missing(os.unlink, file)
    virsh(lab, name, "pool-autostart", pool)
    virsh(lab, name, "pool-start", pool)


def remove_pool(lab, name, pool):
    """The files stay."""
    pool = POOL_NAMES.get(pool, pool)
    if pool in virsh(lab, name, "pool-list", "--name").split():
        virsh(lab, name, "pool-destroy", pool)
    virsh(lab, name, "pool-undefine", pool)


def refresh(lab, name, place):
    """The pool of that folder, if there is one, looks at its files again."""
    pool = POOL_NAMES.get(place, place)
    if pool in virsh(lab, name, "pool-list", "--name").split():
        virsh(lab, name, "pool-refresh", pool)


# ---- folders

def _unused(lab, name, path):
    """Nothing may be mounted or taken away under a guest's open disk."""
    for pid in kernel.members("net", {lab.description["namespaces"][name]["id"]}):
        try:
            opened = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
        except OSError:
            continue
        used = next((file for file in opened if file.startswith(path + "/") and "/serial/" not in file), None)
        if used:
            raise LabError(f"{name}: {used} is in use by {' '.join(kernel.command_line(pid)[:3])}: end that guest first")


def _copy(source, target):
    done = subprocess.run(["cp", "-a", "--sparse=always", source + "/.", target], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(done.stderr.strip().splitlines()[0])


def limit(lab, name, place, mib):
    """The folder holds that many MiB from now on, with what is in it; None: as much as the machine can."""
    path = folder(place)
    if place != "local":
        raise LabError(f"{place} is the folder of all hosts: only `local` can be limited on one")

    def change():
        limited = os.path.ismount(path)
        if limited and mib:
            kernel.mount("tmpfs", path, "tmpfs", kernel.MS_REMOUNT, f"size={mib}m")
            return
        work = "/run/drover/limited"
        os.makedirs(work, exist_ok=True)
        if mib:
            kernel.mount("tmpfs", work, "tmpfs", 0, f"mode=755,size={mib}m")
            try:
                _copy(path, work)
            except LabError:
                kernel.unmount(work)
                raise
            kernel.mount(work, path, flags=kernel.MS_MOVE)
        elif limited:
            kernel.bind(path, work)
            kernel.unmount(path)
            for entry in os.listdir(path):
                os.unlink(os.path.join(path, entry))
            _copy(work, path)
            kernel.unmount(work)
    if not (mib and host.ask(lab, name, lambda: os.path.ismount(path))):
        _unused(lab, name, path)
    host.inside(lab, name, change)
    refresh(lab, name, place)


def unshare(lab, name, place):
    """At the path of the common folder this host gets a folder of its own, empty but for the guests' kernel."""
    path = folder(place)
    if place == "local":
        raise LabError("`local` is each host's own already: take shared or nfs")
    _unused(lab, name, path)

    def change():
        own = f"/var/lib/libvirt/own-{place}"
        if os.path.exists(own):
            raise LabError(f"{place} is not shared on it already")
        os.makedirs(own)
        inner = [part for part in ("guest", "serial") if os.path.isdir(os.path.join(path, part))]
        for part in inner:
            os.mkdir(os.path.join(own, part))
            kernel.bind(os.path.join(path, part), os.path.join(own, part))
        kernel.bind(own, path, recursive=True)
        for part in inner:
            kernel.unmount(os.path.join(own, part))
    host.inside(lab, name, change)
    refresh(lab, name, place)


def share(lab, name, place):
    path = folder(place)
    _unused(lab, name, path)

    def change():
        own = f"/var/lib/libvirt/own-{place}"
        if not os.path.exists(own):
            raise LabError(f"{place} is shared on it")
        kernel.unmount(path)
        for part in ("guest", "serial"):
            kernel.ignore_missing(os.rmdir, os.path.join(own, part))
        for entry in os.listdir(own):
            os.unlink(os.path.join(own, entry))
        os.rmdir(own)
    host.inside(lab, name, change)
    refresh(lab, name, place)


def put(lab, name, place, file, size=8, kind="raw", source=None, base=None):
    """A file in a folder of one host: a copy, or one of that size with contents of its own."""
    if os.path.basename(file) != file:
        raise LabError(f"{file}: give the name of a file without folders")
    path = os.path.join(folder(place), file)
    outside = disks.path_outside(lab, name, path)
    if source:
        with open(source, "rb") as old, open(outside, "wb") as new:
            new.write(old.read())
    elif base:
        host.run(lab, name, ["qemu-img", "create", "-q", "-f", "qcow2", "-b", os.path.join(folder(place), base), "-F", "raw",
                             path, f"{size}M"])
    else:
        contents = random.Random(f"put {name} {place} {file}").randbytes(min(size, 1) * disks.MIB)
        disks.write_image(lab, name, path, contents, size, kind)
    refresh(lab, name, place)


def remove(lab, name, place, file):
    os.unlink(disks.path_outside(lab, name, os.path.join(folder(place), file)))
    refresh(lab, name, place)
