#!/usr/bin/env python3
# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleet files that cannot be read, hosts that do not answer, names that mean two things."""

import os
import socket
import struct
import threading
import time
import unittest

from droverctl import UNKNOWN_HOST, INSTANCE, Case, run

NODE = """<node><cpu><mhz>2000</mhz><model>x86_64</model><active>4</active><nodes>1</nodes><sockets>1</sockets>
<cores>4</cores><threads>1</threads></cpu><memory>4194304</memory>{domains}</node>"""
DOMAIN = """<domain type='test'><name>{name}</name><uuid>{uuid}</uuid><memory>262144</memory><vcpu>1</vcpu>
<os><type>hvm</type></os></domain>"""
FIRST = "11111111-1111-4111-8111-111111111111"
SECOND = "22222222-2222-4222-8222-222222222222"


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Listener:
    """A loopback port. `answer` is given each connection; without it nothing is ever said."""

    def __init__(self, case, answer=None):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.held = []
        self.answer = answer
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        case.addCleanup(self.close)

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.held.append(connection)
            if self.answer is not None:
                threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in self.held:
            connection.close()
        self.thread.join()


def refuse_authentication(connection):
    """Speaks just enough of libvirt's protocol to answer the first call with VIR_ERR_AUTH_FAILED."""
    def text(words):
        data = words.encode()
        return struct.pack(">II", 1, len(data)) + data + bytes(-len(data) % 4)
    try:
        while True:
            head = connection.recv(28, socket.MSG_WAITALL)
            if len(head) < 28:
                return
            length, program, version, procedure, _, serial, _ = struct.unpack(">IIIiiIi", head)
            connection.recv(length - 28, socket.MSG_WAITALL) if length > 28 else None
            nothing = struct.pack(">I", 0)
            error = (struct.pack(">ii", 45, 7) + text("authentication failed: no such user") + struct.pack(">i", 2) + nothing +
                     text("authentication failed: %s") + text("no such user") + nothing + struct.pack(">ii", 0, 0) + nothing)
            connection.sendall(struct.pack(">IIIiiIi", 28 + len(error), program, version, procedure, 1, serial, 1) + error)
    except OSError:
        pass


