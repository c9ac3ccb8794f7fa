#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes ./configure out of configure.ac; needed in a git checkout, not in a release tarball.
cd "$(dirname "$0")" && exec autoreconf --force --install --warnings=all
