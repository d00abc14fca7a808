# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong with what Drover is given, or with what hosts say: a clear message that names file, line or host; nothing
crashes, and all other hosts still work."""
import json
import os
import re
import subprocess

from driver import Answer, Lab, expect, expect_equal, main, program, spawn, step, wait
from window import Display, Drover

# name, text, the line the error stands in, what the message must name besides
FILES = [
    ("no-json", '{ "version": 1,\n  "hosts": [ { "name": "h1",, } ] }\n', 2, []),
    ("unknown-field", '{ "version": 1,\n  "hosts": [\n    { "name": "h1", "uri": "qemu:///system",\n      "colour": "red" } ] }\n', 4, ["colour"]),
    ("same-name", '{ "version": 1, "hosts": [\n  { "name": "h1", "uri": "qemu+tcp://a/system" },\n  { "name": "h1", "uri": "qemu+tcp://b/system" } ] }\n',
     3, ["h1", "name"]),
    ("bad-uri", '{ "version": 1, "hosts": [\n  { "name": "h1", "uri": "qemu+tcp://a/system" },\n  { "name": "h2", "uri": "not a uri" } ] }\n', 3, ["uri"]),
    ("field-twice", '{ "version": 1, "hosts": [\n  { "name": "h1",\n    "uri": "qemu+tcp://a/system",\n    "uri": "qemu+tcp://b/system" } ] }\n', 4, ["uri"]),
    ("no-number", '{ "version": 1, "hosts": [\n  { "name": "h1", "uri": "qemu+tcp://a/system",\n    "cpu_ratio": 0 } ] }\n', 3, ["cpu_ratio"]),
]
STRANGE = "ü <b>&\"'%1 \U0001F600"
DOMAIN = """<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid><memory unit='MiB'>32</memory><vcpu>1</vcpu>
<os><type arch='x86_64'>hvm</type></os></domain>"""


def names_the_place(message, path, line, words, who):
    expect(path in message and re.search(rf"line {line}\b", message) and all(word in message for word in words),
           f"{who} should name {path}, line {line} and {words}: {message!r}")
    expect(not re.search(r"terminate|abort|exception|Traceback|Segmentation", message), f"{who}: {message!r}")


def refused_files(lab):
    for name, text, line, words in FILES:
        path = lab.path(f"{name}.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        answer = lab.ctl("hosts", fleet=path, code=2)
        names_the_place(answer.error["message"], path, line, words, f"droverctl with {name}")
        names_the_place(lab.ctl("hosts", fleet=path, code=2, json_too=False).err, path, line, words, f"droverctl with {name}, for people")
        expect_equal(answer.out, "", f"standard output with {name}")
    missing = lab.path("missing.json")
    expect(missing in lab.ctl("hosts", fleet=missing, code=2).err, "a file that is not there is named")
    lab.ctl("hosts", "--colour", "red", code=2)
    lab.ctl("hosts", "h9", code=4)
    step("droverctl refused every bad fleet file with its place")


def refused_by_window(lab, display):
    for name, _, line, words in FILES:
        path = lab.path(f"{name}.json")
        environment = {**display.environment, "QT_QPA_PLATFORM": "offscreen"}
        process = spawn([program("DROVER"), "--fleet", path], env=environment, stderr=subprocess.PIPE, text=True)
        names_the_place(process.stderr.readline(), path, line, words, f"drover with {name}")
        process.terminate()
        expect_equal(process.wait(10), 2, f"exit status of drover with {name}")
    done = subprocess.run([program("DROVER"), "--colour"], env=display.environment, capture_output=True, text=True, check=False, timeout=20)
    expect_equal(Answer(done).code, 2, "exit status of drover with an unknown option")
    expect("colour" in done.stderr, f"the option is named: {done.stderr!r}")
    name, _, line, words = FILES[1]
    path = lab.path(f"{name}.json")
    with Drover(display, fleet=path) as console:
        shown = wait("the window says what is wrong", 10, lambda: [text for text in [console.text_below(console.application)] if path in text])[0]
        names_the_place(shown, path, line, words, "the window")
        console.quit(2)
    step("drover said the same, in its window too, and ended with 2")


def fleet_with(lab, name, *more):
    with open(lab.fleet("con"), encoding="utf-8") as file:
        fleet = json.load(file)
    fleet["hosts"] += [{"name": each, "uri": uri} for each, uri in more]
    path = lab.path(f"{name}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(fleet, file)
    return path


def refuse_logins(lab, host):
    """From now on the daemon of that host wants a password over tcp."""
    path = os.path.join(lab.folder, host, "etc/libvirt/libvirtd.conf")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    expect('auth_tcp = "none"' in text, f"{path} should say who may log in")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace('auth_tcp = "none"', 'auth_tcp = "sasl"'))
    lab.tool("daemon", host, "restart")
    wait(f"the daemon of {host}", 20, lambda: lab.virsh(host, "hostname", check=False))


def troubled_hosts(lab, display):
    refuse_logins(lab, "h3")
    nowhere = json.loads(lab.tool("status", "--json"))["console"]["address"].rsplit(".", 1)[0] + ".77"
    fleet = fleet_with(lab, "troubled", ("h4", f"qemu+tcp://{nowhere}/system"), ("h5", "qemu+tcp://no-such-host.invalid/system"),
                       ("h6", "qemu+tcp://h1:16999/system"))
    hosts = {host["name"]: host for host in lab.ctl("hosts", "--wait", "5", where="con", fleet=fleet).document}
    expect_equal({name: host["connection"] for name, host in hosts.items()},
                 {"h1": "up", "h2": "up", "h3": "down", "h4": "down", "h5": "down", "h6": "down"}, "connections")
    for name in ("h3", "h4", "h5", "h6"):
        error = hosts[name]["error"]
        expect_equal(error["host"], name, f"the host that the error of {name} names")
        expect(error["message"] and name in error["message"] or hosts[name]["uri"].split("/")[2] in error["message"],
               f"the message about {name} should name it: {error}")
        expect(hosts[name]["total"]["memory_mib"] is None and hosts[name]["running"] is None, f"what is not known of {name} is null")
    expect_equal(hosts["h3"]["error"]["code"], "authentication-failed", "code of a refused login")
    expect_equal(hosts["h6"]["error"]["code"], "unreachable", "code of a closed port")
    answer = lab.ctl("check", "h1/vm1", "h3", "--wait", "5", code=3, where="con", fleet=fleet)
    expect_equal((answer.error["host"], answer.error["code"]), ("h3", "authentication-failed"), "why nothing can go to h3")
    lab.ctl("check", "lone", "h2", "--wait", "5", where="con", fleet=fleet)
    step("no address, no name, no listener, no login: each host is named with its reason, and h1 and h2 work")
    with Drover(display, fleet=fleet) as console:
        wait("the tile of vm1", 20, lambda: "vm1" in console.tiles_on("h1"), 0.2)
        for name in ("h3", "h6"):
            wait(f"{name} without an answer", 15, lambda name=name: re.search("no answer", console.description(console.card(name))), 0.2)
        expect(re.search(r"^up\b", console.description(console.card("h2")), re.M), "h2 is up in the window")
        console.quit()
    step("the window shows them without an answer, and goes on with the others")


def two_of_one_name(lab, display):
    uuid = "9a1c6c2e-58a8-4cf6-a1f5-57b3c7ff2d10"
    for host, name, number in (("h2", "vm1", uuid), ("h2", STRANGE, "3c3f50fd-7d3e-4f6c-8b19-9a2f9c7c3b5a")):
        path = lab.path("domain.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(DOMAIN.format(name=name.replace("&", "&amp;").replace("<", "&lt;"), uuid=number))
        lab.virsh(host, "define", path)
    for words in (["show", "vm1"], ["check", "vm1", "h3"], ["migrate", "vm1", "h3", "--yes"]):
        answer = lab.ctl(*words, code=2)
        expect_equal(answer.error["code"], "ambiguous", f"{words} of a name on two hosts")
        expect(all(each in answer.error["message"] for each in ("h1/vm1", "h2/vm1", uuid)), f"the candidates: {answer.error}")
    expect_equal(lab.ctl("show", "h2/vm1").document["uuid"], uuid, "HOST/NAME")
    expect_equal(lab.ctl("show", uuid).document["host"], "h2", "the UUID")
    refused = lab.ctl("check", "h1/vm1", "h2", code=1).document
    clash = [each for each in refused["checks"] if each["id"] == "identity"]
    expect(clash and clash[0]["severity"] == "error" and "h2" in clash[0]["message"], f"the name is taken on h2: {clash}")
    lab.ctl("check", "h1/vm1", "h3")
    expect_equal(lab.ctl("show", f"h2/{STRANGE}").document["name"], STRANGE, "a name of strange letters")
    expect(STRANGE in lab.ctl("instances", json_too=False).out, "and in the table")
    with Drover(display, where="unix") as console:
        wait("tiles of one name on two hosts, and the strange one", 20,
             lambda: "vm1" in console.tiles_on("h1") and {"vm1", STRANGE} <= set(console.tiles_on("h2")), 0.2)
        console.quit()
    step("one name on two hosts: the candidates are listed, HOST/NAME and the UUID work; strange names too")


def test():
    with Lab("bad") as lab:
        lab.add_guest("vm1", used=4, rate="0")
        lab.add_guest("lone", used=4, rate="0")
        refused_files(lab)
        with Display(lab) as display:
            refused_by_window(lab, display)
            two_of_one_name(lab, display)
            troubled_hosts(lab, display)
        lab.expect_sound("vm1", "h1")


if __name__ == "__main__":
    main(test)
