# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks of guests: made with known contents, and read again to prove that nothing which was written got lost."""
import json
import os
import random
import re
import socket
import struct
import subprocess
import xml.etree.ElementTree as tree
import zlib

from . import host as hosts
from . import kernel
from .folder import FABRIC
from .host import FOLDERS
from .keeper import order
from .kernel import LabError

MIB = 1024 * 1024
SECTOR = 512
RING_SECTOR, RING_BLOCKS = MIB // SECTOR, 4096  # the log of guest.c: after the first MiB, 2 MiB long
HEAD = struct.Struct("<7I")  # magic, number, checksum of the block before, own, boot, time, id
MAGIC = 0x474F4C44
IDE = ("hda", "hdb", "hdc", "hdd")

DISK = """    <disk type='file' device='{device}'>
      <driver name='qemu' type='{format}'{cache}/>
      <source file='{path}'{policy}/>
      <target dev='{target}' bus='{bus}'/>
{marks}    </disk>
"""
NETWORK_DISK = """    <disk type='network' device='disk'>
      <driver name='qemu' type='raw' cache='none'/>
      <source protocol='nbd' name='{export}'><host name='{address}' port='{port}'/></source>
      <target dev='{target}' bus='{bus}'/>
    </disk>
"""


def parse(text, cdrom=False):
    """What `local,qcow2,size=32,backing` asks for."""
    words = text.split(",")
    disk = {"place": words[0], "size": 1 if cdrom else 16, "bus": "ide", "backing": False, "cdrom": cdrom}
    if disk["place"] == "backing":
        disk.update(place="local", backing=True)
    if disk["place"] not in (*FOLDERS, "nbd") or (cdrom and disk["place"] == "nbd"):
        raise LabError(f"--disk {text}: the first word is the place: local, shared, nfs, backing or nbd")
    for word in words[1:]:
        key, _, value = word.partition("=")
        if word in ("raw", "qcow2"):
            disk["format"] = word
        elif word in ("backing", "readonly", "shareable"):
            disk[word] = True
        elif key in ("size", "fill") and value.isdigit() and int(value) > 0:
            disk[key] = int(value)
        elif key in ("format", "bus", "cache", "file", "base", "policy") and value:
            disk[key] = value
        else:
            raise LabError(f"--disk {text}: {word} means nothing here: raw, qcow2, size=MIB, fill=MIB, backing, base=FILE, "
                           "bus=ide|virtio, cache=MODE, file=NAME, readonly, shareable, for a cdrom policy=optional")
    if disk.get("base"):
        disk["backing"] = True
    disk.setdefault("format", "raw" if cdrom or disk["place"] != "local" and not disk["backing"] else "qcow2")
    if disk["format"] not in ("raw", "qcow2") or (disk["backing"] and disk["format"] != "qcow2"):
        raise LabError(f"--disk {text}: the format is raw or qcow2, over a base image qcow2 only")
    if disk["place"] == "nbd" and disk["format"] != "raw":
        raise LabError(f"--disk {text}: a disk on the network is raw")
    return disk


def plan(name, number, disk):
    """Fills in what the specification left open. Disk 0 of a guest carries the log if the guest can drive it."""
    mark = "-cd" if disk["cdrom"] else f"-{number + 1}" if number else ""
    disk.setdefault("file", f"{name}{mark}.{'iso' if disk['cdrom'] else disk['format']}")
    if disk["backing"]:
        disk.setdefault("base", f"{name}{mark}-base.raw")
    disk.setdefault("fill", disk["size"] if disk["backing"] else 1)
    disk["fill"] = min(disk["fill"], disk["size"])
    disk["seed"] = f"base {disk['base']}" if disk["backing"] else f"{name} {number}"
    disk["log"] = None
    if number == 0 and disk["bus"] == "ide" and not disk["cdrom"] and not disk.get("readonly") and disk["size"] > 1:
        room = disk["size"] * MIB // SECTOR - RING_SECTOR
        disk["log"] = {"ring": RING_SECTOR, "blocks": min(RING_BLOCKS, room), "id": zlib.crc32(name.encode())}
    return disk


def pattern(disk):
    return random.Random(disk["seed"]).randbytes(disk["fill"] * MIB)


def path_inside(disk):
    return os.path.join(FOLDERS[disk["place"]], disk["file"])


def path_outside(lab, host, path):
    """A path of a host, as seen from outside, with all that is mounted there."""
    init = lab.init_of(host)
    if init:
        return f"/proc/{init.pid}/root{path}"
    for place in ("shared", "nfs"):
        if path.startswith(FOLDERS[place] + "/"):
            return lab.path(place, path[len(FOLDERS[place]) + 1:])
    return lab.path(host, "lib", os.path.relpath(path, "/var/lib"))


def _qemu_img(lab, host, *arguments):
    return hosts.run(lab, host, ["qemu-img", *arguments])


