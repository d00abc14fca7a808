# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of `lab` do."""
import fcntl
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from . import build, guests, host, kernel, keeper, network, tls
from .folder import CONSOLE, Lab
from .kernel import LabError, Process

NEEDED = {"libvirtd": "libvirt-daemon", "virsh": "libvirt-clients", "qemu-system-x86_64": "qemu-system-x86",
          "qemu-img": "qemu-utils", "ip": "iproute2", "tc": "iproute2"}
OLD_WITHOUT = ["aes", "sse4.2"]  # what the processor of an old host lacks
DAEMON_ENDS_WITHIN = 60  # seconds: in a migration libvirtd takes 30 to end in order


def check_machine():
    if os.geteuid() != 0:
        raise LabError("the lab makes namespaces and mounts: run it as root")
    paths = os.environ.get("PATH", "").split(":") + ["/usr/sbin", "/sbin"]
    for program, package in NEEDED.items():
        if not any(os.access(os.path.join(path, program), os.X_OK) for path in paths):
            raise LabError(f"{program} is not installed: install the package {package}")


def in_parallel(function, items):
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(function, items))


# ---- up and down

def claim(lab, owner, mark):
    """Makes the folder and the keeper. The line to the keeper, or None if the lab is up already."""
    above = os.path.dirname(lab.folder)
    os.makedirs(above, exist_ok=True)
    lock = os.open(above, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.lexists(lab.folder):
            if Lab(lab.folder).keeper():
                return None
            keeper.end(Lab(lab.folder))
        os.mkdir(lab.folder, 0o755)
        lab.save()
        line = keeper.start(lab, owner, mark)
        line.settimeout(30)
        said = line.recv(4096).decode(errors="replace")
        if said != "built\n":
            raise LabError(f"the lab in {lab.folder} could not be built: {said or 'its keeper ended; see its keeper.log'}")
        lab.load()
        return line
    finally:
        os.close(lock)


def up(folder, name, hosts, guest_count, keepalive, link, owner=None, mark=None, memory=64, tls=False, old_hosts=()):
    check_machine()
    build.guest()
    build.nfs()
    if owner is not None:
        owner = Process(owner)
        if not owner.alive():
            raise LabError(f"there is no process {owner.pid} to be the owner of the lab")
    lab = Lab.plan(folder, name, hosts, keepalive, link)
    line = claim(lab, owner, mark)
    if line is None:
        lab = Lab.find(folder)
        if not kernel.poll(60, lambda: lab.load() and lab.description.get("ready")):
            raise LabError(f"the lab in {lab.folder} is being started by someone else and is not ready after 60 s")
        return lab, False
    with line:
        first, rest = lab.hosts[0], lab.hosts[1:]
        learn(lab, first)
        for other in rest:
            host.copy_capabilities(lab.path(first, host.CAPABILITIES), lab.path(other, host.CAPABILITIES))
        in_parallel(lambda each: host.wait_ready(lab, each), rest)
        if link:
            for each in lab.hosts:
                network.shape(lab, each, link)
        for each in old_hosts:
            old(lab, each, OLD_WITHOUT, [])
        if tls:
            set_tls(lab, [], True)
        in_parallel(lambda number: guests.add(lab, f"vm{number}", host=first, memory=memory), range(1, guest_count + 1))
        lab.description["ready"] = True
        lab.save()
        line.sendall(b"keep")
    return lab, True


def learn(lab, name):
    """Has one host ask QEMU what it can do (1-2 s when nothing is known yet) and keeps the answer."""
    host.wait_ready(lab, name)
    host.virsh(lab, name, "capabilities", seconds=60)
    build.keep_capabilities(lab.path(name, host.CAPABILITIES))


def down(folder):
    return keeper.end(Lab(folder))


# ---- programs in the lab

def step_into_console(lab):
    """This process: the console's network, and an /etc/hosts that knows the hosts."""
    kernel.enter(lab.net(CONSOLE), kernel.CLONE_NEWNET)
    kernel.own_mounts()
    kernel.bind(lab.path("hosts"), "/etc/hosts")


def execute(lab, name, command):
    """Runs a program in a host or the console. In the console this process becomes it."""
    os.environ["DROVER_LAB_DIR"] = lab.folder
    if lab.host(name, console=True) == CONSOLE:
        step_into_console(lab)
        become(command)
    here = os.getcwd()
    init = lab.init_of(name)
    if not init:
        raise LabError(f"{name} is switched off: `lab power {name} on`")
    spaces = [(os.open(f"/proc/{init.pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC), flag) for kind, flag in
              (("uts", kernel.CLONE_NEWUTS), ("net", kernel.CLONE_NEWNET), ("pid", kernel.CLONE_NEWPID), ("mnt", kernel.CLONE_NEWNS))]
    for fd, flag in spaces:
        kernel.setns(fd, flag)
    child = os.fork()
    if child == 0:
        kernel.death_signal()
        try:
            os.chdir(here)
        except OSError:
            os.chdir("/")
        become(command)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: os.kill(child, got))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the child too
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code


def become(command):
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"lab: cannot run {command[0]}: {error.strerror}", file=sys.stderr)
        os._exit(127)


def run(arguments, command, tool):
    """A lab for as long as a command runs. The keeper watches this process, the command dies with it."""
    me = os.getpid()
    mark = f"{me}-{time.monotonic_ns()}"
    child = None

    def stop(number, _frame):
        if child is None:
            print("lab: stopped while the lab was being started", file=sys.stderr)
            raise SystemExit(128 + number)
        child.send_signal(number)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop)
    folder = arguments["folder"]
    try:
        lab, fresh = up(**arguments, owner=me, mark=mark)
        if not fresh:
            folder = None
            raise LabError(f"a lab is up in {lab.folder} already; `lab run` wants its own: give --name or --dir")
        environment = {**os.environ, "DROVER_LAB_DIR": lab.folder, "DROVER_LAB": tool, keeper.RUN_MARK: mark}
        try:
            child = subprocess.Popen(command, env=environment, preexec_fn=lambda: kernel.die_with_parent(me))
        except OSError as error:
            raise LabError(f"cannot run {command[0]}: {error.strerror}") from None
        code = child.wait()
        return code if code >= 0 else 128 - code
    finally:
        if folder:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            down(folder)


