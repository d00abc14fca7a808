# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guests: made, told how fast to write, asked whether they still count, wherever they have moved meanwhile."""
import json
import os
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor

from . import disks as disk_tools
from . import kernel, storage
from .folder import write_json
from .host import daemon_pid, virsh
from .kernel import LabError

PAGES_PER_MIB = 256
MOST_PAGES = 1000000  # as in guest.c
REPORT = re.compile(r"^t=(?P<t>\d+\.\d\d) rate=(?P<rate>\d+) pages=(?P<pages>\d+) pass=(?P<pass>\d+) "
                    r"late=(?P<late>\d+) err=(?P<err>\d+)"
                    r"(?: log=(?P<log>\d+) ack=(?P<ack>\d+) boot=(?P<boot>\d+) hold=(?P<hold>\d+) derr=(?P<derr>\d+))?$")

XML = """<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
{metadata}  <memory unit='MiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64'{machine}>hvm</type>
    <kernel>/var/lib/libvirt/shared/guest/drover-guest.bin</kernel>
    <cmdline>{command_line}</cmdline>
  </os>
  <features><acpi/></features>
{cpu}  <on_poweroff>destroy</on_poweroff>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
{devices}    <controller type='usb' model='none'/>
    <serial type='unix'>
      <source mode='bind' path='/run/drover/{name}.serial'/>
      <log file='/var/lib/libvirt/shared/serial/{name}.log' append='on'/>
      <target port='0'/>
    </serial>
{more_serials}    <memballoon model='none'/>
  </devices>
</domain>
"""
NIC = """    <interface type='{kind}'>
      <source {kind}='{name}'{group}/>
      <model type='virtio'/>
      <rom enabled='no'/>
    </interface>
"""
IVSHMEM = """    <shmem name='{name}'>
      <model type='ivshmem-plain'/>
      <size unit='M'>1</size>
    </shmem>
"""
SERIAL_FILE = """    <serial type='file'>
      <source path='{path}'/>
      <target port='1'/>
    </serial>
"""
NOVA = """  <metadata>
    <nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'>
      <nova:name>{name}</nova:name>
      <nova:owner>
        <nova:user uuid='5f0c0e1c8c1b4b6c9d5d8f0a3b2c1d0e'>operator</nova:user>
        <nova:project uuid='0a1b2c3d4e5f60718293a4b5c6d7e8f9'>{project}</nova:project>
      </nova:owner>
    </nova:instance>
  </metadata>
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


# ---- making and removing

def add(lab, name, host="h1", memory=64, hot=8, used=None, rate=0, disks=(), cdroms=(), log=20, nics=(), persistent=True,
        uuid=None, deaf=False, linger=0, nova_project=None, ivshmem=False, serial_file=None, cpu=None, machine=None,
        start=True, wait=True):
    """disks, cdroms: as `--disk` and `--cdrom` take them."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}", name):
        raise LabError(f"{name} is no name for a guest here: letters, digits, _ . - and at most 41 of them")
    lab.host(host)
    if memory < 8 or hot < 1 or hot > memory - 4:
        raise LabError(f"guest {name}: {hot} MiB hot of {memory} MiB does not fit: memory must be at least 8, and 4 more than hot")
    used = max(hot, min(memory - 4, 512 if used is None else used))
    images = [disk_tools.parse(text) for text in disks] + [disk_tools.parse(text, cdrom=True) for text in cdroms]
    images = [disk_tools.plan(name, number, image) for number, image in enumerate(images)]
    targets = disk_tools.targets(images)
    guest = {"name": name, "host": host, "memory": memory, "hot": hot, "used": used, "rate": rate, "log": log, "disks": images,
             "persistent": persistent, "uuid": uuid or lab.guest_uuid(name)}
    if not (persistent or start):
        raise LabError(f"guest {name}: one that is neither defined nor started is nowhere")
    try:  # the file is the claim on the name
        os.close(os.open(lab.path("guests", name + ".json"), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except FileExistsError:
        raise LabError(f"guest {name} exists already in the lab {lab.folder}: `lab guest remove {name}` first") from None
    try:
        write_json(lab.path("guests", name + ".json"), guest)
        devices = "".join(disk_tools.make(lab, guest, number, target) for number, target in enumerate(targets))
        write_json(lab.path("guests", name + ".json"), guest)
        for place in {image["place"] for image in images} - {"nbd"}:
            storage.refresh(lab, host, place)
        devices += "".join(_nic(text) for text in nics)
        if ivshmem:
            devices += IVSHMEM.format(name=name)
        line = f"hot={hot} used={used} rate={rate}"
        if images and images[0]["log"]:
            line += " log={} ring={ring} blocks={blocks} id={id}".format(log, **images[0]["log"])
        if deaf:
            line += " deaf=1"
        if linger:
            line += f" linger={linger}"
        text = XML.format(name=name, uuid=guest["uuid"], memory=memory, command_line=line, devices=devices,
                          metadata=NOVA.format(name=name, project=nova_project) if nova_project else "",
                          cpu=_cpu(cpu), machine=f" machine='{machine}'" if machine else "",
                          more_serials=SERIAL_FILE.format(path=serial_file) if serial_file else "")
        if serial_file:
            os.makedirs(disk_tools.path_outside(lab, host, os.path.dirname(serial_file)), exist_ok=True)
        file = lab.path("guests", name + ".xml")
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text)
        if persistent:
            virsh(lab, host, "define", file, seconds=60)
            if start:
                virsh(lab, host, "start", name, seconds=60)
        else:
            virsh(lab, host, "create", file, seconds=60)
    except BaseException:
        remove(lab, name)
        raise
    if start and wait and not kernel.poll(20, lambda: last_report(lab, name)):
        raise LabError(f"guest {name} was started on {host} but did not report within 20 s: "
                       f"`lab virsh {host} dominfo {name}`, {lab.path(host, 'log/libvirt/qemu', name + '.log')}")


def _nic(text):
    """bridge:NAME, network:NAME or network:NAME/PORTGROUP."""
    kind, _, name = text.partition(":")
    if kind not in ("bridge", "network") or not name:
        raise LabError(f"--nic {text}: give bridge:NAME, network:NAME or network:NAME/PORTGROUP")
    name, _, group = name.partition("/")
    return NIC.format(kind=kind, name=name, group=f" portgroup='{group}'" if group else "")


def _cpu(text):
    """MODEL, or MODEL+feature+feature."""
    if not text:
        return ""
    model, *features = text.split("+")
    wanted = "".join(f"    <feature policy='require' name='{feature}'/>\n" for feature in features)
    return f"  <cpu mode='custom' match='exact' check='partial'>\n    <model fallback='forbid'>{model}</model>\n{wanted}  </cpu>\n"


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
    disk_tools.forget(lab, guest)
    files = [lab.path("shared/serial", name + ".log")]
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
    """The guest's latest reports (size None: all), oldest first; the log is one file for all hosts."""
    try:
        with open(lab.path("shared/serial", name + ".log"), "rb") as file:
            if size is not None:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - size))
            lines = file.read().decode(errors="replace").splitlines(keepends=True)
    except OSError:
        return []
    found = [REPORT.match(line.strip()) for line in lines if line.endswith("\n")]
    return [{key: float(value) if key == "t" else int(value) for key, value in match.groupdict().items()
             if value is not None}
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
    _set(lab, name, "rate", "r", rate, seconds)


def set_log_rate(lab, name, rate, seconds=15):
    if not _has_log(spec(lab, name)):
        raise LabError(f"guest {name} has no disk that it writes: `lab guest add` it with --disk")
    _set(lab, name, "log", "l", rate, seconds)


def _has_log(guest):
    return bool(guest["disks"] and guest["disks"][0]["log"])


def _set(lab, name, what, letter, value, seconds):
    guest = spec(lab, name)
    if not tell(lab, name, f"{letter}{value}\np", lambda report: report.get(what) == value, seconds):
        raise LabError(f"guest {name} does not take the new rate: {_where(lab, name)}")
    guest[what] = value
    write_json(lab.path("guests", name + ".json"), guest)


def tell(lab, name, letters, accepted, seconds=15):
    """Says it to the guest until its next report shows that it was taken; that report."""
    def told():
        for host in running_on(lab, name):
            before = log_size(lab, name)
            if say(lab, host, name, letters) and kernel.poll(2, lambda: log_size(lab, name) > before):
                report = last_report(lab, name)
                if report and accepted(report):
                    return report
        return None
    return kernel.poll(seconds, told)


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
            "ok": counting and len(hosts) == 1 and last["err"] == 0 and not last.get("derr")}