def write_image(lab, host, path, contents, size, kind):
    """An image file on that host."""
    raw = path if kind == "raw" else path + ".new"
    with open(path_outside(lab, host, raw), "wb") as file:
        file.write(contents)
        file.truncate(size * MIB)
    if kind != "raw":
        try:
            _qemu_img(lab, host, "convert", "-f", "raw", "-O", kind, raw, path)
        finally:
            os.unlink(path_outside(lab, host, raw))


def make(lab, guest, number, target, policy=None):
    """Makes the disk; its XML."""
    disk, host = guest["disks"][number], guest["host"]
    disk["target"] = target
    if disk["place"] == "nbd":
        disk["export"] = guest["name"] + (f"-{number + 1}" if number else "")
        image = lab.path("disks", disk["file"])
        with open(image, "wb") as file:
            file.write(pattern(disk))
            file.truncate(disk["size"] * MIB)
        port = disk["port"] = order(lab, do="serve_disk", name=disk["export"], image=image)["port"]

        def served():
            connection = socket.socket()
            with connection:
                return connection.connect_ex((lab.addresses[FABRIC], port)) == 0
        if not _in_network(lab, FABRIC, lambda: kernel.poll(10, served)):
            raise LabError(f"the disk server of {guest['name']} does not listen on port {port} of the fabric: "
                           f"see {lab.path('keeper.log')} (is qemu-utils installed?)")
        return NETWORK_DISK.format(**disk, address=lab.addresses[FABRIC])
    path = path_inside(disk)
    if disk["backing"]:
        base = os.path.join(os.path.dirname(path), disk["base"])
        if not os.path.exists(path_outside(lab, host, base)):
            write_image(lab, host, base, pattern(disk), disk["size"], "raw")
        _qemu_img(lab, host, "create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", path, f"{disk['size']}M")
    else:
        write_image(lab, host, path, pattern(disk), disk["size"], disk["format"])
    cache = disk.get("cache", "none" if disk["place"] in ("shared", "nfs") and not disk["cdrom"] else "")
    marks = [mark for mark in ("readonly", "shareable") if disk.get(mark) or (mark == "readonly" and disk["cdrom"])]
    policy = disk.get("policy", policy)
    return DISK.format(**{**disk, "device": "cdrom" if disk["cdrom"] else "disk", "path": path,
                          "cache": f" cache='{cache}'" if cache else "", "marks": "".join(f"      <{mark}/>\n" for mark in marks),
                          "policy": f" startupPolicy='{policy}'" if policy else ""})


def targets(disks):
    """Device names in order: the guest drives hda."""
    ide, virtio = iter(IDE), iter("vda vdb vdc vdd vde vdf vdg vdh".split())
    try:
        return [next(ide if disk["bus"] == "ide" else virtio) for disk in disks]
    except StopIteration:
        raise LabError("a guest has at most 4 disks and cdroms with bus=ide, and 8 with bus=virtio") from None


def forget(lab, guest):
    """Removes the disks, wherever they were moved or copied to."""
    for disk in guest.get("disks", []):
        if disk["place"] == "nbd":
            order(lab, do="drop_disk", name=disk.get("export", guest["name"]))
            kernel.ignore_missing(os.unlink, lab.path("disks", disk["file"]))
            continue
        files = [path_inside(disk)]
        if disk["backing"] and disk["base"].startswith(guest["name"] + "-"):
            files.append(os.path.join(os.path.dirname(files[0]), disk["base"]))
        for host in lab.hosts:
            for file in files:
                kernel.ignore_missing(os.unlink, path_outside(lab, host, file))


def _in_network(lab, name, question):
    """Asks a yes-no question in another network namespace, in a child: the way back is not always open."""
    child = os.fork()
    if child == 0:
        answer = 1
        try:
            kernel.enter(lab.net(name), kernel.CLONE_NEWNET)
            answer = 0 if question() else 1
        finally:
            os._exit(answer)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


# ---- checking

def images(lab, host, name):
    """target -> (path, format) of the guest's file disks as its definition on that host says now."""
    found = {}
    for disk in tree.fromstring(hosts.virsh(lab, host, "dumpxml", name)).iter("disk"):
        source, driver = disk.find("source"), disk.find("driver")
        path = source.get("file") if source is not None else None
        if path:
            found[disk.find("target").get("dev")] = (path, driver.get("type", "raw") if driver is not None else "raw")
    return found


def read(lab, host, path, kind):
    """The contents of an image with all below it, also while a guest uses it."""
    copy = f"/run/drover/check-{os.getpid()}.raw"
    try:
        _qemu_img(lab, host, "convert", "-U", "-f", kind, "-O", "raw", path, copy)
        with open(path_outside(lab, host, copy), "rb") as file:
            return file.read()
    finally:
        kernel.ignore_missing(os.unlink, path_outside(lab, host, copy))


