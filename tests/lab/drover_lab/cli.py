# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of `lab`."""
import argparse
import json
import os
import sys

from . import commands, guests, host, network, storage
from .folder import Lab, default_folder
from .kernel import LabError

TOP = """A laboratory on this one machine: real libvirt hosts h1, h2, ... with emulated guests, their network in your hands.
Each lab has a folder: --dir, else DROVER_LAB_DIR, else drover-lab-NAME under XDG_RUNTIME_DIR or /tmp (--name, default main)."""


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def up_options(parser):
    parser.add_argument("--hosts", type=positive, default=3, metavar="N", help="how many hosts (default 3)")
    parser.add_argument("--guests", type=int, default=0, metavar="N", help="guests vm1.. running on h1 (default none)")
    parser.add_argument("--guest-memory", type=int, default=64, metavar="MIB", help="memory of each of them (default 64)")
    parser.add_argument("--keepalive", default="5,5", metavar="I,C",
                        help="a lost peer is noticed after about I*(C+1) seconds (default 5,5; 1,3 for quick tests)")
    parser.add_argument("--tls", action="store_true", help="certificates on all hosts, as `lab tls on`")
    parser.add_argument("--old", action="append", default=[], metavar="HOST",
                        help="the processor of this host lacks aes and sse4.2, as `lab old HOST --without-feature ...`")
    parser.add_argument("--link", type=float, metavar="MIB_S", help="speed of every host's cable (default: not limited)")


