# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing the window in the middle of a peer-to-peer migration asks; confirmed, the window goes and the migration does not."""
import re

from driver import Lab, expect, expect_equal, main, step, wait
from window import BUTTON, DIALOG, Display, Drover

CLOSE, STAY = re.compile(r"^Close"), re.compile(r"^Stay")


def asks(console):
    """The dialog that asks before the window closes."""
    for dialog in console.all(role=DIALOG):
        words = console.text_below(dialog)
        if re.search(r"vm1|migration", words) and console.all(CLOSE, role=BUTTON, root=dialog) and \
                console.all(STAY, role=BUTTON, root=dialog):
            return dialog
    return None


def test():
    with Lab("close") as lab:
        lab.add_guest("vm1", used=56, hot=2, rate="0")
        lab.tool("shape", "h1", "4")
        with Display(lab) as display, Drover(display) as console:
            wait("the tile of vm1", 20, lambda: "vm1" in console.tiles_on("h1"), 0.2)
            console.move("vm1", "h1", "h2")
            wait("its progress", 20, lambda: re.search(r"[1-9]\d* %", " ".join(console.job_of("vm1") or [])))
            step("a migration was begun in the window")

            console.close()
            dialog = wait("the window asks before it closes", 5, lambda: asks(console), 0.1)
            words = console.text_below(dialog)
            expect(re.search(r"go(es)? on", words), f"it says that the migration goes on: {words}")
            stay = console.find(STAY, role=BUTTON, root=dialog)
            console.click(stay)
            wait("the question is gone", 5, lambda: not asks(console), 0.1)
            expect(console.process.poll() is None and console.job_of("vm1"), "not confirmed, the window stays")
            step("it asked, and stayed when that was not confirmed")

            console.close()
            dialog = wait("it asks again", 5, lambda: asks(console), 0.1)
            console.click(console.find(CLOSE, role=BUTTON, root=dialog))
            code = wait("the program has ended", 10, lambda: console.process.poll() is not None and [console.process.returncode])[0]
            expect_equal(code, 0, "its exit status")
            expect_equal(lab.running_on("vm1"), ["h1"], "as the window closes vm1 still runs on")
            expect(lab.job("h1", "vm1").get("Job type") == "Unbounded", "the migration is still under way")
            step("confirmed, the window closed; the migration is still under way")
            wait("both daemons say that it arrived without the window", 60, lambda: lab.running_on("vm1") == ["h2"] and lab.known_on("vm1") == ["h2"])
            lab.expect_sound("vm1", "h2")
            step("vm1 arrived on h2, sound")


if __name__ == "__main__":
    main(test)
