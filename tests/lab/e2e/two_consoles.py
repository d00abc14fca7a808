# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A move begun by one program is seen by every other within two seconds of the daemons telling of it, with its progress as soon
as there is any, and nobody can begin it again."""
import re
import time

from driver import Lab, expect, expect_equal, main, step, wait
from window import Display, Drover

WITHIN_S = 2.0


def counted(lab):
    """Whether the daemon has a figure of the memory that moves."""
    total = lab.job("h1", "vm1").get("Memory total")
    return isinstance(total, float) and total > 0


def test():
    with Lab("two") as lab:
        lab.add_guest("vm1", memory=96, used=88, hot=2, rate="0")
        lab.tool("shape", "h1", "4")
        with Display(lab) as display, Drover(display) as console:
            wait("the tile of vm1", 20, lambda: "vm1" in console.tiles_on("h1"), 0.2)
            expect_equal(console.jobs(), [], "rows of the panel of migrations")
            move = lab.stream("migrate", "vm1", "h2", "--yes")
            # Before the destination knows the guest its move is a secret of the source: no event, nothing in any list.
            move.wait_for("the destination knows vm1", lambda _: "vm1" in lab.virsh("h2", "list", "--name", "--all").split(), 30)
            begun = time.monotonic()
            wait("the move in the window", WITHIN_S, lambda: console.job_of("vm1"))
            seen = time.monotonic()
            move.wait_for("the daemon's first figures", lambda _: counted(lab), 20)
            moving = time.monotonic()
            watch = lab.stream("watch", "vm1", where="con")
            row = wait("its progress in the window", WITHIN_S, lambda: [row for row in [console.job_of("vm1")]
                                                                       if row and re.search(r"\d+ %", " ".join(row))])[0]
            step(f"the window showed it {seen - begun:.1f} s after the destination's daemon knew it, and its progress "
                 f"{time.monotonic() - moving:.1f} s after the daemon had a figure: {row}")
            first = watch.wait_for("a sample with progress in another droverctl",
                                   lambda s: [line for line in s.of("sample") if line["progress"] is not None], WITHIN_S)[0]
            expect(first["_came"] - watch.begun <= WITHIN_S, f"watch took {first['_came'] - watch.begun:.1f} s to show it")
            jobs = lab.ctl("jobs").document
            expect_equal([(job["instance"], job["source"], job["destination"]) for job in jobs], [("vm1", "h1", "h2")], "jobs")
            expect(jobs[0]["started_by"] != "this" and jobs[0]["progress"] is not None, f"jobs: {jobs}")
            step(f"watch had a sample {first['_came'] - watch.begun:.1f} s after it was started")

            check = lab.ctl("check", "vm1", "h3", code=1).document
            why = [each["message"] for each in check["checks"] if each["severity"] == "error"]
            expect(not check["may_start"] and any(re.search(r"mov|migrat", message) for message in why), f"check should say that it moves already: {why}")
            for where in ("unix", "con"):
                refused = lab.ctl("migrate", "vm1", "h3", "--yes", code=1, where=where)
                expect("vm1" in refused.err, f"why it cannot be begun again: {refused.err!r}")
            expect_equal(lab.known_on("vm1"), ["h1", "h2"], "hosts that know vm1 meanwhile")
            step(f"it could not be begun again: {why}")
            result = move.finish(0)
            expect_equal(result["runs_on"], ["h2"], "runs_on")
            watch.finish(0, 20)
            wait("the window shows that it arrived", 10, lambda: "vm1" in console.tiles_on("h2") and "vm1" not in console.tiles_on("h1"))
            lab.expect_sound("vm1", "h2")
            step("it arrived once, and all of them saw it")


if __name__ == "__main__":
    main(test)