def make_parser():
    places = argparse.ArgumentParser(add_help=False)
    places.add_argument("--dir", metavar="DIR", default=argparse.SUPPRESS, help="folder of the lab")
    places.add_argument("--name", metavar="PREFIX", default=argparse.SUPPRESS, help="name of the lab")
    parser = argparse.ArgumentParser(prog="lab", description=TOP, parents=[places],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands_ = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, text, *, inside=commands_):
        return inside.add_parser(name, help=text, description=text, parents=[places])

    each = command("up", "start a lab (nothing happens if it is up)")
    up_options(each)
    each.add_argument("--owner", type=int, metavar="PID", help="take the lab down when this process ends")
    command("down", "end a lab and remove its folder, whatever state it is in")
    each = command("run", "start a lab, run a command with DROVER_LAB_DIR and DROVER_LAB set, take the lab down whatever happens")
    up_options(each)
    each.add_argument("program", nargs=argparse.REMAINDER, metavar="-- CMD...")

    guest = command("guest", "guests: add, rate, check, list, remove").add_subparsers(dest="what", required=True, metavar="WHAT")
    each = command("add", "make a guest and start it", inside=guest)
    each.add_argument("guest", metavar="NAME")
    each.add_argument("--host", default="h1", help="where (default h1)")
    each.add_argument("--memory", type=int, default=64, metavar="MIB", help="default 64")
    each.add_argument("--hot", type=int, default=8, metavar="MIB", help="working set that is rewritten (default 8)")
    each.add_argument("--used", type=int, metavar="MIB", help="memory filled with noise (default: all, at most 512)")
    each.add_argument("--rate", default="0", help="pages a second, or MiB a second as 2MiB/s (default 0)")
    each.add_argument("--disk", action="append", default=[], metavar="SPEC",
                      help="a disk: local, shared, nfs, nbd or backing, then as wanted ,raw ,qcow2 ,size=MIB (16) ,fill=MIB ,backing "
                           ",base=FILE ,bus=virtio ,cache=MODE ,file=NAME ,readonly ,shareable. The guest writes to the first")
    each.add_argument("--nbd", action="append_const", const="nbd", dest="disk", help="same as --disk nbd")
    each.add_argument("--cdrom", action="append", default=[], metavar="SPEC",
                      help="an ISO file: local, shared or nfs, then as wanted ,size=MIB (1) ,file=NAME ,policy=optional")
    each.add_argument("--log-rate", type=int, default=20, metavar="N", help="blocks a second written to the first disk (default 20)")
    each.add_argument("--nic", action="append", default=[], metavar="SPEC", help="bridge:NAME, network:NAME or network:NAME/PORTGROUP")
    each.add_argument("--ignore-power-button", action="store_true", help="a shutdown request is not obeyed")
    each.add_argument("--linger", type=int, default=0, metavar="S", help="a shutdown request is obeyed so much later")
    each.add_argument("--nova-project", metavar="PROJECT", help="metadata as OpenStack writes it")
    each.add_argument("--ivshmem", action="store_true", help="a device that cannot move: memory shared with others on the host")
    each.add_argument("--serial-file", nargs="?", const="/var/lib/libvirt/private/serial.log", metavar="PATH",
                      help="a second serial port, into a file in a folder that only this host has")
    each.add_argument("--cpu", metavar="MODEL[+FEATURE]", help="processor that the guest requires, as Nehalem+aes")
    each.add_argument("--machine", metavar="TYPE")
    each.add_argument("--stopped", action="store_true", help="defined, not started")
    each.add_argument("--persistent", action=argparse.BooleanOptionalAction, default=True, help="defined, not only running (default)")
    each.add_argument("--transient", action="store_false", dest="persistent", help="running, not defined")
    each.add_argument("--uuid")
    each = command("rate", "how fast a guest writes, from now on", inside=guest)
    each.add_argument("guest", metavar="NAME")
    each.add_argument("rate", metavar="MIB_S", help="MiB a second; pages a second as 500p")
    for name, text in (("remove", "end a guest and forget it, on every host"),
                       ("check", "is it running in one place, still counting, without a lost write? exit 0 if so")):
        each = command(name, text, inside=guest)
        each.add_argument("guest", metavar="NAME")
        if name == "check":
            each.add_argument("--json", action="store_true")
            each.add_argument("--seconds", type=float, default=6, metavar="S", help="how long it may be silent (default 6)")
    each = command("log-rate", "blocks a second a guest writes to its first disk, from now on", inside=guest)
    each.add_argument("guest", metavar="NAME")
    each.add_argument("rate", type=int, metavar="N")
    each = command("disk-check", "read the disks: log whole, nothing acknowledged lost, the rest as it was made? exit 0 if so",
                   inside=guest)
    each.add_argument("guest", metavar="NAME")
    each.add_argument("--host", help="where to read (default: where it runs, else where it is defined)")
    each.add_argument("--json", action="store_true")
    each = command("define-copy", "a second definition of a guest, on another host", inside=guest)
    each.add_argument("guest", metavar="NAME")
    each.add_argument("host")
    each.add_argument("--same", choices=["name", "uuid", "both"], default="both", help="what it has in common (default both)")
    each = command("list", "all guests and where they run", inside=guest)
    each.add_argument("--json", action="store_true")

    each = command("status", "what is on, cut, frozen, and where the guests are")
    each.add_argument("--json", action="store_true")
    each = command("shape", "speed of a host's (or the console's) cable, both directions")
    each.add_argument("host")
    each.add_argument("speed", metavar="MIB_S|off")
    for name, text in (("cut", "pull a cable out at the switch: no reset, no ICMP, silence"), ("mend", "plug it in again"),
                       ("unblock", "take back all `block`s of a host")):
        command(name, text).add_argument("host")
    each = command("block", "a host's migration ports answer nothing any more")
    each.add_argument("host")
    each.add_argument("--reject", action="store_true", help="answer with a reset instead of silence")
    each.add_argument("--port", help="another port or range, as 16509 or 49152:49215")
    each = command("power", "switch a host off (all at once, nobody is told) or on")
    each.add_argument("host")
    each.add_argument("state", choices=["on", "off"])
    each.add_argument("--rst", action="store_true", help="off: leave the cable, so that peers see their connections closed")
    each = command("daemon", "libvirtd of a host; guests run on. After stop and kill it stays away until start")
    each.add_argument("host")
    each.add_argument("action", choices=["stop", "start", "restart", "kill", "freeze", "thaw"])
    each = command("port", "one port of a host: answer nothing on it, or open it again")
    each.add_argument("action", choices=["block", "open"])
    each.add_argument("host")
    each.add_argument("port", help="as 16514 or 49152:49160")
    each.add_argument("--reject", action="store_true", help="block: answer with a reset instead of silence")

    def group(name, text):
        return command(name, text).add_subparsers(dest="what", required=True, metavar="WHAT")
    pool = group("pool", "storage pools: add, remove")
    each = command("add", "define a pool of a folder and start it (images, shared and nfs are there at first)", inside=pool)
    each.add_argument("host")
    each.add_argument("pool", metavar="NAME", help="local is another word for images")
    each.add_argument("--path", metavar="DIR", help="needed for other names than images, shared, nfs")
    each = command("remove", "forget a pool; its files stay", inside=pool)
    each.add_argument("host")
    each.add_argument("pool", metavar="NAME")
    storage_ = group("storage", "folders of disks: limit, unshare, share, put, remove")
    each = command("limit", "a host's own folder holds so many MiB, until the host is switched off", inside=storage_)
    each.add_argument("host")
    each.add_argument("place", choices=["local"])
    each.add_argument("size", metavar="MIB|off")
    for name, text in (("unshare", "a folder of the host's own at the path of a common one, until it is switched off"),
                       ("share", "the common folder again")):
        each = command(name, text, inside=storage_)
        each.add_argument("host")
        each.add_argument("place", choices=["shared", "nfs"])
    for name, text in (("put", "a file in a folder of a host, with contents of its own"), ("remove", "remove a file there")):
        each = command(name, text, inside=storage_)
        each.add_argument("host")
        each.add_argument("place", choices=list(storage.FOLDERS))
        each.add_argument("file")
        if name == "put":
            each.add_argument("--from", dest="source", metavar="PATH", help="copy this file")
            each.add_argument("--size", type=positive, default=8, metavar="MIB", help="default 8")
            each.add_argument("--format", choices=["raw", "qcow2"], default="raw")
            each.add_argument("--base", metavar="FILE", help="an empty overlay over this raw file of the same folder")
    bridge = group("bridge", "bridges: add, remove")
    for name, text in (("add", "a bridge without a cable"), ("remove", "away with it")):
        each = command(name, text, inside=bridge)
        each.add_argument("host")
        each.add_argument("bridge", metavar="BRIDGE")
    net = group("network", "networks of libvirt: add, remove")
    each = command("add", "define a network over a bridge (made if missing) and start it", inside=net)
    each.add_argument("host")
    each.add_argument("network", metavar="NAME")
    each.add_argument("--bridge", required=True)
    each.add_argument("--portgroup", action="append", default=[], metavar="NAME")
    each = command("remove", "stop a network and forget it", inside=net)
    each.add_argument("host")
    each.add_argument("network", metavar="NAME")
    each = command("tls", "certificates for qemu+tls:// and encrypted migrations; restarts libvirtd")
    each.add_argument("state", choices=["on", "off"])
    each.add_argument("hosts", nargs="*", metavar="HOST", help="default: all")
    each = command("memory", "what a host says of its memory; nothing is really taken away. Until it is switched off")
    each.add_argument("host")
    each.add_argument("free", metavar="FREE_MIB|off")
    each.add_argument("--total", type=positive, metavar="MIB")
    each = command("old", "QEMU on a host can do less; nothing given: all again. Switches the host off and on")
    each.add_argument("host")
    each.add_argument("--without-feature", action="append", default=[], metavar="F", help="a processor feature, as aes or sse4.2")
    each.add_argument("--without-machine", action="append", default=[], metavar="TYPE", help="a machine type, as pc-i440fx-7.2")
    each = command("exec", "run a program in a host (h1...) or the console (con)")
    each.add_argument("host", metavar="HOST|con")
    each.add_argument("program", nargs=argparse.REMAINDER, metavar="-- CMD...")
    each = command("virsh", "virsh on a host, over its unix socket (works with the cable cut)")
    each.add_argument("host")
    each.add_argument("program", nargs=argparse.REMAINDER, metavar="ARGS...")
    return parser


