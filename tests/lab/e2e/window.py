# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The console as a person and a screen reader meet it: an X server and a session bus of its own, things found by their
accessible names, pointer and keys by xdotool, pictures of the screen. No window manager is needed."""
import os
import re
import select
import subprocess
import time

from driver import end, expect, expect_equal, program, spawn, wait

SIZE = (1440, 900)
Atspi = None  # loaded once the bus is there: it asks for the bus at its first call
Missing = None
BUTTON = ("push button", "button")
MANY = ("table", "tree", "tree table", "menu bar", "popup menu", "combo box")
DIALOG = ("dialog", "alert", "window", "frame")


def _load_atspi(address):
    global Atspi, Missing
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = address
    import gi
    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi as atspi, GLib
    Atspi, Missing = atspi, GLib.GError
    Atspi.init()
    Atspi.set_timeout(3000, 10000)


class Display:
    """An X server and a session bus with the accessibility bridge. A context."""

    def __init__(self, lab):
        self.lab, self.server, self.bus = lab, None, None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self):
        # A number of its own, far from those that others let the server choose: a server that ends removes the socket
        # of its number, whoever made it.
        first = 100 + os.getpid() % 800
        self.name = next((name for name in (f":{number}" for number in range(first, first + 20)) if self._serve(name)), None)
        expect(self.name, f"Xvfb did not start: see {self.lab.path('x.log')}")
        socket = self.lab.path("run", "bus")
        with open(self.lab.path("bus.log"), "wb") as log:
            self.bus = spawn(["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={socket}"], contained=True,
                             env={**self.lab.environment, "DISPLAY": self.name}, stdout=log, stderr=log)
        wait("the session bus", 10, lambda: os.path.exists(socket))
        self.address = f"unix:path={socket}"
        _load_atspi(self.address)

    def _serve(self, name):
        """An X server with that name, ready; or False."""
        reader, writer = os.pipe()
        with open(self.lab.path("x.log"), "ab") as log:
            self.server = spawn(["Xvfb", name, "-displayfd", str(writer), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp",
                                 "-noreset"], contained=True, pass_fds=[writer], stdout=log, stderr=log)
        os.close(writer)
        said = b""
        while not said.endswith(b"\n") and select.select([reader], [], [], 20)[0]:
            more = os.read(reader, 16)  # number and line end come by themselves
            if not more:
                break
            said += more
        os.close(reader)
        return said.endswith(b"\n")

    def __exit__(self, *_):
        for process in (self.bus, self.server):
            if process is not None and process.poll() is None:
                process.kill()  # the container dies with it
                process.wait()

    @property
    def environment(self):
        return {**self.lab.environment, "DISPLAY": self.name, "DBUS_SESSION_BUS_ADDRESS": self.address}

    def _xdotool(self, *words):
        subprocess.run(["xdotool", *[str(word) for word in words]], env=self.environment, check=True, capture_output=True, timeout=20)

    def point(self, x, y):
        self._xdotool("mousemove", round(x), round(y))

    def press(self):
        self._xdotool("mousedown", 1)

    def release(self):
        self._xdotool("mouseup", 1)

    def click(self, x, y):
        self.point(x, y)
        self._xdotool("click", 1)

    def key(self, *names):
        self._xdotool("key", *names)

    def focus(self, title):
        """Gives the keyboard to a window, as a window manager does to a new one."""
        self._xdotool("search", "--onlyvisible", "--name", title, "windowfocus", "--sync")

    def type(self, text):
        self._xdotool("type", "--delay", "20", text)

    def picture(self, path):
        subprocess.run(["import", "-window", "root", path], env=self.environment, check=True, capture_output=True, timeout=30)


class Drover:
    """The console under test. A context. `where`: "con" in the console's network, "unix" outside."""

    def __init__(self, display, where="con", options=(), fleet=None, theme="light"):
        self.display, self.lab, self.process = display, display.lab, None
        command = [program("DROVER"), "--fleet", fleet or self.lab.fleet(where), *options]
        self.command = self.lab.in_console(command) if where == "con" else command
        self.probe = self.lab.path(f"probe-{time.monotonic_ns()}.json")
        self.log = self.lab.path(f"drover-{time.monotonic_ns()}.log")
        self.environment = {**display.environment, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
                            "DROVER_PROBE": self.probe}
        self.application = self._board = self._jobs = None
        os.makedirs(self.lab.path("config", "drover"), exist_ok=True)
        with open(self.lab.path("config", "drover", "drover.conf"), "w", encoding="utf-8") as file:
            file.write(f"[General]\ntheme={theme}\n")

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = spawn(self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self.application = wait("the console's accessible tree", 30, self._find_application, 0.1)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        end(self.process)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def _find_application(self):
        expect(self.process.poll() is None, f"the console ended with {self.process.returncode}: {self.said()[-2000:]}")
        try:
            desktop = Atspi.get_desktop(0)
            for index in range(desktop.get_child_count()):
                child = desktop.get_child_at_index(index)
                # Not by its process: the bus lives among other process numbers.
                if child is not None and child.get_name() == "drover" and child.get_child_count() > 0:
                    return child
        except Missing:
            pass
        return None

    # ---- finding
    def each(self, root=None, depth=25):
        """Every thing below, wide first. Things that vanish meanwhile are passed over. Of the whole window, not the insides
        of its tables and menus: each of their cells is a question to the program."""
        queue = [(root or self.application, 0)]
        while queue:
            node, level = queue.pop(0)
            try:
                if level:
                    yield node
                if level < depth and not (root is None and level and node.get_role_name() in MANY):
                    queue.extend((child, level + 1) for child in (node.get_child_at_index(i) for i in range(node.get_child_count()))
                                 if child is not None)
            except Missing:
                expect(self.process.poll() is None, f"the console ended with {self.process.returncode}: {self.said()[-2000:]}")

    def all(self, name=None, role=None, root=None, showing=True):
        """Things by their name (text, or a compiled pattern) and role."""
        found = []
        for node in self.each(root):
            try:
                text = node.get_name() or ""
                if name is not None and not (name.search(text) if isinstance(name, re.Pattern) else text == name):
                    continue
                if role is not None and node.get_role_name() not in ((role,) if isinstance(role, str) else role):
                    continue
                if showing and not node.get_state_set().contains(Atspi.StateType.SHOWING):
                    continue
                found.append(node)
            except Missing:
                continue
        return found

    def find(self, name=None, role=None, root=None, seconds=10, showing=True):
        return wait(f"{role or 'something'} named {getattr(name, 'pattern', name)!r}", seconds, lambda: self.all(name, role, root, showing), 0.1)[0]

    def text_below(self, root):
        """All the words below, as a screen reader could say them."""
        words = []
        for node in self.each(root):
            try:
                words += [node.get_name() or "", node.get_description() or ""]
            except Missing:
                continue
        return "\n".join(word for word in words if word)

    @staticmethod
    def description(node):
        try:
            return node.get_description() or ""
        except Missing:
            return ""

    @staticmethod
    def box(node):
        extents = node.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
        expect(extents.width > 0 and extents.height > 0, f"{node.get_name()} has no place on the screen")
        return extents

    @classmethod
    def centre(cls, node):
        box = cls.box(node)
        return box.x + box.width / 2, box.y + box.height / 2

    def click(self, node):
        self.display.click(*self.centre(node))

    # ---- the parts of the window
    @property
    def board(self):
        """Found once: it stays while the window does, and what is sought below it is found quickly."""
        if self._board is None:
            self._board = self.find("Placement board", seconds=20)
        return self._board

    def tile(self, name, host):
        return self.find(f"instance {name}", root=self.card(host))

    def card(self, host):
        return self.find(f"host {host}", root=self.board, seconds=20)

    def tiles_on(self, host):
        cards = self.all(f"host {host}", root=self.board)
        return [tile.get_name()[len("instance "):] for card in cards[:1] for tile in self.all(re.compile("^instance "), root=card)]

    def jobs(self):
        """Rows of the table of migrations, as lists of cell texts."""
        try:
            if self._jobs is None:
                self._jobs = next(iter(self.all("Migrations", role="table", showing=False)), None)
            table = self._jobs.get_table_iface() if self._jobs else None
            return [[table.get_accessible_at(row, column).get_name() or "" for column in range(table.get_n_columns())]
                    for row in range(table.get_n_rows())] if table else []
        except (Missing, AttributeError):
            return []  # it changed meanwhile: asked again

    def job_of(self, instance):
        for row in self.jobs():
            if row and row[0].split(" ")[0] == instance:
                return row
        return None

    # ---- a drag, as a hand makes it
    def take(self, node):
        x, y = self.centre(node)
        self.display.point(x, y)
        time.sleep(0.05)
        self.display.press()
        for move in (4, 8, 14, 22):  # beyond the distance at which a press becomes a drag
            self.display.point(x + move, y + move / 2)
            time.sleep(0.02)
        return x + 22, y + 11

    def carry(self, begin, goal, steps=14):
        for number in range(1, steps + 1):
            self.display.point(begin[0] + (goal[0] - begin[0]) * number / steps, begin[1] + (goal[1] - begin[1]) * number / steps)
            time.sleep(0.02)

    def sheet(self, instance, source, destination):
        """The confirmation of a move, once Move can be pressed."""
        sheet = self.find(re.compile(f"^Move {instance} from {source} to {destination}"), role=DIALOG)
        button = self.find("Move", role=BUTTON, root=sheet)
        wait(f"Move can be pressed in: {self.text_below(sheet)}", 15, lambda: self.enabled(button), 0.1)
        return sheet

    def move(self, instance, source, destination):
        """Drags the instance's tile from host to host and confirms."""
        goal = self.centre(self.card(destination))
        self.carry(self.take(self.tile(instance, source)), goal)
        self.display.release()
        sheet = self.sheet(instance, source, destination)
        self.click(self.find("Move", role=BUTTON, root=sheet))

    def enabled(self, node):
        states = node.get_state_set()
        return states.contains(Atspi.StateType.SENSITIVE) and states.contains(Atspi.StateType.ENABLED)

    def close(self):
        self.display.focus("^Drover: ")
        self.display.key("ctrl+q")

    def quit(self, code=0):
        """Closes the window, while nothing is under way, to its end."""
        self.close()
        wait("the console's end after it was closed", 10, lambda: self.process.poll() is not None)
        expect_equal(self.process.returncode, code, "the console's exit status")
