# SPDX-License-Identifier: GPL-2.0-or-later
# app: everything; agent/main.c itself stands in Makefile.am

noinst_LIBRARIES += agent/libapp.a
agent_libapp_a_CPPFLAGS = $(LAYER_CPPFLAGS) $(NETSNMP_CFLAGS) $(MNL_CFLAGS) $(IPTC_CFLAGS) \
	$(XTABLES_CFLAGS) $(CONFIG_CFLAGS) $(CAPNG_CFLAGS) \
	-DSYSCONFDIR='"$(sysconfdir)"' -DLOCALSTATEDIR='"$(localstatedir)"' -DRUNSTATEDIR='"$(runstatedir)"'
agent_libapp_a_SOURCES =

noinst_HEADERS +=
