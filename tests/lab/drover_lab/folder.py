# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of one lab: what lies where, what the lab is called, who has which address.

DIR/lab.json        the description below
DIR/keeper.pid      the process that holds the lab; .sock its ear, .log what it said
DIR/fleet.json      for programs inside the console namespace; fleet-unix.json for programs outside; fleet-tls.json as the
                    first, but encrypted
DIR/shared/, nfs/   /var/lib/libvirt/shared and nfs on every host
DIR/pki/            the lab's certificates, once `lab tls` made some
DIR/hN/{run,lib,log,cache,etc}   the host's own /run, /var/lib, /var/log, /var/cache, /etc
"""
import hashlib
import json
import os
import tempfile
import uuid

from .kernel import LabError, Process

CONSOLE, FABRIC = "con", "fabric"
LONGEST_FOLDER = 70  # a unix socket's path ends at 108 characters
RESERVED_MIB = 512


def default_folder(name):
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return os.path.join(base, f"drover-lab-{name}")


def write_json(path, value):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.write("\n")
    os.replace(path + ".new", path)


class Lab:
    def __init__(self, folder, description=None):
        self.folder = os.path.abspath(folder)
        self.description = description or {}

    @classmethod
    def plan(cls, folder, name, hosts, keepalive, link):
        if len(os.path.abspath(folder)) > LONGEST_FOLDER:
            raise LabError(f"the folder {folder} has too long a name for unix sockets in it: "
                           f"give one of at most {LONGEST_FOLDER} characters by --dir")
        digest = hashlib.sha256(name.encode()).digest()
        net = f"10.{64 + digest[0] % 128}.{digest[1]}"
        addresses = {f"h{i}": f"{net}.{i}" for i in range(1, hosts + 1)}
        addresses[CONSOLE], addresses[FABRIC] = f"{net}.254", f"{net}.253"
        return cls(folder, {"version": 1, "name": name, "addresses": addresses, "keepalive": list(keepalive),
                            "link_mib_per_s": link, "namespaces": {}})

    @classmethod
    def find(cls, folder):
        """The lab that is up in this folder."""
        lab = cls(folder)
        if not lab.load():
            raise LabError(f"no lab in {lab.folder}: start one by `lab up --dir {lab.folder}`, "
                           "or name the folder by --dir, --name or DROVER_LAB_DIR")
        if not lab.keeper():
            raise LabError(f"the lab in {lab.folder} has lost the process that holds it: "
                           f"clear it away by `lab down --dir {lab.folder}`, then start it again")
        return lab

    def load(self):
        try:
            with open(self.path("lab.json"), encoding="utf-8") as file:
                self.description = json.load(file)
            return True
        except (OSError, ValueError):
            return False

    def save(self):
        write_json(self.path("lab.json"), self.description)

    # names and places
    @property
    def name(self):
        return self.description["name"]

    @property
    def addresses(self):
        return self.description["addresses"]

    @property
    def hosts(self):
        return [name for name in self.addresses if name not in (CONSOLE, FABRIC)]

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def host(self, name, console=False):
        """The name, if there is such a host."""
        if name in self.hosts or (console and name == CONSOLE):
            return name
        known = ", ".join(self.hosts + ([CONSOLE] if console else []))
        raise LabError(f"no host {name} in the lab {self.folder}: there are {known}")

    def unix_uri(self, host):
        return "qemu+unix:///system?socket=" + self.path(host, "run/libvirt/libvirt-sock")

    def tls_uri(self, host):
        """For programs in the console's network, once `lab tls on` has made certificates."""
        return f"qemu+tls://{host}/system?pkipath={self.path('pki/client')}"

    def host_uuid(self, host):
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{host}.{self.name}.lab.drover"))

    def guest_uuid(self, guest):
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{guest}.guest.{self.name}.lab.drover"))

    # processes
    def keeper(self):
        process = Process.read(self.path("keeper.pid"))
        return process if process and process.alive() else None

    def init_of(self, host):
        """PID 1 of a host that is switched on, else None."""
        process = Process.read(self.path(host, "init.pid"))
        return process if process and process.alive() else None

    def net(self, name):
        """Path of a network namespace: the keeper holds it open."""
        keeper = self.keeper()
        number = self.description["namespaces"].get(name, {}).get("fd")
        if not keeper or number is None:
            raise LabError(f"the network of {name} in the lab {self.folder} is not there: "
                           f"`lab down --dir {self.folder}` and start it again")
        return f"/proc/{keeper.pid}/fd/{number}"

    def net_ids(self):
        return {entry["id"] for entry in self.description["namespaces"].values()}

    # files
    def write_hosts_file(self):
        lines = ["127.0.0.1 localhost"] + [f"{address} {name}" for name, address in self.addresses.items()]
        with open(self.path("hosts"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def write_fleets(self):
        link = self.description["link_mib_per_s"]
        if link and link == int(link):
            link = int(link)

        def fleet(uri_of, transport="tcp"):
            return {"version": 1, "hosts": [
                {"name": host, "uri": uri_of(host), "peer_uri": f"qemu+{transport}://{host}/system", "zone": "lab",
                 "data_address": self.addresses[host], "reserved_memory_mib": RESERVED_MIB}
                | ({"link_mib_per_s": link} if link else {}) for host in self.hosts]}
        write_json(self.path("fleet.json"), fleet(lambda host: f"qemu+tcp://{host}/system"))
        write_json(self.path("fleet-unix.json"), fleet(self.unix_uri))
        write_json(self.path("fleet-tls.json"), fleet(self.tls_uri, "tls"))