def program_of(options):
    words = options.program[1:] if options.program[:1] == ["--"] else options.program
    if not words:
        raise LabError(f"`lab {options.command}` needs a command after --")
    return words


def up_arguments(options, name, folder):
    try:
        interval, count = (int(part) for part in options.keepalive.split(","))
        if interval < 1 or count < 1:
            raise ValueError
    except ValueError:
        raise LabError(f"--keepalive {options.keepalive}: give two numbers from 1 on, as 1,3") from None
    if options.hosts > 200:
        raise LabError("--hosts: a lab has at most 200")
    if options.link is not None and options.link <= 0:
        raise LabError("--link: give a speed above 0 in MiB/s")
    return {"folder": folder, "name": name, "hosts": options.hosts, "guest_count": options.guests,
            "keepalive": (interval, count), "link": options.link, "memory": options.guest_memory,
            "tls": options.tls, "old_hosts": options.old}


def folder_of(options):
    name = getattr(options, "name", None)
    if hasattr(options, "dir"):
        return options.dir
    if name:
        return default_folder(name)
    if options.command == "run":
        return default_folder(f"run{os.getpid()}")
    return os.environ.get("DROVER_LAB_DIR") or default_folder("main")


def guest_command(lab, options):
    if options.what == "add":
        guests.add(lab, options.guest, host=options.host, memory=options.memory, hot=options.hot, used=options.used,
                   rate=guests.pages(options.rate), disks=options.disk, cdroms=options.cdrom, log=options.log_rate, nics=options.nic,
                   persistent=options.persistent, uuid=options.uuid, deaf=options.ignore_power_button, linger=options.linger,
                   nova_project=options.nova_project, ivshmem=options.ivshmem, serial_file=options.serial_file,
                   cpu=options.cpu, machine=options.machine, start=not options.stopped)
        print(f"{options.guest} {'is defined' if options.stopped else 'runs'} on {options.host}")
    elif options.what == "rate":
        rate = options.rate[:-1] if options.rate.endswith("p") else options.rate.removesuffix("MiB/s") + "MiB/s"
        guests.set_rate(lab, options.guest, guests.pages(rate))
    elif options.what == "log-rate":
        guests.set_log_rate(lab, options.guest, options.rate)
    elif options.what == "disk-check":
        found = guests.check_disks(lab, options.guest, options.host)
        print(json.dumps(found) if options.json else disk_text(found))
        return 0 if found["ok"] else 1
    elif options.what == "define-copy":
        print(f"{guests.define_copy(lab, options.guest, options.host, options.same)} is defined on {options.host}")
    elif options.what == "remove":
        guests.spec(lab, options.guest)
        guests.remove(lab, options.guest)
    elif options.what == "check":
        found = guests.check(lab, options.guest, options.seconds)
        print(json.dumps(found) if options.json else check_text(found))
        return 0 if found["ok"] else 1
    elif options.what == "list":
        list_guests(lab, options.json)
    return 0


