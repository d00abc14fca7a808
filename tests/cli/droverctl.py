# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs droverctl as a shell would, and says what a document must look like."""

import json
import os
import pty
import select
import signal
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ.get("DROVERCTL", "droverctl")
SOURCE = os.environ.get("DROVER_SOURCE_DIR", os.path.join(os.path.dirname(__file__), "..", ".."))
LONGEST = 100  # seconds; a run that takes longer hangs


class Answer:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def json(self):
        return json.loads(self.out)

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    def error(self):
        return json.loads(self.err.splitlines()[-1])["error"]

    def __str__(self):
        return f"status {self.status}\nout: {self.out[-2000:]}\nerr: {self.err[-2000:]}"


def environment(home=None, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("XDG_") and k not in ("NO_COLOR", "LC_ALL", "LANG")}
    env["XDG_CONFIG_HOME"] = env["XDG_DATA_HOME"] = home or "/nonexistent"
    env["TERM"] = "xterm"
    env.update(more)
    return env


def run(*words, home=None, **more):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=LONGEST, stdin=subprocess.DEVNULL,
                          env=environment(home, **more), check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


def run_on_terminal(words, answer=None, **more):
    """Standard input, output and error are one terminal. Gives the status and all that was shown."""
    pid, fd = pty.fork()
    if pid == 0:
        try:
            os.execve(PROGRAM, [PROGRAM, *words], environment(None, **more))
        finally:
            os._exit(127)
    shown = b""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if not select.select([fd], [], [], 1)[0]:
            continue
        try:
            part = os.read(fd, 4096)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        shown += part
        if answer is not None and b"[y/N]" in shown:
            os.write(fd, answer.encode())
            answer = None
    else:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    return os.waitstatus_to_exitcode(status), shown.decode()


class Null:
    """The type of a fact that may be unknown."""

    def __init__(self, inner):
        self.inner = inner


NUMBER = (int, float)


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text if isinstance(text, str) else json.dumps(text))
        return path

    def fleet(self, *hosts, **more):
        return self.file("fleet.json", {"hosts": list(hosts), **more})

    def assertShape(self, value, shape, path="document"):
        """Every field of the shape is there and has its type; there may be others."""
        if isinstance(shape, Null):
            if value is not None:
                self.assertShape(value, shape.inner, path)
        elif isinstance(shape, dict):
            self.assertIsInstance(value, dict, path)
            for name, inner in shape.items():
                self.assertIn(name, value, path)
                self.assertShape(value[name], inner, f"{path}.{name}")
        elif isinstance(shape, list):
            self.assertIsInstance(value, list, path)
            for i, item in enumerate(value):
                self.assertShape(item, shape[0], f"{path}[{i}]")
        elif isinstance(shape, set):
            self.assertIn(value, shape, path)
        elif shape is bool:
            self.assertIsInstance(value, bool, path)
        else:
            self.assertIsInstance(value, shape, path)
            self.assertNotIsInstance(value, bool, path)

    def assertFails(self, answer, status, code, *words):
        """A --json run that failed: the status, the code, and words the message must hold."""
        self.assertEqual(answer.status, status, str(answer))
        error = answer.error()
        self.assertShape(error, {"code": str, "message": str, "detail": Null(str), "host": Null(str),
                                 "instance": Null(str)}, "error")
        self.assertEqual(error["code"], code, str(answer))
        for word in words:
            self.assertIn(word, error["message"])
        return error


RESOURCES = {"vcpus": NUMBER, "memory_mib": NUMBER, "disk_gib": NUMBER}
UNKNOWN_RESOURCES = {"vcpus": type(None), "memory_mib": type(None), "disk_gib": type(None)}
ERROR = {"code": str, "message": str, "detail": Null(str), "host": Null(str), "instance": Null(str)}
HOST = {"name": str, "uri": str, "zone": Null(str), "connection": {"up", "connecting", "down"}, "age_ms": Null(NUMBER),
        "error": Null(ERROR), "service": Null({"enabled", "disabled", "maintenance"}), "service_reason": Null(str),
        "service_by": Null(str), "service_since": Null(str), "claimed_by": Null(str), "hostname": Null(str),
        "host_uuid": Null(str), "hypervisor": Null(str), "hypervisor_version": Null(str), "libvirt_version": Null(str),
        "cpu_model": Null(str)}
