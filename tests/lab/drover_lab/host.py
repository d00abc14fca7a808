# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host: its files, its PID 1, its libvirtd."""
import contextlib
import os
import shutil
import signal
import subprocess

from . import kernel
from .kernel import LabError, Process

LIBVIRTD = "/usr/sbin/libvirtd"
EMULATOR = "/usr/bin/qemu-system-x86_64"
# Places of disks. `local` is each host's own; the others are one folder of all hosts, and `nfs` passes for NFS.
FOLDERS = {"local": "/var/lib/libvirt/images", "shared": "/var/lib/libvirt/shared", "nfs": "/var/lib/libvirt/nfs"}
CAPABILITIES = "cache/libvirt/qemu/capabilities"  # of a host's folder: what libvirtd learned about QEMU
QEMU_USER = "libvirt-qemu:x:64055:64055:libvirt qemu:/var/lib/libvirt:/usr/sbin/nologin"
QEMU_GROUP = "libvirt-qemu:x:64055:"
# All of /etc that a host gets. The files are private copies: a package installation outside replaces such files, and
# the kernel then drops mounts on them. Folders stay what they are, and are mounted.
FROM_ETC = ("passwd", "group", "nsswitch.conf", "host.conf", "protocols", "services", "ethertypes", "ld.so.cache", "ld.so.conf",
            "localtime", "timezone", "magic", "mime.types")
FOLDERS_FROM_ETC = ("alternatives", "iproute2", "sasl2", "libnl-3", "ld.so.conf.d")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "net/tun", "userfaultfd")

LIBVIRTD_CONF = """listen_tls = 0
listen_tcp = 1
listen_addr = "0.0.0.0"
auth_tcp = "none"
auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_rw_perms = "0700"
host_uuid = "{uuid}"
keepalive_interval = {interval}
keepalive_count = {count}
max_clients = 5000
max_anonymous_clients = 5000
"""

QEMU_CONF = """security_driver = "none"
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
migration_address = "0.0.0.0"
migration_host = "{address}"
keepalive_interval = {interval}
keepalive_count = {count}
"""

POOL = """<pool type='dir'>
  <name>{name}</name>
  <source/>
  <target><path>{path}</path></target>
</pool>
"""


def _write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _ensure_line(path, name, line):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    if not any(entry.startswith(name + ":") for entry in lines):
        _write(path, "\n".join(lines + [line]) + "\n")


def prepare(lab, name, capabilities, nfs):
    """Writes the host's folder. `capabilities`: folder with what an earlier lab learned about QEMU, or None;
    `nfs`: the library that has one folder pass for NFS."""
    interval, count = lab.description["keepalive"]
    for part in ("run", "lib/libvirt/images", "lib/libvirt/shared", "lib/libvirt/nfs", "log/libvirt", CAPABILITIES,
                 "etc/libvirt/storage/autostart", "etc/pki", "etc/drover", "dev"):
        os.makedirs(lab.path(name, part), exist_ok=True)
    etc = lab.path(name, "etc")
    for entry in FROM_ETC:
        source, target = os.path.join("/etc", entry), os.path.join(etc, entry)
        if os.path.exists(source):
            shutil.copyfile(source, target)
    for entry in FOLDERS_FROM_ETC:
        if os.path.isdir(os.path.join("/etc", entry)):
            os.mkdir(os.path.join(etc, entry))
    _ensure_line(os.path.join(etc, "passwd"), "libvirt-qemu", QEMU_USER)
    _ensure_line(os.path.join(etc, "group"), "libvirt-qemu", QEMU_GROUP)
    shutil.copyfile(lab.path("hosts"), os.path.join(etc, "hosts"))
    _write(os.path.join(etc, "hostname"), name + "\n")
    _write(os.path.join(etc, "libvirt/libvirtd.conf"),
           LIBVIRTD_CONF.format(uuid=lab.host_uuid(name), interval=interval, count=count))
    _write(os.path.join(etc, "libvirt/qemu.conf"),
           QEMU_CONF.format(address=lab.addresses[name], interval=interval, count=count))
    shutil.copyfile(nfs, os.path.join(etc, "drover/nfs.so"))
    for path in FOLDERS.values():
        pool = os.path.basename(path)
        _write(os.path.join(etc, f"libvirt/storage/{pool}.xml"), POOL.format(name=pool, path=path))
        os.symlink(f"/etc/libvirt/storage/{pool}.xml", os.path.join(etc, f"libvirt/storage/autostart/{pool}.xml"))
    if capabilities and os.path.isdir(capabilities):
        copy_capabilities(capabilities, lab.path(name, CAPABILITIES))


