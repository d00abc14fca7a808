# SPDX-FileCopyrightText: Drover contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A laboratory of real libvirt hosts in namespaces of one machine."""
