# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keeper: the one process that holds a lab.

It keeps the network namespaces open and is the parent of every host and disk server. No namespace has a name in the
file system and every child dies with its parent, so the end of the keeper, however it comes, is the end of the lab;
only the folder can be left. It ends by itself when its owner does.
"""
import json
import os
import select
import shutil
import signal
import socket
import sys
import time

from . import build, host, kernel, network
from .folder import FABRIC
from .kernel import LabError, Process

FIRST_DISK_PORT = 10809
RUN_MARK = "DROVER_LAB_RUN"  # in the environment of what `lab run` started


def remove_folder(folder):
    """Another process may still be writing there at its end."""
    def gone():
        shutil.rmtree(folder, ignore_errors=True)
        return not os.path.lexists(folder)
    if not kernel.poll(5, gone):
        raise LabError(f"cannot remove {folder}: is something mounted below it, or writing into it?")


def end_members(net_ids, spare, mark=None):
    """Ends all that live in these network namespaces or carry that mark: asked first, killed after two seconds."""
    patience = time.monotonic() + 2

    def left():
        number = signal.SIGTERM if time.monotonic() < patience else signal.SIGKILL
        pids = set(kernel.members("net", net_ids)) if net_ids else set()
        if mark:
            wanted = f"{RUN_MARK}={mark}".encode()
            pids |= {pid for pid in kernel.processes() if wanted in kernel.environment(pid)}
        pids = [pid for pid in pids - spare if kernel.started(pid) is not None]
        for pid in pids:
            Process(pid).signal(number)
        return pids
    return kernel.poll(15, lambda: not left())


class Keeper:
    def __init__(self, lab, owner, mark):
        self.lab = lab
        self.owner = os.pidfd_open(owner.pid) if owner else None
        if owner and not owner.alive():
            raise LabError(f"the owner, process {owner.pid}, has ended already")
        self.mark = mark
        self.children = {}  # pid -> ("host" | "disk", name)
        self.net_fds = {}
        self.disk_ports = {}  # name -> port
        self.spare = {os.getpid()}

    # orders
    def power(self, name, on):
        running = [pid for pid, what in self.children.items() if what == ("host", name)]
        if on and not running:
            kernel.ignore_missing(os.unlink, self.lab.path(name, "init.pid"))
            self.empty_run(name)
            self.children[host.start(self.lab, name, self.net_fds[name])] = ("host", name)
        elif not on:
            init = self.lab.init_of(name)
            if init:
                init.signal(signal.SIGKILL)
            for pid in running:
                os.kill(pid, signal.SIGKILL)
                self.forget(os.waitpid(pid, 0)[0])
            if init:
                init.wait(10)

    def empty_run(self, name):
        run = self.lab.path(name, "run")
        for entry in os.listdir(run):
            path = os.path.join(run, entry)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)

    def serve_disk(self, name, image):
        """One server per disk, each on a port of its own; the port."""
        port = next(port for port in range(FIRST_DISK_PORT, 65536) if port not in self.disk_ports.values())
        self.disk_ports[name] = port
        address = self.lab.addresses[FABRIC]
        keeper = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                kernel.die_with_parent(keeper)
                kernel.setns(self.net_fds[FABRIC], kernel.CLONE_NEWNET)
                os.execvp("qemu-nbd", ["qemu-nbd", "-t", "-e", "64", "-f", "raw", "-b", address, "-p", str(port),
                                       "-x", name, "--cache=none", image])
            finally:
                os._exit(127)
        self.children[pid] = ("disk", name)
        return port

    def drop_disk(self, name):
        self.disk_ports.pop(name, None)
        for pid in [pid for pid, what in self.children.items() if what == ("disk", name)]:
            os.kill(pid, signal.SIGKILL)
            self.forget(os.waitpid(pid, 0)[0])

    def forget(self, pid):
        self.children.pop(pid, None)

    def obey(self, order):
        """The answer, or None to end."""
        what = order.get("do")
        if what == "down":
            self.spare |= set(order.get("spare", []))
            return None
        if what == "power":
            self.power(order["host"], order["on"])
        elif what == "serve_disk":
            return {"port": self.serve_disk(order["name"], order["image"])}
        elif what == "drop_disk":
            self.drop_disk(order["name"])
        else:
            return {"error": f"unknown order {what}"}
        return {}

    # life
    def build(self):
        self.lab.write_hosts_file()
        self.lab.write_fleets()
        for part in ("shared/serial", "shared/guest", "nfs", "guests", "disks"):
            os.makedirs(self.lab.path(part), exist_ok=True)
        for name in self.lab.hosts:
            host.prepare(self.lab, name, build.capabilities(), build.nfs())
        shutil.copy2(build.guest(), self.lab.path("shared/guest/drover-guest.bin"))
        self.net_fds = network.build(self.lab.addresses)
        self.lab.description["namespaces"] = {
            name: {"fd": fd, "id": os.fstat(fd).st_ino} for name, fd in self.net_fds.items()}
        self.lab.save()
        for name in self.lab.hosts:
            self.power(name, True)

    def listen(self, starter):
        ear = socket.socket(socket.AF_UNIX)
        ear.bind(self.lab.path("keeper.sock"))
        ear.listen(16)
        ended, tell = os.pipe()
        os.set_blocking(tell, False)
        os.set_blocking(ended, False)
        signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        stop = []
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.append(True))
        os.write(starter, b"built\n")
        while not stop:
            watched = [ear, ended, starter] + ([self.owner] if self.owner is not None else [])
            ready = select.select([fd for fd in watched if fd is not None], [], [])[0]
            if self.owner in ready:
                return
            if ended in ready:
                os.read(ended, 4096)
                self.reap()
            if starter in ready:
                if os.read(starter, 16) != b"keep":  # whoever started us ended before all was well
                    return
                os.close(starter)
                starter = None
            if ear in ready and not self.hear(ear.accept()[0]):
                return

    def hear(self, connection):
        connection.settimeout(5)
        with connection, connection.makefile("rw", encoding="utf-8") as stream:
            try:
                answer = self.obey(json.loads(stream.readline()))
                if answer is None:
                    return False
            except Exception as error:  # an order that fails must not end the lab
                answer = {"error": str(error)}
                print(time.strftime("%H:%M:%S"), repr(error), file=sys.stderr, flush=True)
            try:
                stream.write(json.dumps(answer) + "\n")
                stream.flush()
            except OSError:
                pass
        return True

    def reap(self):
        for pid in list(self.children):
            try:
                done, status = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                done, status = pid, 0
            if done:
                print(time.strftime("%H:%M:%S"), *self.children[pid], "ended, status", status, file=sys.stderr, flush=True)
                self.forget(pid)

    def end(self):
        for pid in self.children:  # not reaped yet, so the number is still theirs
            kernel.ignore_missing(os.kill, pid, signal.SIGKILL)
        for pid in self.children:
            kernel.ignore_missing(os.waitpid, pid, 0)
        end_members({os.fstat(fd).st_ino for fd in self.net_fds.values()}, self.spare, self.mark)
        remove_folder(self.lab.folder)


def start(lab, owner, mark):
    """Forks the keeper off. Returns a socket: it says "built" or what went wrong; answer "keep" when the lab is well.
    If it is closed before, the keeper clears everything away."""
    mine, theirs = socket.socketpair()
    child = os.fork()
    if child:
        theirs.close()
        os.waitpid(child, 0)
        return mine
    status = 1
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        mine.close()
        starter = theirs.detach()
        log = os.open(lab.path("keeper.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        starter = os.dup2(starter, 3)
        os.closerange(4, 65536)
        os.set_inheritable(3, False)
        os.chdir("/")
        os.umask(0o022)
        kernel.set_process_name("lab-keeper")
        Process(os.getpid()).write(lab.path("keeper.pid"))
        keeper = None
        try:
            keeper = Keeper(lab, owner, mark)
            keeper.build()
            keeper.listen(starter)
            status = 0
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            kernel.ignore_missing(os.write, starter, str(error).encode())
        if keeper:
            keeper.end()
        else:
            remove_folder(lab.folder)
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
    finally:
        os._exit(status)


def order(lab, **what):
    """One order to the keeper, and its answer."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(30)
    try:
        connection.connect(lab.path("keeper.sock"))
        with connection, connection.makefile("rw", encoding="utf-8") as stream:
            stream.write(json.dumps(what) + "\n")
            stream.flush()
            answer = stream.readline()
    except OSError as error:
        raise LabError(f"the lab in {lab.folder} does not take orders ({error}): "
                       f"`lab down --dir {lab.folder}` and start it again") from None
    result = json.loads(answer) if answer else {}
    if "error" in result:
        raise LabError(f"the lab in {lab.folder} could not: {result['error']}")
    return result


