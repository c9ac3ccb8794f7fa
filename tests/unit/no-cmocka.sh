#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Stands for all unit tests where they cannot be built.
echo "SKIP: the unit tests need cmocka (libcmocka-dev)"
exit 77
