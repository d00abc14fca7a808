# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests from outside share: a lab of their own, the shipped programs, and the daemons' own word for the truth.

Everything a test starts dies with it, by SIGKILL too, and everything it writes lies in the lab's folder, which goes with the
lab. So nothing is left behind, however a test ends."""
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
LAB = [sys.executable, os.path.join(os.path.dirname(HERE), "lab")]
BEGIN = time.monotonic()
_libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


class Failed(Exception):
    """What the test wanted is not so."""


def expect(truth, message):
    if not truth:
        raise Failed(message)


def expect_equal(found, wanted, what):
    expect(found == wanted, f"{what}: found {found!r}, wanted {wanted!r}")


def step(text):
    print(f"{time.monotonic() - BEGIN:6.1f} s  {text}", flush=True)


def wait(what, seconds, question, pause=0.05):
    """The first true answer to the question; a failure that says what was waited for, and the last answer, if none comes."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() >= end:
            raise Failed(f"waited {seconds} s in vain for: {what} (last answer: {answer!r})")
        time.sleep(pause)


def program(variable):
    path = os.environ.get(variable)
    if not path or not os.access(path, os.X_OK):
        raise Failed(f"{variable} must name the program under test, but is {path!r}")
    return path


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def spawn(command, contained=False, **more):
    """A child that ends with this process; contained: and all of its own children with it."""
    if contained:
        command = ["unshare", "--pid", "--fork", "--kill-child=KILL", "--", *command]
    return subprocess.Popen(command, preexec_fn=_die_with_parent, **more)


