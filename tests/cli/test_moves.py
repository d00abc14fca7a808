#!/usr/bin/env python3
# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changes something, on the small simulated fleet in quickened time."""

import json
import os
import signal
import subprocess
import unittest

from droverctl import EVENTS, LONGEST, PROGRAM, Case, environment, run, run_on_terminal


def demo(*words, speed="20"):
    return run("--demo", "small", "--demo-speed", speed, *words)


class Moves(Case):
    def assertStream(self, lines, named=None):
        self.assertEqual(lines[-1]["event"], "result", lines)
        for line in lines:
            self.assertIn(line["event"], EVENTS)
            self.assertShape(line, EVENTS[line["event"]], line["event"])
            if named is not None:
                self.assertEqual(line["instance"], named)
        samples = [line for line in lines if line["event"] == "sample"]
        progress = [sample["progress"] for sample in samples]
        self.assertEqual(progress, sorted(progress))
        return samples

    def test_migrate(self):
        answer = demo("migrate", "web-03", "h2", "--yes", "--json")
        self.assertEqual(answer.status, 0, str(answer))
        self.assertEqual(answer.err, "")
        lines = answer.lines()
        samples = self.assertStream(lines)
        self.assertGreater(len(samples), 2)
        states = [line["state"] for line in lines if line["event"] == "state"]
        self.assertIn("preparing", states)
        self.assertIn("memory", states)
        self.assertEqual(states[-1], "completed")
        self.assertEqual(len(states), len([s for i, s in enumerate(states) if i == 0 or s != states[i - 1]]))
        result = lines[-1]
        self.assertEqual(result["outcome"], "completed")
        self.assertEqual((result["source"], result["destination"]), ("h1", "h2"))
        self.assertEqual(result["runs_on"], ["h2"])
        self.assertGreater(result["total_ms"], 0)
        self.assertGreaterEqual(result["downtime_ms"], 0)
        self.assertGreater(result["data_mib"], 0)
        self.assertIsNone(result["error"])

    def test_migrate_for_people(self):
        answer = demo("migrate", "web-03", "h2", "--yes")
        self.assertEqual(answer.status, 0, str(answer))
        self.assertIn("pass 1", answer.out)
        self.assertTrue(answer.out.splitlines()[-1].startswith("web-03 runs on h2"), answer.out)
        quiet = demo("migrate", "web-03", "h2", "--yes", "--quiet")
        self.assertEqual((quiet.status, len(quiet.out.splitlines())), (0, 1), str(quiet))

    def test_migrate_that_a_check_refuses(self):
        answer = demo("migrate", "scan-1", "h2", "--kind", "live", "--yes", "--json")
        self.assertFails(answer, 1, "refused", "vda")
        result = answer.lines()[-1]
        self.assertShape(result, EVENTS["result"], "result")
        self.assertEqual(result["outcome"], "failed")
        self.assertEqual(result["runs_on"], ["h1"])
        self.assertEqual(result["error"]["code"], "refused")
        moving = demo("migrate", "db-1", "h2", "--yes", "--json")
        self.assertEqual(moving.status, 1, str(moving))

    def test_disks_are_copied_and_what_stays_is_named(self):
        answer = demo("migrate", "scan-1", "h2", "--yes", "--json", speed="200")
        self.assertEqual(answer.status, 0, str(answer))
        lines = answer.lines()
        states = [line["state"] for line in lines if line["event"] == "state"]
        self.assertIn("disks", states)
        self.assertTrue(any(line["disk_total_mib"] for line in lines if line["event"] == "sample"))
        result = lines[-1]
        self.assertShape(result, EVENTS["result"], "result")
        self.assertEqual((result["outcome"], result["runs_on"]), ("completed", ["h2"]))
        self.assertEqual([(each["host"], each["intended"]) for each in result["left"]], [("h1", True)])
        self.assertIn("Left on h1", demo("migrate", "scan-1", "h2", "--yes", speed="200").out)
        removed = demo("migrate", "scan-1", "h2", "--yes", "--json", "--source-disks", "remove", speed="200").lines()[-1]
        self.assertEqual(removed["left"], [])

    def test_cold_move_through_this_program(self):
        answer = demo("migrate", "scan-1", "h2", "--kind", "cold", "--direct", "--yes", "--json", speed="200")
        self.assertEqual(answer.status, 0, str(answer))
        lines = answer.lines()
        self.assertIn("shut-down", [line["action"] for line in lines if line["event"] == "decision"])
        self.assertEqual((lines[-1]["runs_on"], lines[-1]["left"]), (["h2"], []))
        self.assertGreater(lines[-1]["copy_ms"], 0)

    def test_interrupt_of_what_this_program_carries_takes_it_back(self):
        process = subprocess.Popen([PROGRAM, "--demo", "small", "migrate", "scan-1", "h2", "--kind", "cold", "--direct", "--yes",
                                    "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
                                   stdin=subprocess.DEVNULL)
        shown = ""
        while '"phase":"disks"' not in shown:
            line = process.stdout.readline()
            self.assertTrue(line, shown)
            shown += line
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=LONGEST)
        self.assertEqual(process.returncode, 130)
        result = [json.loads(line) for line in rest.splitlines()][-1]
        self.assertEqual((result["outcome"], result["runs_on"], result["left"]), ("cancelled", ["h1"], []))

    def test_migrate_asks_on_a_terminal(self):
        status, shown = run_on_terminal(["--demo", "small", "--demo-speed", "20", "migrate", "web-03", "h2"], "n\n")
        self.assertEqual(status, 1, shown)
        self.assertIn("Nothing was changed", shown)
        status, shown = run_on_terminal(["--demo", "small", "--demo-speed", "20", "migrate", "web-03", "h2"], "y\n")
        self.assertEqual(status, 0, shown)
        self.assertIn("web-03 runs on h2", shown)
        status, shown = run_on_terminal(["--demo", "small", "migrate", "scan-1", "h2", "--kind", "live"], "y\n")
        self.assertEqual(status, 1, shown)
        self.assertNotIn("[y/N]", shown)

    def test_interrupted_move_goes_on_and_says_how_to_cancel(self):
        for words, last in (([], "; to cancel: droverctl cancel "), (["--json"], "\"event\":\"interrupted\"")):
            for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                process = subprocess.Popen([PROGRAM, "--demo", "small", "migrate", "web-03", "h2", "--yes", *words],
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
                                           stdin=subprocess.DEVNULL)
                shown = ""
                while "pass 1" not in shown and '"iteration":1' not in shown:
                    line = process.stdout.readline()
                    self.assertTrue(line, shown)
                    shown += line
                process.send_signal(ending)
                rest, _ = process.communicate(timeout=LONGEST)
                self.assertEqual(process.returncode, 130)
                self.assertIn(last, rest.splitlines()[-1])

    def test_watch(self):
        answer = demo("watch", "web-02", "--json", speed="5")
        self.assertEqual(answer.status, 0, str(answer))
        self.assertGreater(len(self.assertStream(answer.lines(), named="web-02")), 2)
        self.assertEqual(answer.lines()[-1]["runs_on"], ["h3"])
        self.assertFails(demo("watch", "wiki", "--json"), 1, "refused", "not moving")

    def test_watch_ends_when_its_reader_goes(self):
        process = subprocess.Popen([PROGRAM, "--demo", "small", "watch", "--json"], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True, env=environment(), stdin=subprocess.DEVNULL)
        self.assertTrue(json.loads(process.stdout.readline())["event"])
        process.stdout.close()
        self.assertEqual(process.wait(timeout=LONGEST), 0)

    def test_controls(self):
        for words, action in ((["cancel", "db-1"], "cancel"), (["set-bandwidth", "db-1", "80"], "set-bandwidth"),
                              (["set-downtime", "db-1", "900"], "set-downtime"), (["pause", "db-1"], "pause")):
            with self.subTest(words=words):
                answer = demo(*words, "--yes", "--json", speed="1")
                self.assertEqual(answer.status, 0, str(answer))
                document = answer.json()
                self.assertShape(document, {"instance": str, "action": str, "accepted": bool, "error": type(None)})
                self.assertEqual((document["instance"], document["action"], document["accepted"]), ("db-1", action, True))
                idle = demo(words[0], "wiki", *words[2:], "--yes", "--json", speed="1")
                self.assertFails(idle, 1, "refused", "not moving")
                self.assertFalse(idle.json()["accepted"])
                self.assertEqual(idle.json()["error"]["code"], "refused")
        for words in (["set-bandwidth", "db-1", "0"], ["set-downtime", "db-1", "x"]):
            self.assertFails(demo(*words, "--yes", "--json"), 2, "invalid-input")

    def test_service(self):
        answer = demo("disable", "h2", "--reason", "new memory", "--yes", "--json")
        self.assertEqual(answer.status, 0, str(answer))
        self.assertShape(answer.json(), {"host": str, "service": str, "service_reason": str})
        self.assertEqual(answer.json()["service"], "disabled")
        self.assertEqual(answer.json()["service_reason"], "new memory")
        opened = demo("enable", "h2", "--yes", "--json").json()
        self.assertEqual((opened["host"], opened["service"], opened["service_reason"]), ("h2", "enabled", None))
        self.assertFails(demo("enable", "h9", "--yes", "--json"), 4, "not-found", "h9")


if __name__ == "__main__":
    unittest.main()