def copy_capabilities(source, target):
    os.makedirs(target, exist_ok=True)
    for entry in os.listdir(source):
        if entry.endswith(".xml"):
            fresh = os.path.join(target, f"{entry}.{os.getpid()}")  # other labs may be copying too
            shutil.copy2(os.path.join(source, entry), fresh)
            os.replace(fresh, os.path.join(target, entry))


def _own_devices():
    """A /dev with the harmless devices only: above all without /dev/kvm, for every guest here is emulated."""
    new = "dev"
    kernel.mount("tmpfs", new, "tmpfs", kernel.MS_NOSUID, "mode=755,size=64k")
    for device in DEVICES:
        if os.path.exists("/dev/" + device):
            os.makedirs(os.path.dirname(f"{new}/{device}"), exist_ok=True)
            open(f"{new}/{device}", "wb").close()
            kernel.bind("/dev/" + device, f"{new}/{device}")
    for folder in ("pts", "shm"):
        os.mkdir(f"{new}/{folder}")
    kernel.bind("/dev/pts", f"{new}/pts", recursive=True)
    kernel.mount("tmpfs", f"{new}/shm", "tmpfs", kernel.MS_NOSUID, "mode=1777")
    os.symlink("pts/ptmx", f"{new}/ptmx")
    for link, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink("/proc/self/fd" + target, f"{new}/{link}")
    kernel.mount(new, "/dev", flags=kernel.MS_MOVE)


def _own_files(name):
    """The present folder is the host's own. Everything is taken relative to it: a mount below may hide it."""
    kernel.own_mounts()
    kernel.set_hostname(name)
    _own_devices()
    for place in ("shared", "nfs"):
        kernel.bind("../" + place, "lib/libvirt/" + place)
    if os.path.exists("emulator"):  # the script that stands for QEMU on a host that can do less
        os.makedirs("etc/drover/usr", exist_ok=True)  # QEMU looks for its files beside itself
        kernel.bind_read_only("/usr", "etc/drover/usr")
        kernel.bind("emulator", EMULATOR)
    for entry in FOLDERS_FROM_ETC:
        if os.path.isdir("etc/" + entry):
            kernel.bind_read_only("/etc/" + entry, "etc/" + entry)
    for source, target in (("cache", "/var/cache"), ("log", "/var/log"), ("etc", "/etc"), ("lib", "/var/lib")):
        kernel.bind(source, target, recursive=True)
    kernel.bind("run", "/run")
    kernel.mount("proc", "/proc", "proc")
    with contextlib.suppress(OSError):  # in some containers; then the machine's network devices are shown as the host's
        kernel.mount("sysfs", "/sys", "sysfs")


def _start_daemon(log):
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.chdir("/")
        os.dup2(log, 1)
        os.dup2(log, 2)
        kernel.ignore_missing(os.unlink, "/run/libvirtd.pid")
        os.execve(LIBVIRTD, [LIBVIRTD, "--listen", "-f", "/etc/libvirt/libvirtd.conf"],
                  {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "LD_PRELOAD": "/etc/drover/nfs.so"})
    finally:
        os._exit(127)