def end(process, seconds=5):
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Stream:
    """A program whose lines of JSON are read as they come, each with the time it came at."""

    def __init__(self, command, environment):
        self.command = command
        self.begun = time.monotonic()
        self.lines, self.stray = [], []
        self.process = spawn(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, bufsize=1)
        self.errors = ""
        self._readers = [threading.Thread(target=self._read, daemon=True), threading.Thread(target=self._read_errors, daemon=True)]
        for reader in self._readers:
            reader.start()

    def _read(self):
        for line in self.process.stdout:
            try:
                document = json.loads(line)
                document["_came"] = time.monotonic()
                self.lines.append(document)
            except (ValueError, TypeError):
                self.stray.append(line)

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors += line

    def of(self, event):
        return [line for line in list(self.lines) if line.get("event") == event]

    def wait_for(self, what, question, seconds=20):
        def answer():
            found = question(self)
            if not found and self.process.poll() is not None and not any(each.is_alive() for each in self._readers):
                raise Failed(f"the program ended with {self.process.returncode} before: {what}; {self.errors.strip()} {self.lines[-2:]}")
            return found
        return wait(what, seconds, answer)

    def finish(self, code, seconds=60):
        """Waits for the end; its last line."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{' '.join(self.command)} still runs after {seconds} s; last: {self.lines[-1:]} {self.errors}") from None
        for reader in self._readers:
            reader.join(5)
        expect_equal(self.process.returncode, code, f"exit status of {' '.join(self.command)} ({self.errors.strip()})")
        expect(not self.stray, f"lines that are no JSON: {self.stray}")
        return self.lines[-1] if self.lines else None


class Answer:
    """How a program that has ended answered."""

    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def document(self):
        try:
            return json.loads(self.out)
        except ValueError:
            raise Failed(f"no JSON document on standard output: {self.out[:400]!r}; errors: {self.err!r}") from None

    @property
    def error(self):
        """The error document of --json on standard error."""
        for line in self.err.splitlines():
            try:
                return json.loads(line)["error"]
            except (ValueError, KeyError, TypeError):
                continue
        raise Failed(f"no error document on standard error: {self.err!r}")


class Lab:
    """Three real hosts for one test. A context: leaving it takes everything down."""

    def __init__(self, test, guests=0, keepalive="5,5", hosts=3):
        base = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"
        self.name = f"e{test}{os.getpid()}"
        self.folder = os.path.join(base, f"drover-lab-{self.name}")
        self.own = os.path.join(self.folder, "e2e")
        self.hosts = [f"h{number}" for number in range(1, hosts + 1)]
        self._up = ["up", "--name", self.name, "--owner", str(os.getpid()), "--guests", str(guests),
                    "--keepalive", keepalive, "--hosts", str(hosts)]
        self._streams = []

    def __enter__(self):
        try:
            self.tool(*self._up, seconds=90)
            for place in ("config", "data", "cache", "home", "run"):
                os.makedirs(os.path.join(self.own, place), mode=0o700, exist_ok=True)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for stream in self._streams:
            end(stream.process, 2)
        subprocess.run([*LAB, "--dir", self.folder, "down"], capture_output=True, check=False, timeout=60)

    def tool(self, *words, code=0, seconds=60):
        done = subprocess.run([*LAB, "--dir", self.folder, *words], capture_output=True, text=True, timeout=seconds, check=False)
        expect(code is None or done.returncode == code, f"`lab {' '.join(words)}` ended with {done.returncode}: {done.stdout.strip()} {done.stderr.strip()}")
        return done.stdout

    def path(self, *parts):
        return os.path.join(self.own, *parts)

    # guests
    def add_guest(self, name, host="h1", memory=64, used=40, hot=4, rate="1MiB/s", more=()):
        self.tool("guest", "add", name, "--host", host, "--memory", str(memory), "--used", str(used), "--hot", str(hot),
                  "--rate", rate, *more)

    def expect_sound(self, name, host):
        """The guest runs on that host only, still counts, and has not lost a write."""
        found = json.loads(self.tool("guest", "check", name, "--json", "--seconds", "20"))
        expect(found["ok"] and found["hosts"] == [host], f"{name} should be sound on {host}: {found}")

    # the daemons' own word, over unix sockets that no cut cable touches
    def socket_uri(self, host):
        return f"qemu+unix:///system?socket={self.folder}/{host}/run/libvirt/libvirt-sock"

    def virsh(self, host, *words, check=True):
        done = subprocess.run(["virsh", "-c", self.socket_uri(host), *words], capture_output=True, text=True, timeout=60, check=False)
        expect(not check or done.returncode == 0, f"virsh {' '.join(words)} on {host}: {done.stderr.strip()}")
        return done.stdout.strip()

    def running_on(self, name):
        """Hosts whose daemons say that it runs there."""
        return [host for host in self.hosts if name in self.virsh(host, "list", "--name", "--state-running").split()]

    def known_on(self, name):
        return [host for host in self.hosts if name in self.virsh(host, "list", "--name", "--all").split()]

    def job(self, host, name, *more):
        """`virsh domjobinfo` as a dictionary, numbers in MiB and ms; empty without a job."""
        found = {}
        for line in self.virsh(host, "domjobinfo", name, *more, check=False).splitlines():
            match = re.match(r"^(.+?):\s+(.+)$", line)
            if not match:
                continue
            value = match[2].strip()
            number = re.match(r"^([\d.]+)\s*(B|KiB|MiB|GiB|ms)?(/s)?$", value)
            if number:
                value = float(number[1]) * {"B": 1 / 1048576, "KiB": 1 / 1024, "GiB": 1024}.get(number[2], 1)
            found[match[1]] = value
        return found if found.get("Job type", "None") != "None" or more else {}

    # the programs under test
    @property
    def environment(self):
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "DBUS_", "QT_", "DROVER_", "DISPLAY"))}
        return {**kept, "HOME": self.path("home"), "XDG_CONFIG_HOME": self.path("config"), "XDG_DATA_HOME": self.path("data"),
                "XDG_CACHE_HOME": self.path("cache"), "XDG_RUNTIME_DIR": self.path("run"), "LC_ALL": "C.UTF-8"}

    def in_console(self, command):
        """The command as it must be said to run in the console's network."""
        return [*LAB, "--dir", self.folder, "exec", "con", "--", *command]

    def fleet(self, where):
        return os.path.join(self.folder, {"con": "fleet.json", "unix": "fleet-unix.json"}[where])

    def _ctl_command(self, words, where, fleet):
        command = [program("DROVERCTL"), *words, "--fleet", fleet or self.fleet(where)]
        return self.in_console(command) if where == "con" else command

    def ctl(self, *words, code=0, where="unix", fleet=None, json_too=True, seconds=60):
        """droverctl to its end. `where`: "unix" over the sockets, "con" in the console's network."""
        words = [*words, "--json"] if json_too else list(words)
        command = self._ctl_command(words, where, fleet)
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=self.environment,
                              timeout=seconds, check=False, preexec_fn=_die_with_parent)
        answer = Answer(done)
        expect(code is None or answer.code == code, f"droverctl {' '.join(words)} ended with {answer.code}, wanted {code}: "
                                                    f"{answer.out[-600:]!r} {answer.err[-600:]!r}")
        return answer

    def stream(self, *words, where="unix"):
        stream = Stream(self._ctl_command([*words, "--json"], where, None), self.environment)
        self._streams.append(stream)
        return stream


def keep_measurement(name, document):
    """Writes figures with their origin into the folder DROVER_MEASUREMENTS, if it is set. `measurements.py write` follows."""
    folder = os.environ.get("DROVER_MEASUREMENTS")
    if not folder:
        return
    commit = subprocess.run(["git", "-C", HERE, "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        json.dump({"commit": commit or None, "date": time.strftime("%Y-%m-%d", time.gmtime()),
                   "machine": {"cores": os.cpu_count(), "memory_gib": round(memory)}, **document}, file, indent=2)
        file.write("\n")
    step(f"kept in {folder}/{name}")


def main(body):
    """Runs a test and says how it went."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        body()
        step("passed")
        sys.exit(0)
    except Failed as failure:
        print(f"FAILED: {failure}", file=sys.stderr, flush=True)
        sys.exit(1)
