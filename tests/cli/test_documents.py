#!/usr/bin/env python3
# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command that only looks, on the small simulated fleet: each document field by field."""

import time
import unittest

from droverctl import (CHECK, CHECK_ITEM, INSTANCE, KNOWN_HOST, NUMBER, RESOURCES, SAMPLE_FIELDS, Case, Null, run,
                       run_on_terminal)


def demo(*words):
    return run("--demo", "small", *words)


class Documents(Case):
    def test_hosts(self):
        hosts = demo("hosts", "--json").json()
        self.assertShape(hosts, [KNOWN_HOST])
        self.assertEqual([host["name"] for host in hosts], ["h1", "h2", "h3"])
        for host in hosts:
            self.assertEqual(host["connection"], "up")
            self.assertIsNone(host["error"])
            self.assertEqual(host["service"], "enabled")
            self.assertGreater(host["total"]["memory_mib"], 0)
            self.assertEqual(sum(p["instances"] for p in host["projects"]), host["instances"])
        self.assertGreaterEqual(hosts[2]["migrations_in"], 1)
        self.assertGreaterEqual(hosts[0]["migrations_out"] + hosts[1]["migrations_out"], 1)
        one = demo("hosts", "h2", "--json").json()
        self.assertEqual([host["name"] for host in one], ["h2"])

    def test_hosts_for_people(self):
        table = demo("hosts")
        self.assertEqual(table.status, 0)
        self.assertRegex(table.out.splitlines()[0], r"^HOST +ZONE +STATE")
        self.assertEqual(len(table.out.splitlines()), 4)
        capacity = demo("hosts", "h1")
        for row in ("(total)", "(used_now)", "(used_max)", "shop"):
            self.assertIn(row, capacity.out)
        # Numbers stand at the right of their column.
        lines = capacity.out.splitlines()
        end = lines[0].index("MEMORY MIB") + len("MEMORY MIB")
        for line in lines[1:]:
            self.assertRegex(line[:end], r" \d+$", capacity.out)
            self.assertEqual(line[end], " ", capacity.out)

    def test_hosts_is_quick(self):
        times = []
        for _ in range(5):
            begin = time.monotonic()
            self.assertEqual(demo("hosts").status, 0)
            times.append(time.monotonic() - begin)
        self.assertLess(sorted(times)[2], 0.5 * slowness())

    def test_unknown_host(self):
        self.assertFails(demo("hosts", "h9", "--json"), 4, "not-found", "h9")
        self.assertFails(demo("instances", "--host", "h9", "--json"), 4, "not-found", "h9")
        self.assertFails(demo("check", "wiki", "h9", "--json"), 4, "not-found", "h9")
        self.assertFails(demo("show", "h9/wiki", "--json"), 4, "not-found", "h9")

    def test_instances(self):
        instances = demo("instances", "--json").json()
        self.assertShape(instances, [INSTANCE])
        names = [instance["name"] for instance in instances]
        self.assertEqual(names, sorted(names))
        by_name = {instance["name"]: instance for instance in instances}
        self.assertEqual(by_name["wiki"]["host"], "h3")
        self.assertEqual(by_name["wiki"]["places"][0]["role"], "running")
        self.assertIsNone(by_name["wiki"]["task"])
        self.assertEqual(by_name["old-shop"]["state"], "shutoff")
        self.assertEqual(by_name["db-1"]["task"], "migrating")
        self.assertEqual(by_name["db-1"]["vcpus"], 4)
        self.assertEqual(by_name["db-1"]["memory_mib"], 8192)
        self.assertEqual(by_name["db-1"]["title"], "PostgreSQL")
        self.assertFalse(by_name["ci-1"]["persistent"])

    def test_instances_are_filtered(self):
        def names(*words):
            return {instance["name"] for instance in demo("instances", "--json", *words).json()}
        self.assertEqual(names("--state", "shutoff"), {"old-shop"})
        self.assertEqual(names("--project", "office"), {"mail", "wiki", "scan-1"})
        self.assertLessEqual({"mail", "wiki"}, names("--host", "h3"))
        self.assertNotIn("scan-1", names("--host", "h3"))
        self.assertEqual(names("--project", "nosuch"), set())

    def test_show(self):
        wiki = demo("show", "wiki", "--json").json()
        self.assertShape(wiki, {**INSTANCE, "devices": [str], "xml": Null(str)})
        for word in (wiki["uuid"], wiki["uuid"].upper(), "h3/wiki", "h3/" + wiki["uuid"]):
            self.assertEqual(demo("show", word, "--json").json()["uuid"], wiki["uuid"])
        text = demo("show", "wiki").out
        for word in ("wiki", wiki["uuid"], "h3", "running"):
            self.assertIn(word, text)

    def test_unknown_instance(self):
        for words in (["show", "nosuch"], ["targets", "nosuch"], ["check", "nosuch", "h1"], ["watch", "nosuch"],
                      ["show", "h1/wiki"], ["show", "00000000-0000-4000-8000-000000000000"],
                      ["migrate", "nosuch", "h1", "--yes"], ["cancel", "nosuch", "--yes"]):
            with self.subTest(words=words):
                self.assertFails(demo(*words, "--json"), 4, "not-found", words[1].split("/")[-1])

    def test_check(self):
        answer = demo("check", "web-03", "h2", "--json")
        document = answer.json()
        self.assertEqual(answer.status, 0, str(answer))
        self.assertShape(document, CHECK)
        self.assertTrue(document["may_start"])
        self.assertEqual((document["instance"], document["source"], document["destination"]), ("web-03", "h1", "h2"))
        self.assertEqual(document["kind"], "live")
        ids = [check["id"] for check in document["checks"]]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertLessEqual({"state", "same-host", "capacity", "cpu", "storage", "identity"}, set(ids))
        self.assertFalse(any(check["pending"] for check in document["checks"]))

    def test_check_that_says_no(self):
        for words, check in ((["scan-1", "h2", "--kind", "live"], "storage"), (["wiki", "h3"], "same-host"), (["db-1", "h2"], "state"),
                             (["wiki", "h1", "--kind", "offline"], "state")):
            with self.subTest(words=words):
                answer = demo("check", *words, "--json")
                self.assertEqual(answer.status, 1, str(answer))
                document = answer.json()
                self.assertShape(document, CHECK)
                self.assertFalse(document["may_start"])
                self.assertIn(check, [c["id"] for c in document["checks"] if c["severity"] == "error"])
        self.assertIn("may not start", demo("check", "scan-1", "h2", "--kind", "live").out)

    def test_targets(self):
        targets = demo("targets", "web-03", "--json").json()
        self.assertShape(targets, [{"host": str, "verdict": {"fits", "warning", "cannot"}, "reason": str, "kind": Null(str),
                                    "checks": [CHECK_ITEM],
                                    "after": {"used_now": RESOURCES, "used_max": RESOURCES, "free": RESOURCES}}])
        self.assertEqual({target["host"] for target in targets}, {"h1", "h2", "h3"})
        order = {"fits": 0, "warning": 1, "cannot": 2}
        ranks = [order[target["verdict"]] for target in targets]
        self.assertEqual(ranks, sorted(ranks))
        self.assertTrue(all(target["reason"] for target in targets))
        here = next(target for target in targets if target["host"] == "h1")
        self.assertEqual(here["verdict"], "cannot")
        there = next(target for target in targets if target["host"] == "h2")
        before = next(host for host in demo("hosts", "--json").json() if host["name"] == "h2")
        self.assertAlmostEqual(there["after"]["free"]["memory_mib"], before["free"]["memory_mib"] - 4096, delta=1)

    def test_doctor(self):
        shape = [{"from": str, "to": str, "verdict": {"fits", "warning", "cannot"}, "checks": [CHECK_ITEM]}]
        answer = demo("doctor", "--json")
        pairs = answer.json()
        self.assertShape(pairs, shape)
        self.assertEqual([(pair["from"], pair["to"]) for pair in pairs],
                         [(a, b) for a in ("h1", "h2", "h3") for b in ("h1", "h2", "h3") if a != b])
        for pair in pairs:
            ids = [check["id"] for check in pair["checks"]]
            self.assertEqual(ids, ["same-host", "versions", "cpu", "channel", "encryption", "storage", "network", "clock",
                                   "permission"])
        self.assertEqual(answer.status, 1 if any(pair["verdict"] == "cannot" for pair in pairs) else 0)
        two = demo("doctor", "h2", "h3", "--probe", "--yes", "--json").json()
        self.assertEqual([(pair["from"], pair["to"]) for pair in two], [("h2", "h3"), ("h3", "h2")])
        self.assertTrue(all(pair["checks"][-1]["id"] == "probe" for pair in two))
        self.assertIn("h2 → h3", demo("doctor", "h2", "h3").out)
        self.assertEqual(demo("doctor", "h2").status, 2)
        self.assertEqual(demo("doctor", "h2", "nosuch").status, 4)

    def test_jobs(self):
        jobs = demo("jobs", "--json").json()
        fields = {name: Null(shape) for name, shape in SAMPLE_FIELDS.items()}
        self.assertShape(jobs, [{"instance": str, "uuid": str, "source": str, "destination": Null(str), "kind": str,
                                 "state": str, "carrier": {"hosts", "console"}, "started_by": {"this", "drover", "other"},
                                 "plan": type(None), **fields}])
        by_name = {job["instance"]: job for job in jobs}
        self.assertIn("db-1", by_name)
        self.assertEqual(by_name["db-1"]["destination"], "h3")
        self.assertIsInstance(by_name["db-1"]["memory_remaining_mib"], NUMBER)
        self.assertIn("db-1", demo("jobs").out)

    def test_progress_is_shown_on_a_terminal(self):
        status, shown = run_on_terminal(["--demo", "small", "--demo-speed", "5", "watch", "web-02"])
        self.assertEqual(status, 0, shown)
        self.assertIn("\r", shown)
        self.assertIn("web-02 runs on h3", shown)


def slowness():
    """How much slower than usual programs start here (a sanitizer's build, a busy machine): 1 or more."""
    times = []
    for _ in range(5):
        begin = time.monotonic()
        run("--version")
        times.append(time.monotonic() - begin)
    return max(1.0, sorted(times)[2] / 0.05)


if __name__ == "__main__":
    unittest.main()
