# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host is lost while a migration runs between two others: their data, the chart and the window go on; the lost host says so
within 15 s, with the age of what is shown of it; and once its cable is back it recovers by itself."""
import re
import time

from driver import Lab, expect, main, step, wait
from window import Display, Drover


def age(console, host):
    """Seconds since the host answered, as its card says; None while it is up."""
    words = console.description(console.card(host))
    match = re.search(r"no answer for ([\d.]+) s", words)
    return float(match[1]) if match else None


def progress(console):
    match = re.search(r"(\d+) %", " ".join(console.job_of("vm1") or []))
    return int(match[1]) if match else None


def test():
    with Lab("cut", keepalive="5,5") as lab:
        lab.add_guest("vm1", memory=96, used=88, hot=2, rate="0")
        lab.add_guest("lost-1", host="h3", memory=32, used=4, rate="0")
        lab.tool("shape", "h1", "1.6")
        with Display(lab) as display, Drover(display) as console:
            wait("the tiles of h1 and h3", 20, lambda: "vm1" in console.tiles_on("h1") and "lost-1" in console.tiles_on("h3"), 0.2)
            move = lab.stream("migrate", "vm1", "h2", "--yes")
            wait("the migration and its progress in the window", 15, lambda: progress(console))
            lab.tool("cut", "h3")
            cut_at = time.monotonic()
            step("a migration of about a minute runs from h1 to h2; the cable of h3 is out")

            seen, ages = [], []

            def lost():
                seen.append((time.monotonic(), progress(console)))
                return age(console, "h3") is not None
            wait("h3 is shown as silent", 15, lost, 0.2)
            step(f"shown after {time.monotonic() - cut_at:.1f} s: {console.description(console.card('h3')).splitlines()[0]!r}")
            expect("lost-1" in console.tiles_on("h3"), "a silent host keeps its last known tiles")
            end = time.monotonic() + 6
            while time.monotonic() < end:
                ages.append(age(console, "h3"))
                seen.append((time.monotonic(), progress(console)))
                for host in ("h1", "h2"):
                    expect(age(console, host) is None, f"{host} should be up: {console.description(console.card(host))}")
                time.sleep(0.3)
            expect(ages[-1] >= ages[0] + 3 and abs(ages[-1] - (time.monotonic() - cut_at)) < 4, f"the age of its data grows: {ages}")
            numbers = [number for _, number in seen]
            expect(None not in numbers and numbers == sorted(numbers) and len(set(numbers)) >= 4,
                   f"the progress of the migration went on meanwhile: {numbers}")
            samples = len(move.of("sample"))
            step(f"the migration went on meanwhile: {numbers[0]} % to {numbers[-1]} %, {samples} samples elsewhere")

            lab.tool("mend", "h3")
            mended = time.monotonic()
            wait("h3 is up again by itself", 20, lambda: re.search(r"^up\b", console.description(console.card("h3")), re.M), 0.2)
            step(f"mended; up again after {time.monotonic() - mended:.1f} s")
            expect(console.process.poll() is None, "the window is still there")
            lab.ctl("cancel", "vm1", "--yes")
            move.finish(1)
            row = wait("the window says that the move has ended, and where vm1 runs", 15,
                       lambda: [row for row in [console.job_of("vm1")] if row and "runs on h1" in row[-1]], 0.2)[0]
            step(f"cancelled elsewhere, the window says: {row}")
            console.quit()


if __name__ == "__main__":
    main(test)