def end(lab):
    """Takes down whatever there is of the lab in this folder, from any state."""
    folder = lab.folder
    if not os.path.lexists(folder):
        return False
    if not (lab.load() or os.path.exists(lab.path("keeper.pid")) or not os.listdir(folder)):
        raise LabError(f"{folder} is not the folder of a lab (no lab.json in it): nothing was removed")
    spare = sorted(ancestors())
    keeper = lab.keeper()
    if keeper:
        try:
            order(lab, do="down", spare=spare)
        except LabError:
            keeper.signal(signal.SIGTERM)
        if not keeper.wait(25):
            keeper.signal(signal.SIGKILL)
            keeper.wait(5)
    if os.path.lexists(folder):
        # The keeper was killed; its children died with it. What ran in the lab by `lab exec` says so in its
        # environment: the number of a namespace alone might be someone else's by now.
        ids = {entry["id"] for entry in lab.description.get("namespaces", {}).values()}
        mark = f"DROVER_LAB_DIR={folder}".encode()
        for pid in kernel.members("net", ids):
            if pid not in spare and mark in kernel.environment(pid):
                Process(pid).signal(signal.SIGKILL)
        remove_folder(folder)
    return True


def ancestors():
    pid, found = os.getpid(), set()
    while pid and pid not in found:
        found.add(pid)
        pid = kernel.parent(pid)
    return found