def check_text(found):
    report = found["report"]
    told = "never reported" if report is None else " ".join(f"{key}={value}" for key, value in report.items())
    where = " and ".join(found["hosts"]) or "no host"
    verdict = "sound" if found["ok"] else "NOT SOUND"
    return f"{found['name']}: {verdict}; runs on {where}; {'counting' if found['counting'] else 'NOT counting'}; {told}"


def disk_text(found):
    lines = [f"{found['name']} on {found['host']}, {'running' if found['running'] else 'not running'}: "
             f"{'sound' if found['ok'] else 'NOT SOUND'}"]
    for row in found["disks"]:
        told = " ".join(f"{key}={value}" for key, value in row.items() if key not in ("target", "path", "faults"))
        lines.append(f"  {row['target']} {row.get('path', '')} {told}")
        lines += [f"    {fault}" for fault in row["faults"]]
    return "\n".join(lines)


def list_guests(lab, as_json):
    states = guests.places(lab)
    rows = []
    for name in guests.names(lab):
        guest = guests.spec(lab, name)
        guest["states"] = {host: found[name] for host, found in states.items() if found and name in found}
        rows.append(guest)
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for guest in rows:
        where = ", ".join(f"{host}: {state}" for host, state in guest["states"].items()) or "on no host that answers"
        print(f"{guest['name']:10} {guest['memory']} MiB, {guest['hot']} hot at {guest['rate']} pages/s, "
              f"disks {', '.join(disk['place'] for disk in guest['disks']) or 'none'}; {where}")


