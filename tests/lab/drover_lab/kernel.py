# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab needs from Linux: namespaces, mounts, and processes that are surely the ones meant."""
import ctypes
import errno
import os
import select
import signal
import time

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x04000000, 0x20000000, 0x40000000
MS_BIND, MS_MOVE, MS_REC, MS_PRIVATE, MS_NOSUID, MS_REMOUNT, MS_RDONLY = 4096, 8192, 16384, 1 << 18, 2, 32, 1
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15

_libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """A message for the person at the keyboard: what failed, where, and what helps."""


def _checked(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags):
    _checked(_libc.unshare(flags), "unshare")


def setns(fd, kind):
    _checked(_libc.setns(fd, kind), "setns")


def enter(path, kind):
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        setns(fd, kind)
    finally:
        os.close(fd)


def mount(source, target, kind=None, flags=0, data=None):
    def text(value):
        return None if value is None else os.fsencode(value)
    _checked(_libc.mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(data)),
             f"mount {source} on {target}")


def bind(source, target, recursive=False):
    mount(source, target, flags=MS_BIND | (MS_REC if recursive else 0))


def bind_read_only(source, target):
    """For what belongs to the machine: whatever is removed below a host's folder, this stays."""
    bind(source, target)
    mount(None, target, flags=MS_BIND | MS_REMOUNT | MS_RDONLY)


def unmount(target):
    _checked(_libc.umount2(os.fsencode(target), MNT_DETACH), f"unmount {target}")


def own_mounts():
    """From here on mounts of this process are seen by nobody else, and new ones elsewhere not by it."""
    unshare(CLONE_NEWNS)
    mount(None, "/", flags=MS_REC | MS_PRIVATE)


def set_hostname(name):
    encoded = name.encode()
    _checked(_libc.sethostname(encoded, len(encoded)), "sethostname")


def death_signal(number=signal.SIGKILL):
    """The kernel sends it to this process when its parent ends."""
    _checked(_libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0), "prctl")


def die_with_parent(parent, number=signal.SIGKILL):
    """`parent` is the pid of the parent before the fork; when it ended meanwhile, so does this process."""
    death_signal(number)
    if os.getppid() != parent:
        os._exit(1)


def _stat(pid):
    """The fields of /proc/PID/stat from the state on; none if the process ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()
    except OSError:
        return []


def set_process_name(name):
    """For ps; at most 15 characters are kept."""
    _libc.prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def started(pid):
    """Start time of a process in clock ticks, the one thing that a reused pid does not share; None if it ended."""
    fields = _stat(pid)
    return None if not fields or fields[0] in "ZX" else int(fields[19])


def parent(pid):
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def frozen(pid):
    return _stat(pid)[:1] == ["T"]


class Process:
    """One certain process: pid and start time."""

    def __init__(self, pid, start=None):
        self.pid = int(pid)
        self.start = started(pid) if start is None else int(start)

    @classmethod
    def read(cls, path):
        try:
            with open(path, encoding="utf-8") as file:
                pid, start = file.read().split()
            return cls(pid, start)
        except (OSError, ValueError):
            return None

    def write(self, path):
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(f"{self.pid} {self.start}\n")
        os.replace(path + ".new", path)

    def alive(self):
        return self.start is not None and started(self.pid) == self.start

    def signal(self, number):
        """By a pidfd, checked after it was opened: no other process can be hit."""
        try:
            fd = os.pidfd_open(self.pid)
        except OSError:
            return False
        try:
            if not self.alive():
                return False
            signal.pidfd_send_signal(fd, number)
            return True
        except ProcessLookupError:
            return False
        finally:
            os.close(fd)

    def wait(self, seconds):
        """True when it has ended within the time."""
        try:
            fd = os.pidfd_open(self.pid)
        except OSError:
            return True
        try:
            if not self.alive():
                return True
            return bool(select.select([fd], [], [], seconds)[0])
        finally:
            os.close(fd)


def namespace_id(path):
    try:
        return os.stat(path).st_ino
    except OSError:
        return None


def processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def members(kind, ids):
    """Pids whose namespace of that kind ('net', 'pid') is one of ids."""
    ids = set(ids)
    return [pid for pid in processes() if namespace_id(f"/proc/{pid}/ns/{kind}") in ids]


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return [part.decode(errors="replace") for part in file.read().split(b"\0")[:-1]]
    except OSError:
        return []


def environment(pid):
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read().split(b"\0")
    except OSError:
        return []


def poll(seconds, question, pause=0.02):
    """Asks until the answer is true, at most so long; the last answer is returned."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer or time.monotonic() >= end:
            return answer
        time.sleep(pause)


def ignore_missing(function, *arguments):
    """Calls it; that what it should act on is gone already is no error."""
    try:
        function(*arguments)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ESRCH, errno.ECHILD, errno.EPIPE):
            raise
