# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wires: one bridge in the fabric, a cable from it to each host and to the console."""
import json
import os
import subprocess

from . import kernel
from .folder import CONSOLE, FABRIC
from .host import virsh
from .kernel import LabError

BITS_PER_MIB = 8 * 1024 * 1024
MIGRATION_PORTS = "49152:49215"


def run_in(net, command, text=None, mounts=None):
    """Runs a short command in the network namespace at that path (and those mounts); its output."""
    spaces = [(os.open(path, os.O_RDONLY | os.O_CLOEXEC), kind)
              for path, kind in ((net, kernel.CLONE_NEWNET), (mounts, kernel.CLONE_NEWNS)) if path]

    def enter():
        for fd, kind in spaces:
            kernel.setns(fd, kind)
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, preexec_fn=enter)
    finally:
        for fd, _ in spaces:
            os.close(fd)
    if done.returncode:
        raise LabError(f"`{' '.join(command)}` failed in the lab's network: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def new_namespace():
    """A file descriptor of a fresh network namespace with its loopback up."""
    ready, tell = os.pipe()
    hold, release = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(release)  # else the child would wait for itself when its parent ends
        try:
            kernel.unshare(kernel.CLONE_NEWNET)
            for key in ("all", "default"):
                path = f"/proc/sys/net/ipv6/conf/{key}/disable_ipv6"
                if os.path.exists(path):
                    with open(path, "w", encoding="ascii") as file:
                        file.write("1")
            os.write(tell, b"1")
            os.read(hold, 1)
        finally:
            os._exit(0)
    os.close(tell)
    os.close(hold)
    try:
        if os.read(ready, 1) != b"1":
            raise LabError("cannot make a network namespace: the lab needs root (CAP_SYS_ADMIN) and a kernel with CONFIG_NET_NS")
        return os.open(f"/proc/{child}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(ready)
        os.close(release)
        os.waitpid(child, 0)


def build(addresses):
    """All namespaces and wires; name -> file descriptor."""
    fds = {name: new_namespace() for name in addresses}
    paths = {name: f"/proc/{os.getpid()}/fd/{fd}" for name, fd in fds.items()}
    lines = ["link set lo up", "link add br0 type bridge forward_delay 0",
             f"address add {addresses[FABRIC]}/24 dev br0", "link set br0 up"]
    ends = [name for name in addresses if name != FABRIC]
    for name in ends:
        lines += [f"link add v{name} type veth peer name eth0 netns {paths[name]}",
                  f"link set v{name} master br0", f"link set v{name} up"]
    run_in(paths[FABRIC], ["ip", "-batch", "-"], "\n".join(lines) + "\n")
    for name in ends:
        run_in(paths[name], ["ip", "-batch", "-"],
               f"link set lo up\naddress add {addresses[name]}/24 dev eth0\nlink set eth0 up\n")
    return fds


def set_cable(lab, name, plugged):
    run_in(lab.net(FABRIC), ["ip", "link", "set", "v" + lab.host(name, console=True), "up" if plugged else "down"])


def shape(lab, name, mib):
    """Both directions of a cable to that many MiB/s; None: as fast as the machine can."""
    lab.host(name, console=True)
    for net, device in ((lab.net(name), "eth0"), (lab.net(FABRIC), "v" + name)):
        if mib is None:
            if "tbf" in run_in(net, ["tc", "qdisc", "show", "dev", device]):
                run_in(net, ["tc", "qdisc", "del", "dev", device, "root"])
            continue
        bits = round(mib * BITS_PER_MIB)
        burst = max(128 * 1024, bits // 8 // 100)
        run_in(net, ["tc", "qdisc", "replace", "dev", device, "root", "tbf", "rate", f"{bits}bit",
                     "burst", str(burst), "latency", "50ms"])


def wires(lab):
    """name -> {cable: bool, mib_per_s: float or None}, for the hosts and the console."""
    fabric = lab.net(FABRIC)
    links = json.loads(run_in(fabric, ["ip", "-j", "link", "show"]))
    up = {entry["ifname"]: "UP" in entry["flags"] for entry in links}
    rates = {}
    for entry in json.loads(run_in(fabric, ["tc", "-j", "qdisc", "show"])):
        if entry["kind"] == "tbf":
            rates[entry["dev"]] = round(entry["options"]["rate"] / (1024 * 1024), 3)
    return {name: {"cable": up.get("v" + name, False), "mib_per_s": rates.get("v" + name)}
            for name in lab.hosts + [CONSOLE]}


def filter_ports(lab, name, *arguments):
    """iptables on a host; with its mounts, for iptables keeps a lock file."""
    init = lab.init_of(lab.host(name))
    if not init:
        raise LabError(f"{name} is switched off: `lab power {name} on`")
    return run_in(lab.net(name), ["iptables-legacy", *arguments], mounts=f"/proc/{init.pid}/ns/mnt")


def block(lab, name, reject=False, ports=None):
    """The host answers nothing on these ports, or resets."""
    verdict = ["REJECT", "--reject-with", "tcp-reset"] if reject else ["DROP"]
    filter_ports(lab, name, "-A", "INPUT", "-p", "tcp", "--dport", ports or MIGRATION_PORTS, "-j", *verdict)


def open_port(lab, name, ports):
    """Takes back every block of exactly these ports."""
    rules = [line for line in blocked(lab, name) if f" --dport {ports} " in line + " "]
    if not rules:
        raise LabError(f"port {ports} of {name} is not blocked: `lab status --json` shows what is")
    for rule in rules:
        filter_ports(lab, name, "-D", *rule.split())


def unblock(lab, name):
    filter_ports(lab, name, "-F", "INPUT")


def blocked(lab, name):
    return [line[3:] for line in filter_ports(lab, name, "-S", "INPUT").splitlines() if line.startswith("-A ")]


# ---- bridges and libvirt's networks

def add_bridge(lab, name, bridge):
    """A bridge without a cable: guests on it reach each other, on this host."""
    run_in(lab.net(lab.host(name)), ["ip", "-batch", "-"], f"link add {bridge} type bridge forward_delay 0\nlink set {bridge} up\n")


def remove_bridge(lab, name, bridge):
    run_in(lab.net(lab.host(name)), ["ip", "link", "del", bridge])


NETWORK = """<network>
  <name>{name}</name>
  <forward mode='bridge'/>
  <bridge name='{bridge}'/>
{groups}</network>
"""


def add_network(lab, host, name, bridge, groups):
    """A network of libvirt over a bridge, which is made if it is missing."""
    if not any(entry["ifname"] == bridge for entry in json.loads(run_in(lab.net(lab.host(host)), ["ip", "-j", "link", "show"]))):
        add_bridge(lab, host, bridge)
    file = lab.path(host, f"{name}.network")
    try:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(NETWORK.format(name=name, bridge=bridge,
                                        groups="".join(f"  <portgroup name='{group}'/>\n" for group in groups)))
        virsh(lab, host, "net-define", file)
    finally:
        os.unlink(file)
    virsh(lab, host, "net-autostart", name)
    virsh(lab, host, "net-start", name)


def remove_network(lab, host, name):
    """The bridge stays."""
    if name in virsh(lab, lab.host(host), "net-list", "--name").split():
        virsh(lab, host, "net-destroy", name)
    virsh(lab, host, "net-undefine", name)