def acknowledged(lab, name):
    """The highest block that the guest ever said was on its disk."""
    return max((report.get("ack", 0) for report in reports(lab, name, size=None)), default=0)


def check_disks(lab, name, host=None, seconds=10):
    """Reads the guest's disks on the host where it runs, or is defined. The guest holds its log still meanwhile."""
    guest = spec(lab, name)
    if not guest["disks"]:
        raise LabError(f"guest {name} has no disk")
    running = running_on(lab, name)
    if host is None:
        known = running or [each for each, found in places(lab).items() if found and name in found]
        if len(known) != 1:
            raise LabError(f"guest {name} is {'on no host' if not known else 'on ' + ' and '.join(known)}: say which by --host")
        host = known[0]
    held = False
    try:
        if _has_log(guest) and lab.host(host) in running:
            held = bool(tell(lab, name, "fp", lambda report: report.get("hold"), seconds))
            if not held:
                raise LabError(f"guest {name} on {host} does not hold its log still: {_where(lab, name)}")
        rows = disk_tools.examine(lab, host, guest, acknowledged(lab, name))
    finally:
        if held:
            say(lab, host, name, "gp")
    return {"name": name, "host": host, "running": host in running, "disks": rows,
            "ok": not any(row["faults"] for row in rows)}


def define_copy(lab, name, host, same="both"):
    """A second definition on another host: of the same name and UUID, or of one of them."""
    here = next((each for each, found in places(lab).items() if found and name in found), None)
    if here is None:
        raise LabError(f"guest {name} is on no host that answers")
    if here == lab.host(host):
        raise LabError(f"guest {name} is on {host} itself: name another host")
    text = virsh(lab, here, "dumpxml", "--inactive", "--security-info", name)
    copy = name
    if same == "name":
        text = re.sub(r"<uuid>.*?</uuid>", f"<uuid>{lab.guest_uuid(name + ' copy')}</uuid>", text, count=1)
    elif same == "uuid":
        copy = name + "-copy"
        text = text.replace(f"<name>{name}</name>", f"<name>{copy}</name>", 1)
    file = lab.path("guests", f"{copy}.copy")
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(text)
    try:
        virsh(lab, host, "define", file)
    finally:
        os.unlink(file)
    return copy