def _init(name):
    """PID 1 of a host: reaps what is left to it (libvirt probes QEMU through such processes and waits for their
    end), and keeps libvirtd running unless the file `hold` asks not to."""
    watched = {signal.SIGCHLD, signal.SIGUSR1}
    signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    signal.signal(signal.SIGUSR1, lambda *_: None)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _own_files(name)
    os.makedirs("/run/drover", exist_ok=True)  # serial ports of the guests
    os.makedirs("/run/lock", exist_ok=True)
    log = os.open("libvirtd.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    daemon, pause = None, 0.0
    while True:
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                if pid == daemon:
                    daemon, pause = None, 0.3
                    os.write(log, f"-- libvirtd of {name} ended, status {status}\n".encode())
        except ChildProcessError:
            pass
        if daemon is None and not os.path.exists("hold"):
            if pause:  # not in a tight circle when it cannot start
                signal.sigtimedwait({signal.SIGUSR1}, pause)
                pause = 0.0
                continue
            daemon = _start_daemon(log)
        signal.sigtimedwait(watched, 5.0)


def start(lab, name, net_fd):
    """Called in the keeper: forks the host. Returns the pid of the outer process; when that one ends, the host does."""
    keeper = os.getpid()
    outer = os.fork()
    if outer:
        return outer
    try:
        kernel.die_with_parent(keeper)
        os.setsid()
        os.chdir(lab.path(name))
        kernel.setns(net_fd, kernel.CLONE_NEWNET)
        os.closerange(3, 65536)  # the keeper's ear and networks are not the host's
        kernel.set_process_name(f"lab-{lab.name}-{name}")
        kernel.unshare(kernel.CLONE_NEWUTS | kernel.CLONE_NEWPID)
        go_read, go_write = os.pipe()
        here = os.getpid()
        init = os.fork()
        if init == 0:
            kernel.death_signal()
            os.close(go_write)
            if os.read(go_read, 1) != b"1":  # the outer process ended before it could write our pid down
                os._exit(1)
            os.close(go_read)
            _init(name)
        Process(init).write("init.pid")
        os.write(go_write, b"1")
        os.waitpid(init, 0)
    except BaseException as error:  # the only ear is the log
        os.write(2, f"host {name}: {error!r}\n".encode())
    finally:
        os._exit(1)


def daemon_pid(lab, host):
    """libvirtd of a host: the child of its PID 1, by membership, not by name alone."""
    init = lab.init_of(host)
    if not init:
        return None
    for pid in kernel.processes():
        if kernel.parent(pid) == init.pid and kernel.command_line(pid)[:1] == [LIBVIRTD]:
            return pid
    return None


def log_tail(lab, host, lines=8):
    try:
        with open(lab.path(host, "libvirtd.log"), encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:]).rstrip() or "(its log is empty)"
    except OSError:
        return "(no log)"