def dispatch(options, tool):
    folder = folder_of(options)
    if options.command in ("up", "run"):
        name = getattr(options, "name", None) or os.path.basename(os.path.abspath(folder)).removeprefix("drover-lab-")
        arguments = up_arguments(options, name, folder)
        if options.command == "run":
            return commands.run(arguments, program_of(options), tool)
        lab, fresh = commands.up(**arguments, owner=options.owner)
        print(f"{'up' if fresh else 'is up already'}: {lab.folder}")
        return 0
    if options.command == "down":
        print(f"{'down' if commands.down(folder) else 'nothing there'}: {folder}")
        return 0
    lab = Lab.find(folder)
    if options.command == "guest":
        return guest_command(lab, options)
    if options.command == "status":
        found = commands.status(lab)
        print(json.dumps(found, indent=2) if options.json else commands.status_text(found))
        return 0
    if options.command == "exec":
        return commands.execute(lab, options.host, program_of(options))
    if options.command == "virsh":
        os.execvp("virsh", ["virsh", "-c", lab.unix_uri(lab.host(options.host)), *program_of(options)])
    fault(lab, options)
    return 0


def fault(lab, options):
    if options.command == "shape":
        try:
            speed = None if options.speed == "off" else float(options.speed)
        except ValueError:
            speed = 0
        if speed is not None and speed <= 0:
            raise LabError(f"shape {options.speed}: give a speed above 0 in MiB/s, or off")
        network.shape(lab, options.host, speed)
    elif options.command in ("cut", "mend"):
        network.set_cable(lab, options.host, options.command == "mend")
    elif options.command == "block":
        network.block(lab, options.host, options.reject, options.port)
    elif options.command == "unblock":
        network.unblock(lab, options.host)
    elif options.command == "power":
        commands.power(lab, options.host, options.state == "on", options.rst)
    elif options.command == "daemon":
        commands.daemon(lab, options.host, options.action)
    elif options.command == "port":
        commands.port(lab, options.host, options.action, options.port, options.reject)
    elif options.command == "tls":
        commands.set_tls(lab, options.hosts, options.state == "on")
    elif options.command == "memory":
        host.set_memory(lab, options.host, mib(options.free), options.total)
    elif options.command == "old":
        commands.old(lab, options.host, options.without_feature, options.without_machine)
    else:
        surroundings(lab, options)


def mib(text):
    """None for `off`."""
    try:
        return None if text == "off" else positive(text)
    except (ValueError, argparse.ArgumentTypeError):
        raise LabError(f"{text}: give a number of MiB from 1 on, or off") from None


def surroundings(lab, options):
    """Folders, pools, bridges and networks of a host."""
    name = lab.host(options.host)
    what = (options.command, options.what)
    if what == ("pool", "add"):
        storage.add_pool(lab, name, options.pool, options.path)
    elif what == ("pool", "remove"):
        storage.remove_pool(lab, name, options.pool)
    elif what == ("storage", "limit"):
        storage.limit(lab, name, options.place, mib(options.size))
    elif what == ("storage", "unshare"):
        storage.unshare(lab, name, options.place)
    elif what == ("storage", "share"):
        storage.share(lab, name, options.place)
    elif what == ("storage", "put"):
        storage.put(lab, name, options.place, options.file, options.size, options.format, options.source, options.base)
    elif what == ("storage", "remove"):
        storage.remove(lab, name, options.place, options.file)
    elif what == ("bridge", "add"):
        network.add_bridge(lab, name, options.bridge)
    elif what == ("bridge", "remove"):
        network.remove_bridge(lab, name, options.bridge)
    elif what == ("network", "add"):
        network.add_network(lab, name, options.network, options.bridge, options.portgroup)
    elif what == ("network", "remove"):
        network.remove_network(lab, name, options.network)


def main(tool, words=None):
    try:
        return dispatch(make_parser().parse_args(words), tool)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
    except OSError as error:
        print(f"lab: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1