class BadInput(Case):
    def test_files(self):
        good = '{"name": "h1", "uri": "qemu:///system"}'
        for text, words in ((f'{{"hosts": [\n{good}', ["line 2", "not JSON"]),
                            (f'{{"hosts": [\n{good[:-1]}, "colour": 1}}]}}', ["line 2", "hosts[0].colour", "unknown field"]),
                            (f'{{"hosts": [\n{good},\n{good}]}}', ["line 3", "hosts[1].name", "two hosts are named \"h1\""]),
                            ('{"hosts": [{"name": "h1",\n"uri": "qemu+tpc://h1/system"}]}', ["line 2", "hosts[0].uri", "tpc"]),
                            ('{"hosts": [],\n"hosts": []}', ["line 2", "hosts", "twice"]),
                            (f'{{"hosts": [{good[:-1]},\n"cpu_ratio": 0}}]}}', ["line 2", "cpu_ratio", "greater than 0"])):
            for command in (["hosts"], ["instances"], ["migrate", "a", "b", "--yes"]):
                with self.subTest(text=text, command=command):
                    path = self.file("fleet.json", text)
                    answer = run("--fleet", path, "--json", *command)
                    self.assertFails(answer, 2, "invalid-input", path, "column", *words)
                    plain = run("--fleet", path, *command)
                    self.assertEqual((plain.status, plain.out), (2, ""))
                    for word in words:
                        self.assertIn(word, plain.err)

    def test_a_named_file_must_exist_but_the_default_one_need_not(self):
        missing = os.path.join(self.folder.name, "none.json")
        self.assertFails(run("--fleet", missing, "--json", "hosts"), 2, "io", missing)
        empty = run("hosts", "--json", home=self.folder.name)
        self.assertEqual((empty.status, empty.json()), (0, []))
        note = run("hosts", home=self.folder.name)
        self.assertEqual(note.status, 0)
        self.assertIn("drover/fleet.json", note.err)
        os.mkdir(os.path.join(self.folder.name, "drover"))
        with open(os.path.join(self.folder.name, "drover", "fleet.json"), "w", encoding="utf-8") as file:
            file.write("[]")
        self.assertFails(run("hosts", "--json", home=self.folder.name), 2, "invalid-input", "drover/fleet.json")

    def test_a_bad_scenario_file(self):
        path = self.file("scenario.json", '{"version": 1,\n "colour": 2}')
        self.assertFails(run("--demo", path, "hosts", "--json"), 2, "invalid-input", path, "line 2", "colour")

    def test_unreachable_host(self):
        port = closed_port()
        path = self.fleet({"name": "h1", "uri": f"qemu+tcp://127.0.0.1:{port}/system"},
                          {"name": "t1", "uri": "test:///default"})
        answer = run("--fleet", path, "hosts", "--json")
        self.assertEqual(answer.status, 0, str(answer))
        h1, t1 = answer.json()
        self.assertShape(h1, UNKNOWN_HOST)
        self.assertEqual(h1["connection"], "down")
        self.assertEqual(h1["error"]["code"], "unreachable")
        self.assertEqual(h1["error"]["host"], "h1")
        self.assertIsNone(h1["service"])
        self.assertEqual(t1["connection"], "up", "the other host still works")
        listed = run("--fleet", path, "instances")
        self.assertEqual(listed.status, 0)
        self.assertIn("h1 is down", listed.err)
        instances = run("--fleet", path, "instances", "--json").json()
        self.assertShape(instances, [INSTANCE])
        self.assertEqual([instance["name"] for instance in instances], ["test"])
        for words in (["check", "test", "h1"], ["migrate", "test", "h1", "--yes"], ["enable", "h1", "--yes"],
                      ["show", "h1/vm"], ["show", "nosuch"]):
            with self.subTest(words=words):
                error = self.assertFails(run("--fleet", path, "--json", *words), 3, "unreachable", "h1")
                self.assertEqual(error["host"], "h1")

    def test_silent_host_costs_no_more_than_the_wait(self):
        listener = Listener(self)
        path = self.fleet({"name": "h1", "uri": f"qemu+tcp://127.0.0.1:{listener.port}/system"},
                          {"name": "t1", "uri": "test:///default"})
        begin = time.monotonic()
        answer = run("--fleet", path, "hosts", "--json", "--wait", "1")
        spent = time.monotonic() - begin
        self.assertEqual(answer.status, 0, str(answer))
        h1, t1 = answer.json()
        self.assertEqual((h1["connection"], h1["error"]["code"]), ("down", "timeout"))
        self.assertEqual(t1["connection"], "up")
        self.assertGreater(spent, 0.9)
        self.assertLess(spent, 8)
        named = run("--fleet", path, "hosts", "t1", "--json", "--wait", "60")
        self.assertEqual((named.status, named.json()[0]["connection"]), (0, "up"), "waits only for whom it needs")
        self.assertFails(run("--fleet", path, "check", "test", "h1", "--json", "--wait", "1"), 3, "timeout", "h1")

    def test_refused_authentication(self):
        listener = Listener(self, refuse_authentication)
        path = self.fleet({"name": "h1", "uri": f"qemu+tcp://127.0.0.1:{listener.port}/system"})
        host = run("--fleet", path, "hosts", "--json").json()[0]
        self.assertEqual(host["error"]["code"], "authentication-failed", host)
        self.assertFails(run("--fleet", path, "enable", "h1", "--yes", "--json"), 3, "authentication-failed", "h1")

    def test_a_name_on_two_hosts(self):
        hosts = []
        for name, uuid in (("t1", FIRST), ("t2", SECOND)):
            node = self.file(f"{name}.xml", NODE.format(domains=DOMAIN.format(name="vm1", uuid=uuid)))
            hosts.append({"name": name, "uri": f"test://{node}"})
        path = self.fleet(*hosts)
        for words in (["show", "vm1"], ["targets", "vm1"], ["check", "vm1", "t2"], ["migrate", "vm1", "t2", "--yes"],
                      ["cancel", "vm1", "--yes"]):
            with self.subTest(words=words):
                self.assertFails(run("--fleet", path, "--json", *words), 2, "ambiguous", "t1/vm1", "t2/vm1", FIRST, SECOND)
        for word, uuid in (("t1/vm1", FIRST), ("t2/vm1", SECOND), (SECOND, SECOND)):
            answer = run("--fleet", path, "--json", "show", word)
            self.assertEqual((answer.status, answer.json()["uuid"]), (0, uuid), str(answer))


if __name__ == "__main__":
    unittest.main()
