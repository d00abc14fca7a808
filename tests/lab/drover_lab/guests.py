# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guests: made, told how fast to write, asked whether they still count, wherever they have moved meanwhile."""
import json
import os
import re
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from . import kernel
from .folder import FABRIC, write_json
from .host import daemon_pid, virsh
from .keeper import order
from .kernel import LabError

PAGES_PER_MIB = 256
MOST_PAGES = 1000000  # as in guest.c
DISK_NOISE = 1024 * 1024
REPORT = re.compile(r"^t=(?P<t>\d+\.\d\d) rate=(?P<rate>\d+) pages=(?P<pages>\d+) pass=(?P<pass>\d+) "
                    r"late=(?P<late>\d+) err=(?P<err>\d+)$")

XML = """<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='MiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64'>hvm</type>
    <kernel>/var/lib/libvirt/shared/guest/drover-guest.bin</kernel>
    <cmdline>hot={hot} used={used} rate={rate}</cmdline>
  </os>
  <features><acpi/></features>
  <on_poweroff>destroy</on_poweroff>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
{disk}    <controller type='usb' model='none'/>
    <serial type='unix'>
      <source mode='bind' path='/run/drover/{name}.serial'/>
      <log file='/var/lib/libvirt/shared/serial/{name}.log' append='on'/>
      <target port='0'/>
    </serial>
    <memballoon model='none'/>
  </devices>
</domain>
"""
FILE_DISK = """    <disk type='file' device='disk'>
      <driver name='qemu' type='{kind}'{cache}/>
      <source file='{path}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
"""
NETWORK_DISK = """    <disk type='network' device='disk'>
      <driver name='qemu' type='raw' cache='none'/>
      <source protocol='nbd' name='{name}'><host name='{address}' port='{port}'/></source>
      <target dev='vda' bus='virtio'/>
    </disk>
"""


def pages(rate):
    """Pages a second of '500' (pages) or '2MiB/s'."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mib(?:/s)?)?", str(rate).strip().lower())
    if not match:
        raise LabError(f"{rate} is not a rate: give pages a second (500) or MiB a second (2MiB/s)")
    number = round(float(match[1]) * (PAGES_PER_MIB if match[2] else 1))
    if number > MOST_PAGES:
        raise LabError(f"{rate} is more than a guest can do: at most {MOST_PAGES} pages a second")
    return number


def spec(lab, name):
    try:
        with open(lab.path("guests", name + ".json"), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        raise LabError(f"no guest {name} in the lab {lab.folder}: `lab guest list` shows them, "
                       f"`lab guest add {name}` makes it") from None


def names(lab):
    return sorted((entry[:-5] for entry in os.listdir(lab.path("guests")) if entry.endswith(".json")),
                  key=lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)])


# ---- disks

def _make_disk(path, mib, kind):
    raw = path if kind == "raw" else path + ".raw"
    with open(raw, "wb") as file:
        file.write(os.urandom(DISK_NOISE))  # so that a copy can be told from an empty disk
        file.truncate(mib * 1024 * 1024)
    if kind != "raw":
        done = subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", kind, raw, path],
                              capture_output=True, text=True, check=False)
        os.unlink(raw)
        if done.returncode:
            raise LabError(f"cannot make the disk {path}: {done.stderr.strip()}")


def _disk(lab, guest):
    """Makes the guest's disk; its XML."""
    name, where, mib = guest["name"], guest["disk"], guest["disk_mib"]
    if where == "local":
        _make_disk(lab.path(guest["host"], "lib/libvirt/images", name + ".qcow2"), mib, "qcow2")
        return FILE_DISK.format(kind="qcow2", cache="", path=f"/var/lib/libvirt/images/{name}.qcow2")
    if where == "shared":
        _make_disk(lab.path("shared", name + ".raw"), mib, "raw")
        return FILE_DISK.format(kind="raw", cache=" cache='none'", path=f"/var/lib/libvirt/shared/{name}.raw")
    if where == "nbd":
        image = lab.path("disks", name + ".raw")
        _make_disk(image, mib, "raw")
        guest["port"] = order(lab, do="serve_disk", name=name, image=image)["port"]

        def served():
            connection = socket.socket()
            with connection:
                return connection.connect_ex((lab.addresses[FABRIC], guest["port"])) == 0
        if not _in_network(lab, FABRIC, lambda: kernel.poll(10, served)):
            raise LabError(f"the disk server of {name} does not listen on port {guest['port']} of the fabric: "
                           f"see {lab.path('keeper.log')} (is qemu-utils installed?)")
        return NETWORK_DISK.format(name=name, address=lab.addresses[FABRIC], port=guest["port"])
    return ""


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