# ---- faults

def power(lab, name, on, polite=False):
    """Off: everything on the host ends at once, and nobody is told, for the cable goes dead first (unless polite)."""
    lab.host(name)
    if not on:
        if not polite:
            network.set_cable(lab, name, False)
        keeper.order(lab, do="power", host=name, on=False)
        return
    network.set_cable(lab, name, True)
    kernel.ignore_missing(os.unlink, lab.path(name, "hold"))
    keeper.order(lab, do="power", host=name, on=True)
    host.wait_ready(lab, name)


def daemon(lab, name, action):
    init = lab.init_of(lab.host(name))
    if not init:
        raise LabError(f"{name} is switched off: `lab power {name} on`")
    hold = lab.path(name, "hold")
    pid = host.daemon_pid(lab, name)
    process = Process(pid) if pid else None
    if action in ("stop", "kill", "restart"):
        open(hold, "w", encoding="ascii").close()
        if process:
            process.signal(signal.SIGKILL if action == "kill" else signal.SIGTERM)
            if not process.wait(DAEMON_ENDS_WITHIN):
                raise LabError(f"libvirtd on {name} did not end within {DAEMON_ENDS_WITHIN} s (frozen? `lab daemon {name} thaw`)")
    if action in ("start", "restart"):
        kernel.ignore_missing(os.unlink, hold)
        init.signal(signal.SIGUSR1)
        host.wait_ready(lab, name)
    if action in ("freeze", "thaw"):
        if not process:
            raise LabError(f"libvirtd does not run on {name}: `lab daemon {name} start`")
        process.signal(signal.SIGSTOP if action == "freeze" else signal.SIGCONT)
        kernel.poll(5, lambda: kernel.frozen(pid) == (action == "freeze"))


def port(lab, name, action, ports, reject):
    if action == "block":
        network.block(lab, name, reject, ports)
    else:
        network.open_port(lab, name, ports)


def old(lab, name, features, machines):
    """The host's QEMU can do less from now on (nothing given: all again). The host is switched off and on for it."""
    host.write_emulator(lab, lab.host(name), features)
    for entry in os.listdir(lab.path(name, host.CAPABILITIES)):
        os.unlink(lab.path(name, host.CAPABILITIES, entry))
    if lab.init_of(name):
        power(lab, name, False)
    power(lab, name, True)
    host.virsh(lab, name, "capabilities", seconds=60)  # QEMU is asked anew
    if machines:
        daemon(lab, name, "stop")
        missing = [machine for machine in machines if not host.drop_machine(lab, name, machine)]
        daemon(lab, name, "start")
        if missing:
            raise LabError(f"QEMU on {name} has no machine type {', '.join(missing)} that could be taken away")


def set_tls(lab, names, on):
    """Certificates, and libvirtd listening with them, on these hosts."""
    names = [lab.host(name) for name in names or lab.hosts]
    for name in names:
        (tls.install if on else tls.uninstall)(lab, name)
    if on:
        tls.client(lab)
    in_parallel(lambda name: daemon(lab, name, "restart"), [name for name in names if lab.init_of(name)])


# ---- seeing

def status(lab):
    wires = network.wires(lab)
    states, processes = guests.places(lab), guests.emulators(lab)

    def one(name):
        pid = host.daemon_pid(lab, name)
        state = "off" if not lab.init_of(name) else "stopped" if not pid else "frozen" if kernel.frozen(pid) else \
            "running" if states[name] is not None else "not answering"
        on = lab.init_of(name)
        return {"name": name, "address": lab.addresses[name], "power": "on" if on else "off", "daemon": state, **wires[name],
                "blocked": network.blocked(lab, name) if on else [], "guests": states[name],
                "emulators": sorted(processes[name]), "uri": lab.unix_uri(name)}
    return {"name": lab.name, "dir": lab.folder, "ready": bool(lab.description.get("ready")),
            "keepalive": lab.description["keepalive"], "keeper": lab.keeper().pid,
            "console": {"address": lab.addresses[CONSOLE], **wires[CONSOLE]},
            "hosts": [one(name) for name in lab.hosts]}


def status_text(found):
    lines = [f"lab {found['name']} in {found['dir']}, {'ready' if found['ready'] else 'not ready yet'}"]
    for each in found["hosts"]:
        speed = f"{each['mib_per_s']} MiB/s" if each["mib_per_s"] else "full speed"
        wire = speed if each["cable"] else "cable cut"
        running = ", ".join(f"{name} ({state})" for name, state in (each["guests"] or {}).items())
        if each["guests"] is None:
            running = ", ".join(f"{name} (seen as a process)" for name in each["emulators"])
        lines.append(f"  {each['name']:4} {each['address']:15} power {each['power']:3}  libvirtd {each['daemon']:9} {wire:14} "
                     f"{'ports blocked  ' if each['blocked'] else ''}{running or 'no guests'}")
    con = found["console"]
    lines.append(f"  con  {con['address']:15} {'' if con['cable'] else 'cable cut'}")
    return "\n".join(lines)