def consistency(lab, host, path):
    """What `qemu-img check` finds in a qcow2 image: {"corruptions": n, "leaks": n}."""
    init = lab.init_of(host)
    fd = os.open(f"/proc/{init.pid}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
    try:
        done = subprocess.run(["qemu-img", "check", "-U", "-f", "qcow2", "--output=json", path], capture_output=True,
                              text=True, check=False, preexec_fn=lambda: kernel.setns(fd, kernel.CLONE_NEWNS))
    finally:
        os.close(fd)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise LabError(f"{host}: `qemu-img check {path}` failed: {done.stderr.strip()}") from None
    return {"corruptions": told.get("corruptions", 0) + told.get("check-errors", 0), "leaks": told.get("leaks", 0)}


def examine_log(data, log):
    """The log on a disk: {"newest", "blocks" (found whole and in a row), "boots", "faults": [text, ...]}."""
    ring, count = log["ring"], log["blocks"]
    found, faults = {}, []
    for place in range(count):
        block = data[(ring + place) * SECTOR:(ring + place + 1) * SECTOR]
        if len(block) < SECTOR:
            faults.append(f"the disk ends before block {place} of the log")
            break
        magic, number, before, checksum, boot, _time, mark = HEAD.unpack_from(block)
        if magic != MAGIC:
            continue  # never written, or damaged: then its number is missing below
        if mark != log["id"]:
            faults.append(f"place {place} of the log holds a block of another guest's log")
        elif zlib.crc32(block[:12] + b"\0\0\0\0" + block[16:]) != checksum:
            faults.append(f"place {place} of the log: block {number} has a wrong checksum")
        elif number % count != place:
            faults.append(f"place {place} of the log holds block {number}")
        else:
            found[number] = (before, checksum, boot)
    newest = max(found, default=0)
    oldest = max(1, newest - count + 1)
    missing = [number for number in range(oldest, newest) if number not in found]
    if missing:
        faults.append(f"{len(missing)} blocks of {oldest}..{newest} are missing, the first is {missing[0]}")
    faults += [f"block {number} does not continue block {number - 1}" for number in sorted(found)
               if number - 1 in found and found[number][0] != found[number - 1][1]]
    if 1 in found and found[1][0] != 0:
        faults.append("block 1 does not begin a log")
    return {"newest": newest, "blocks": len(found), "boots": found[newest][2] if newest else 0, "faults": faults}


def examine_pattern(data, disk):
    """Whether what the disk was made with is still there, the log left aside."""
    wanted = bytearray(pattern(disk))
    wanted += bytes(disk["size"] * MIB - len(wanted))
    if len(data) != len(wanted):
        return [f"the disk has {len(data)} bytes instead of {len(wanted)}"]
    begin, end = (disk["log"]["ring"], disk["log"]["ring"] + disk["log"]["blocks"]) if disk["log"] else (0, 0)
    if data[:begin * SECTOR] == wanted[:begin * SECTOR] and data[end * SECTOR:] == wanted[end * SECTOR:]:
        return []
    wrong = [at for at in range(len(data) // SECTOR) if not begin <= at < end
             and data[at * SECTOR:(at + 1) * SECTOR] != wanted[at * SECTOR:(at + 1) * SECTOR]]
    return [f"{len(wrong)} sectors differ from what the disk was made with, the first is {wrong[0]}"]


def examine(lab, host, guest, acknowledged):
    """All disks of a guest on one host; one row for each."""
    rows = []
    now = images(lab, host, guest["name"])
    for disk in guest["disks"]:
        row = {"target": disk["target"], "faults": []}
        rows.append(row)
        if disk["place"] == "nbd":
            row["path"] = lab.path("disks", disk["file"])
            with open(row["path"], "rb") as file:
                data = file.read()
        elif disk["target"] not in now:
            row["empty"] = True
            if not disk["cdrom"]:
                row["faults"].append("the definition has no file for it")
            continue
        else:
            row["path"], kind = now[disk["target"]]
            if disk.get("policy") in ("optional", "requisite") and not os.path.exists(path_outside(lab, host, row["path"])):
                row["empty"] = True  # the drive is empty at the next start
                continue
            try:
                data = read(lab, host, row["path"], kind)
                if kind == "qcow2":
                    row.update(consistency(lab, host, row["path"]))
                    if row["corruptions"]:
                        row["faults"].append(f"qemu-img check finds {row['corruptions']} errors")
            except LabError as error:
                row["faults"].append(re.sub(r"\s+", " ", str(error)))
                continue
        row["faults"] += examine_pattern(data, disk)
        if disk["log"]:
            found = examine_log(data, disk["log"])
            row["faults"] += found.pop("faults")
            row.update(found, acknowledged=acknowledged)
            if found["newest"] < acknowledged:
                row["faults"].append(f"the newest block is {found['newest']}, but {acknowledged} was acknowledged to the guest")
    return rows