def virsh(lab, host, *arguments, seconds=20, text=None):
    """Output of virsh on that host, over its unix socket: a cut cable does not matter."""
    command = ["virsh", "-q", "-c", lab.unix_uri(host), *arguments]
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=seconds, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
    except subprocess.TimeoutExpired:
        raise LabError(f"libvirtd on {host} did not answer `virsh {' '.join(arguments)}` within {seconds} s: "
                       f"see `lab status` (frozen? `lab daemon {host} thaw`)") from None
    except FileNotFoundError:
        raise LabError("virsh is not installed: install the package libvirt-clients") from None
    if done.returncode:
        raise LabError(f"{host}: `virsh {' '.join(arguments)}` failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def namespaces(lab, name, *kinds):
    """Open descriptors of a host's namespaces ("mnt", "net", "uts") with the flags to enter them."""
    init = lab.init_of(lab.host(name))
    if not init:
        raise LabError(f"{name} is switched off: `lab power {name} on`")
    flags = {"mnt": kernel.CLONE_NEWNS, "net": kernel.CLONE_NEWNET, "uts": kernel.CLONE_NEWUTS}
    return [(os.open(f"/proc/{init.pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC), flags[kind]) for kind in kinds]


def run(lab, name, command):
    """Runs a short command on a host; its output."""
    spaces = namespaces(lab, name, "net", "mnt")

    def enter():
        for fd, kind in spaces:
            kernel.setns(fd, kind)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=enter,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
    finally:
        for fd, _ in spaces:
            os.close(fd)
    if done.returncode:
        raise LabError(f"{name}: `{' '.join(command)}` failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def inside(lab, name, function):
    """Calls the function in the host's mount namespace, in a child."""
    spaces = namespaces(lab, name, "mnt")
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            for fd, kind in spaces:
                kernel.setns(fd, kind)
            os.chdir("/")
            function()
            status = 0
        except BaseException as error:
            os.write(mouth, str(error).encode()[:4000])
        finally:
            os._exit(status)
    os.close(mouth)
    for fd, _ in spaces:
        os.close(fd)
    with open(ear, encoding="utf-8", errors="replace") as stream:
        said = stream.read()
    if os.waitpid(child, 0)[1]:
        raise LabError(f"{name}: {said}")


def ask(lab, name, question):
    """A yes-no question in the host's mount namespace."""
    try:
        inside(lab, name, lambda: question() or os._exit(1))
        return True
    except LabError:
        return False


def answers(lab, host):
    """Whether the daemon takes connections and calls."""
    if not os.path.exists(lab.path(host, "run/libvirt/libvirt-sock")):
        return False
    try:
        virsh(lab, host, "list", "--name", seconds=10)
        return True
    except LabError:
        return False


def wait_ready(lab, host, seconds=30):
    def ready():
        if not lab.init_of(host):
            return None
        return answers(lab, host)
    if not kernel.poll(seconds, ready):
        state = "is running but does not answer" if daemon_pid(lab, host) else "does not stay up"
        raise LabError(f"libvirtd on {host} {state} after {seconds} s; the end of {lab.path(host, 'libvirtd.log')}:\n"
                       + log_tail(lab, host))


# ---- less of a host

MEMINFO, NODES = "/proc/meminfo", "/sys/devices/system/node"


def set_memory(lab, name, free, total):
    """The host says that it has so much memory (MiB); free None: what the machine has. Nothing is really taken away."""
    def lines(path, values):
        with open(path, encoding="ascii") as file:
            for line in file:
                key = line.split(":")[0].split()[-1]
                yield f"{line.split(':')[0]}:{values[key]:>15} kB\n" if key in values else line

    def change():
        nodes = sorted(entry for entry in os.listdir(NODES) if entry.startswith("node") and entry[4:].isdigit()) \
            if os.path.isdir(NODES) else []
        files = [MEMINFO] + [f"{NODES}/{node}/meminfo" for node in nodes]
        for path in files:
            if os.path.ismount(path):
                kernel.unmount(path)
        if free is None:
            return
        whole = total
        if whole is None:
            with open(MEMINFO, encoding="ascii") as file:
                whole = int(file.readline().split()[1]) // 1024
        for number, path in enumerate(files):
            share = 1 if number < 2 else 0  # all memory is said to be in the first node
            values = {"MemTotal": whole * 1024 * share, "MemFree": free * 1024 * share, "MemAvailable": free * 1024 * share,
                      "Buffers": 0, "Cached": 0, "SReclaimable": 0, "MemUsed": (whole - free) * 1024 * share}
            told = f"/run/drover/meminfo-{number}"
            _write(told, "".join(lines(path, values)))
            kernel.bind(told, path)
    if free is not None and total is not None and free > total:
        raise LabError(f"memory of {name}: {free} MiB free of {total} MiB cannot be")
    inside(lab, name, change)


EMULATOR_SCRIPT = """#!/bin/sh
# Stands for QEMU: each processor that is asked for comes without some features, and so does what libvirt is told of.
left=$#
last=
while [ $left -gt 0 ]; do
    word=$1
    shift
    [ "$last" = -cpu ] && word=$word{off}
    last=$word
    set -- "$@" "$word"
    left=$((left - 1))
done
exec /etc/drover{emulator} {words} "$@"
"""


def write_emulator(lab, name, features):
    """A script that stands for QEMU on this host from the next power-on: without these processor features."""
    path = lab.path(name, "emulator")
    kernel.ignore_missing(os.unlink, path)
    if features:
        _write(path, EMULATOR_SCRIPT.format(
            emulator=EMULATOR, off="".join(f",{feature}=off" for feature in features),
            words=" ".join(f"-global {model}-x86_64-cpu.{feature}=off" for feature in features for model in ("max", "qemu64"))))
        os.chmod(path, 0o755)


def drop_machine(lab, name, machine):
    """libvirt's memory of QEMU loses a machine type; to be done while libvirtd is away. How often it was found."""
    folder, count = lab.path(name, CAPABILITIES), 0
    for entry in os.listdir(folder):
        path = os.path.join(folder, entry)
        with open(path, encoding="utf-8") as file:
            lines = file.readlines()
        kept = [line for line in lines if not ("<machine " in line and f"name='{machine}'" in line)]
        count += len(lines) - len(kept)
        _write(path, "".join(kept))
    return count