KNOWN_HOST = {**HOST, "instances": int, "running": int, "total": RESOURCES, "effective_total": RESOURCES,
              "used_now": RESOURCES, "used_max": RESOURCES, "free": RESOURCES, "migrations_in": int,
              "migrations_out": int, "projects": [{"project": Null(str), "instances": int, **RESOURCES}]}
UNKNOWN_HOST = {**HOST, "instances": type(None), "running": type(None), "total": UNKNOWN_RESOURCES,
                "effective_total": UNKNOWN_RESOURCES, "used_now": UNKNOWN_RESOURCES, "used_max": UNKNOWN_RESOURCES,
                "free": UNKNOWN_RESOURCES, "migrations_in": type(None), "migrations_out": type(None),
                "projects": type(None)}
INSTANCE = {"uuid": str, "name": str, "title": Null(str), "host": Null(str),
            "places": [{"host": str, "state": str, "reason": str, "persistent": bool,
                        "role": {"running", "outgoing", "incoming", "defined", "conflict"}}],
            "state": {"running", "paused", "shutoff", "crashed", "shutting-down", "suspended", "unknown"},
            "task": Null({"migrating"}), "progress": Null(NUMBER), "vcpus": int, "memory_mib": NUMBER,
            "disk_gib": Null(NUMBER), "project": Null(str), "managed_by": Null(str), "autostart": Null(bool),
            "persistent": bool, "storage": {"shared", "network", "local", "mixed", "none", "unknown"},
            "disks": [{"target": str, "source": Null(str), "format": Null(str), "class": str,
                       "capacity_bytes": Null(int), "allocation_bytes": Null(int), "backing": [dict]}],
            "interfaces": [{"target": Null(str), "mac": Null(str), "type": Null(str), "source": Null(str),
                            "model": Null(str), "addresses": [dict]}],
            "dirty_mib_per_s": Null(NUMBER)}
CHECK_ITEM = {"id": str, "severity": {"pass", "info", "warning", "error"}, "message": str, "fix": Null(str),
              "needs_acknowledgement": bool, "accepted_by": Null(str)}
CHECK = {"instance": str, "source": str, "destination": str, "kind": {"live", "live-block", "cold", "offline"},
         "kind_reason": Null(str), "carrier": {"hosts", "console"}, "may_start": bool, "checks": [CHECK_ITEM],
         "prediction": {"basis": {"none", "memory", "cached", "sampled", "live"}, "dirty_mib_per_s": Null(NUMBER),
                        "bandwidth_mib_per_s": Null(NUMBER), "converges": Null(bool), "probability": Null(NUMBER),
                        "total_s": Null(NUMBER), "total_s_low": Null(NUMBER), "total_s_high": Null(NUMBER),
                        "downtime_ms": Null(NUMBER), "data_mib": Null(NUMBER), "iterations": Null(int),
                        "remedies": [str]}}
SAMPLE_FIELDS = {"at_ms": int, "phase": {"preparing", "disks", "memory", "postcopy", "switchover", "verifying", "completed",
                                         "queued"},
                 "iteration": int, "memory_total_mib": Null(NUMBER), "memory_remaining_mib": Null(NUMBER),
                 "memory_processed_mib": Null(NUMBER), "disk_total_mib": Null(NUMBER),
                 "disk_remaining_mib": Null(NUMBER), "transfer_mib_per_s": Null(NUMBER), "dirty_mib_per_s": Null(NUMBER),
                 "throttle_percent": Null(int), "expected_downtime_ms": Null(NUMBER), "downtime_limit_ms": Null(NUMBER),
                 "progress": NUMBER, "eta_s": Null(NUMBER),
                 "verdict": Null({"converging", "stalled", "will-not-converge", "finishing"})}
EVENTS = {
    "state": {"state": {"queued", "preparing", "disks", "memory", "postcopy", "switchover", "verifying", "completed",
                        "failed", "cancelled", "unknown"}, "at_ms": int},
    "sample": SAMPLE_FIELDS,
    "decision": {"at_ms": int, "action": str, "reason": Null(str)},
    "result": {"outcome": {"completed", "failed", "cancelled", "unknown"}, "instance": str, "source": str,
               "destination": Null(str), "runs_on": Null([str]), "total_ms": int, "downtime_ms": Null(NUMBER),
               "data_mib": Null(NUMBER), "iterations": Null(int), "copy_ms": Null(int), "verify_ms": Null(int),
               "left": [{"host": str, "path": Null(str), "reason": str, "intended": bool}], "error": Null(ERROR)},
}
