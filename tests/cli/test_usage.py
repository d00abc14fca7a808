#!/usr/bin/env python3
# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line itself: help, options, and what is refused before any host is asked."""

import re
import unittest

from droverctl import Case, run, run_on_terminal

COMMANDS = ["hosts", "instances", "show", "targets", "check", "migrate", "jobs", "watch", "cancel", "set-bandwidth",
            "set-downtime", "postcopy", "pause", "doctor", "enable", "disable"]
NOT_YET = ["--policy balanced", "--deadline 60", "--downtime-cap 100", "--measure"]


class Usage(Case):
    def test_help_names_every_command_and_each_has_its_own(self):
        whole = run("--help")
        self.assertEqual(whole.status, 0)
        self.assertEqual(whole.err, "")
        for command in COMMANDS:
            self.assertRegex(whole.out, rf"(?m)^  {command}\b")
            own = run(command, "--help")
            self.assertEqual(own.status, 0)
            self.assertTrue(own.out.startswith(f"Usage: droverctl {command}"), own.out)
            self.assertEqual(run(command, "-h").out, own.out)

    def test_version(self):
        answer = run("--version")
        self.assertEqual(answer.status, 0)
        self.assertRegex(answer.out, r"^droverctl \d+\.\d+\.\d+\n$")

    def test_demos_are_listed(self):
        self.assertEqual(run("--demo", "list").status, 0)
        demos = run("--demo", "list", "--json").json()
        self.assertLessEqual({"small", "datacenter", "large"}, {demo["name"] for demo in demos})
        self.assertTrue(all(demo["about"] for demo in demos))

    def test_wrong_usage(self):
        for words, part in [([], "Say what to do"), (["frobnicate"], "hosts, instances, show"), (["plan"], "Unknown command"),
                            (["hosts", "--frob"], "--frob"), (["show"], "INSTANCE"), (["check", "vm1"], "INSTANCE HOST"),
                            (["jobs", "x"], "\"x\""), (["hosts", "--wait"], "--wait needs a value"),
                            (["hosts", "--wait", "soon"], "--wait"), (["hosts", "--wait", "-1"], "--wait"),
                            (["hosts", "--json=1"], "takes no value"), (["hosts", "--fleet", "a", "--fleet", "b"], "twice"),
                            (["hosts", "--demo", "--fleet", "a"], "exclude"), (["hosts", "--demo-speed", "2"], "needs --demo"),
                            (["hosts", "--demo", "--demo-speed", "0"], "--demo-speed"),
                            (["hosts", "--quiet", "--verbose"], "exclude"), (["hosts", "--demo=nosuch"], "nosuch"),
                            (["hosts", "--password-file", "-"], "not available in this version"),
                            (["instances", "--demo", "--state", "asleep"], "running, paused"),
                            (["migrate", "a", "b", "--force"], "--accept"), (["show", "--", ""], "empty")]:
            with self.subTest(words=words):
                plain = run(*words)
                self.assertEqual(plain.status, 2, str(plain))
                self.assertIn(part, plain.err)
                self.assertEqual(plain.out, "")
                self.assertFails(run("--json", *words), 2, "not-found" if part == "nosuch" else "invalid-input", part)

    def test_what_this_version_cannot_do_is_refused_not_ignored(self):
        for option in NOT_YET:
            for command in ("migrate", "check"):
                with self.subTest(option=option, command=command):
                    answer = run("--demo", "small", "--yes", "--json", command, "web-01", "h2", *option.split())
                    self.assertFails(answer, 2, "invalid-input", "not available in this version", option.split()[0])

    def test_wrong_migration_options(self):
        for option, part in [("--kind fast", "auto, live, live-block, cold or offline"), ("--bandwidth 0", "--bandwidth"),
                             ("--bandwidth x", "--bandwidth"), ("--downtime -5", "--downtime"),
                             ("--auto-converge-initial 20", "needs --auto-converge"),
                             ("--parallel 0", "1 to 255"), ("--parallel 4 --postcopy", "loses the guest"),
                             ("--postcopy-bandwidth 5", "post-copy"), ("--compress lzma", "lzma"), ("--compress mt:10", "0 to 9"),
                             ("--tunnelled --tls", "one of the two"), ("--tunnelled --disks vda", "disks cannot be copied"),
                             ("--tunnelled --direct", "direct"), ("--on-timeout abort", "timeout"),
                             ("--timeout 5 --on-timeout sing", "abort, pause or postcopy"),
                             ("--timeout 5 --on-timeout postcopy", "not allowed"),
                             ("--auto-converge --auto-converge-initial 100", "1 to 99"), ("--accept no-such-check", "placement")]:
            with self.subTest(option=option):
                answer = run("--demo", "small", "--yes", "--json", "migrate", "web-01", "h2", *option.split())
                self.assertFails(answer, 2, "invalid-input", part)

    def test_changes_need_yes_where_nobody_can_be_asked(self):
        for words in (["migrate", "web-01", "h2"], ["cancel", "db-1"], ["set-bandwidth", "db-1", "10"],
                      ["set-downtime", "db-1", "100"], ["enable", "h1"], ["disable", "h1", "--reason", "x"]):
            with self.subTest(words=words):
                self.assertFails(run("--demo", "small", "--json", *words), 2, "invalid-input", "--yes")
                self.assertFails(run("--demo", "small", "--json", "--yes", "--read-only", *words), 2, "invalid-input",
                                 "--read-only")

    def test_disable_needs_a_reason(self):
        self.assertFails(run("--demo", "small", "--json", "--yes", "disable", "h1"), 2, "invalid-input", "--reason")

    def test_no_complaint_without_a_utf8_locale(self):
        answer = run("--demo", "small", "hosts", LC_ALL="C")
        self.assertEqual((answer.status, answer.err), (0, ""))

    def test_colour_only_on_a_terminal_and_never_with_no_color(self):
        self.assertNotIn("\033", run("hosts", "--demo", "small").out)
        status, shown = run_on_terminal(["hosts", "--demo", "small"])
        self.assertEqual(status, 0)
        self.assertIn("\033[32mup\033[0m", shown)
        for words, more in ((["hosts", "--demo", "small", "--no-color"], {}), (["hosts", "--demo", "small"], {"NO_COLOR": "1"}),
                            (["hosts", "--demo", "small", "--json"], {})):
            status, shown = run_on_terminal(words, **more)
            self.assertEqual(status, 0)
            self.assertNotIn("\033[3", shown)

    def test_man_page_and_completion_know_every_command(self):
        import os
        from droverctl import SOURCE
        with open(os.path.join(SOURCE, "packaging/man/droverctl.1"), encoding="utf-8") as file:
            page = file.read()
        with open(os.path.join(SOURCE, "packaging/completions/droverctl.bash"), encoding="utf-8") as file:
            completion = file.read()
        options = set(re.findall(r"--[a-z][a-z-]+", run("--help").out + run("migrate", "--help").out +
                                 run("instances", "--help").out + run("disable", "--help").out))
        for command in COMMANDS:
            self.assertIn(command, completion)
            self.assertIn(command.replace("-", r"\-"), page)
        for option in options:
            self.assertIn(option, completion)
            self.assertIn(option.replace("-", r"\-"), page)


if __name__ == "__main__":
    unittest.main()
