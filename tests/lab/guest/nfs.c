/* SPDX-FileCopyrightText: Drover contributors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Preloaded into the lab's libvirtd: the folder /var/lib/libvirt/nfs, which all hosts have in common, passes for NFS.
 * libvirt asks statfs() whether a disk lies on a file system of several hosts. Built without any header.
 */
extern void *dlsym(void *handle, const char *name);
#define NEXT ((void *)-1L)
#define NFS 0x6969L

static const char folder[] = "/var/lib/libvirt/nfs";

static int answer(const char *name, const char *path, long *buffer)
{
    int (*real)(const char *, void *) = (int (*)(const char *, void *))dlsym(NEXT, name);
    int result = real(path, buffer);
    for (unsigned i = 0; result == 0 && i < sizeof folder; ++i) {
        if (i == sizeof folder - 1 && (path[i] == '\0' || path[i] == '/'))
            buffer[0] = NFS; /* f_type is the first member */
        else if (path[i] != folder[i])
            break;
    }
    return result;
}

int statfs(const char *path, void *buffer) { return answer("statfs", path, buffer); }
int statfs64(const char *path, void *buffer) { return answer("statfs64", path, buffer); }