# ---- making and removing

def add(lab, name, host="h1", memory=64, hot=8, used=None, rate=0, disk="none", disk_mib=16, persistent=True, uuid=None,
        wait=True):
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}", name):
        raise LabError(f"{name} is no name for a guest here: letters, digits, _ . - and at most 41 of them")
    lab.host(host)
    if memory < 8 or hot < 1 or hot > memory - 4:
        raise LabError(f"guest {name}: {hot} MiB hot of {memory} MiB does not fit: memory must be at least 8, and 4 more than hot")
    used = max(hot, min(memory - 4, 512 if used is None else used))
    guest = {"name": name, "host": host, "memory": memory, "hot": hot, "used": used, "rate": rate, "disk": disk,
             "disk_mib": disk_mib, "persistent": persistent, "uuid": uuid or lab.guest_uuid(name)}
    try:  # the file is the claim on the name
        os.close(os.open(lab.path("guests", name + ".json"), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except FileExistsError:
        raise LabError(f"guest {name} exists already in the lab {lab.folder}: `lab guest remove {name}` first") from None
    try:
        disk_xml = _disk(lab, guest)
        write_json(lab.path("guests", name + ".json"), guest)
        file = lab.path("guests", name + ".xml")
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(XML.format(**{**guest, "disk": disk_xml}))
        if persistent:
            virsh(lab, host, "define", file, seconds=60)
            virsh(lab, host, "start", name, seconds=60)
        else:
            virsh(lab, host, "create", file, seconds=60)
    except BaseException:
        remove(lab, name)
        raise
    if wait and not kernel.poll(20, lambda: last_report(lab, name)):
        raise LabError(f"guest {name} was started on {host} but did not report within 20 s: "
                       f"`lab virsh {host} dominfo {name}`, {lab.path(host, 'log/libvirt/qemu', name + '.log')}")


def remove(lab, name):
    """Ends the guest and its definition on every host, and its disk."""
    guest = spec_or_nothing(lab, name)

    def clear(host):
        for command in (["destroy", name], ["undefine", name]):
            try:
                virsh(lab, host, *command, seconds=40)
            except LabError:
                pass  # it is not there; what remains is asked below
        return host if name in virsh(lab, host, "list", "--all", "--name").split() else None

    on = [host for host in lab.hosts if lab.init_of(host)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        left = [host for host in pool.map(clear, on) if host]
    if left:
        raise LabError(f"guest {name} is still on {', '.join(left)}: `lab virsh {left[0]} dominfo {name}`")
    if guest.get("disk") == "nbd":
        order(lab, do="drop_disk", name=name)
    files = [lab.path("disks", name + ".raw"), lab.path("shared", name + ".raw"), lab.path("shared/serial", name + ".log")]
    files += [lab.path(host, "lib/libvirt/images", name + ".qcow2") for host in lab.hosts]
    files += [lab.path("guests", name + ending) for ending in (".xml", ".json")]
    for file in files:
        kernel.ignore_missing(os.unlink, file)


def spec_or_nothing(lab, name):
    try:
        return spec(lab, name)
    except LabError:
        return {}


# ---- where they are

def places(lab):
    """host -> {guest: state as virsh says}, or None where the daemon does not answer. Hosts asked at once."""
    def ask(host):
        pid = daemon_pid(lab, host)
        if pid is None or kernel.frozen(pid):
            return None
        try:
            rows = virsh(lab, host, "list", "--all", seconds=8).splitlines()
        except LabError:
            return None
        found = {}
        for row in rows:
            fields = row.split(None, 2)
            if len(fields) == 3:
                found[fields[1]] = fields[2]
        return found
    with ThreadPoolExecutor(max_workers=16) as pool:
        return dict(zip(lab.hosts, pool.map(ask, lab.hosts)))


def emulators(lab):
    """host -> names of guests that have a QEMU there, whatever the daemon says."""
    owner = {lab.description["namespaces"][host]["id"]: host for host in lab.hosts}
    found = {host: [] for host in lab.hosts}
    for pid in kernel.members("net", owner):
        line = kernel.command_line(pid)
        if line and "qemu-system" in line[0]:
            name = next((re.match(r"guest=([^,]+)", word)[1] for word in line if word.startswith("guest=")), None)
            host = owner.get(kernel.namespace_id(f"/proc/{pid}/ns/net"))
            if name and host:
                found[host].append(name)
    return found


def running_on(lab, name):
    """Hosts where it runs; where no daemon answers, hosts that have a QEMU of it."""
    states, processes = places(lab), emulators(lab)
    return [host for host in lab.hosts
            if (states[host] or {}).get(name) == "running" or (states[host] is None and name in processes[host])]


# ---- talking

def reports(lab, name, size=4096):
    """The guest's latest reports, oldest first; the log is one file for all hosts."""
    try:
        with open(lab.path("shared/serial", name + ".log"), "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - size))
            lines = file.read().decode(errors="replace").splitlines(keepends=True)
    except OSError:
        return []
    found = [REPORT.match(line.strip()) for line in lines if line.endswith("\n")]
    return [{key: float(value) if key == "t" else int(value) for key, value in match.groupdict().items()}
            for match in found if match]


def last_report(lab, name):
    return (reports(lab, name) or [None])[-1]


def log_size(lab, name):
    try:
        return os.path.getsize(lab.path("shared/serial", name + ".log"))
    except OSError:
        return 0


def say(lab, host, name, text):
    """Letters to the guest's serial port on that host; whether somebody took them."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(2)
    try:
        with connection:
            connection.connect(lab.path(host, "run/drover", name + ".serial"))
            connection.sendall(text.encode())
            connection.shutdown(socket.SHUT_WR)
            connection.recv(4096)  # the guest's next report: QEMU drops what it has not read when we hang up
        return True
    except OSError:
        return False


def set_rate(lab, name, rate, seconds=15):
    guest = spec(lab, name)

    def told():
        for host in running_on(lab, name):
            before = log_size(lab, name)
            if say(lab, host, name, f"r{rate}\np") and kernel.poll(2, lambda: log_size(lab, name) > before):
                report = last_report(lab, name)
                if report and report["rate"] == rate:
                    return True
        return False
    if not kernel.poll(seconds, told):
        raise LabError(f"guest {name} does not take the new rate: {_where(lab, name)}")
    guest["rate"] = rate
    write_json(lab.path("guests", name + ".json"), guest)


def _where(lab, name):
    states = [f"{host}: {'daemon does not answer' if found is None else found.get(name, 'not there')}"
              for host, found in places(lab).items()]
    return "; ".join(states)


def check(lab, name, seconds=6):
    """What the guest says about itself: still counting, lost writes, and where it runs."""
    spec(lab, name)
    deadline = time.monotonic() + seconds
    hosts = running_on(lab, name)
    first = None
    while time.monotonic() < deadline:
        before = log_size(lab, name)
        for host in hosts:
            say(lab, host, name, "p")
        kernel.poll(0.5, lambda: log_size(lab, name) > before)
        report = last_report(lab, name)
        if report and first and report["t"] > first["t"] and log_size(lab, name) > before:
            break
        if report and log_size(lab, name) > before and (first is None or report["t"] < first["t"]):
            first = report
        hosts = running_on(lab, name)
    last = last_report(lab, name)
    counting = bool(first and last and last["t"] > first["t"])
    return {"name": name, "hosts": hosts, "counting": counting, "report": last,
            "ok": counting and len(hosts) == 1 and last["err"] == 0}
