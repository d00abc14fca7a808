# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for qemu+tls:// and for encrypted migrations: one authority for the lab, one certificate for each host."""
import os
import shutil
import subprocess

from .folder import CONSOLE
from .kernel import LabError


def _openssl(*arguments):
    try:
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise LabError("openssl is not installed: install the package openssl") from None
    if done.returncode:
        raise LabError(f"`openssl {' '.join(arguments)}` failed: {done.stderr.strip()}")


def _key(folder, name):
    return os.path.join(folder, name + ".key")


def _certificate(folder, name):
    return os.path.join(folder, name + ".pem")


def authority(lab):
    """The folder of the lab's authority, made when it is first wanted."""
    folder = lab.path("pki")
    if os.path.exists(_certificate(folder, "ca")):
        return folder
    os.makedirs(folder, exist_ok=True)
    _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
             "-subj", f"/CN=Authority of the lab {lab.name}", "-addext", "basicConstraints=critical,CA:TRUE",
             "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", _key(folder, "ca"), "-out", _certificate(folder, "ca"))
    return folder


def _issue(lab, name):
    folder = authority(lab)
    if os.path.exists(_certificate(folder, name)):
        return
    request, extensions = os.path.join(folder, name + ".csr"), os.path.join(folder, name + ".ext")
    _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
             "-keyout", _key(folder, name), "-out", request)
    with open(extensions, "w", encoding="ascii") as file:
        file.write(f"basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:{name},IP:{lab.addresses[name]}\n"
                   "keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n")
    _openssl("x509", "-req", "-in", request, "-CA", _certificate(folder, "ca"), "-CAkey", _key(folder, "ca"), "-CAcreateserial",
             "-days", "30", "-extfile", extensions, "-out", _certificate(folder, name))


def _put(lab, source, *target):
    path = lab.path(*target)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    shutil.copyfile(source, path)


def install(lab, name):
    """Certificates where libvirt and QEMU look for them on that host."""
    _issue(lab, name)
    folder = lab.path("pki")
    ca, certificate, key = _certificate(folder, "ca"), _certificate(folder, name), _key(folder, name)
    pki = (name, "etc/pki")
    _put(lab, ca, *pki, "CA/cacert.pem")
    _put(lab, ca, *pki, "qemu/ca-cert.pem")
    for side in ("server", "client"):
        _put(lab, certificate, *pki, f"libvirt/{side}cert.pem")
        _put(lab, key, *pki, f"libvirt/private/{side}key.pem")
        _put(lab, certificate, *pki, f"qemu/{side}-cert.pem")
        _put(lab, key, *pki, f"qemu/{side}-key.pem")
    _listen(lab, name, True)


def uninstall(lab, name):
    for part in ("CA", "libvirt", "qemu"):
        shutil.rmtree(lab.path(name, "etc/pki", part), ignore_errors=True)
    _listen(lab, name, False)


def _listen(lab, name, on):
    """libvirtd reads it at its next start."""
    path = lab.path(name, "etc/libvirt/libvirtd.conf")
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file.read().splitlines() if not line.startswith(("listen_tls", "auth_tls"))]
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write("\n".join(lines + [f"listen_tls = {int(on)}", 'auth_tls = "none"']) + "\n")
    os.replace(path + ".new", path)


def client(lab):
    """Folder for `?pkipath=` of programs outside the hosts."""
    _issue(lab, CONSOLE)
    folder = lab.path("pki")
    for source, target in ((_certificate(folder, "ca"), "cacert.pem"), (_certificate(folder, CONSOLE), "clientcert.pem"),
                           (_key(folder, CONSOLE), "clientkey.pem")):
        _put(lab, source, "pki/client", target)
    return lab.path("pki/client")
