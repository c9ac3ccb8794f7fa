# SPDX-License-Identifier: GPL-2.0-or-later
# The scripts that make check runs, all through with-limit. To add one: one line in a list. Unit
# tests are listed in tests/unit/local.mk, fuzzers in tests/fuzz/local.mk. One test alone:
#	make check TESTS=tests/netns/NAME.sh

# End to end, each in namespaces of its own: snmpd, fwmarkd and the kernel. FWMARK_ROAD says how
# fwmarkd is asked: agentx (through snmpd) or standalone; both, one after the other, when unset.
# Those that take long come first: at the end, they would have one processor for themselves, and
# leave the others idle.
netns_tests = \
	tests/netns/kill-sets.sh \
	tests/netns/model.sh \
	tests/netns/flood.sh \
	tests/netns/managers.sh \
	tests/netns/lookups.sh \
	tests/netns/rules-text.sh \
	tests/netns/rules-wait.sh \
	tests/netns/rules-stress.sh \
	tests/netns/master-returns.sh \
	tests/netns/background.sh \
	tests/netns/bad-input-policies.sh \
	tests/netns/bad-input-routes.sh \
	tests/netns/bad-input-rules.sh \
	tests/netns/bad-input-fibs.sh \
	tests/netns/change-rows.sh \
	tests/netns/check.sh \
	tests/netns/clean-stop.sh \
	tests/netns/conf-errors.sh \
	tests/netns/counts-sampled.sh \
	tests/netns/demonstration.sh \
	tests/netns/destroy-rows.sh \
	tests/netns/discontinuity.sh \
	tests/netns/disk-full.sh \
	tests/netns/dump.sh \
	tests/netns/dump-rules.sh \
	tests/netns/exceptions.sh \
	tests/netns/foreign-rows.sh \
	tests/netns/getbulk.sh \
	tests/netns/high-subids.sh \
	tests/netns/house-enable.sh \
	tests/netns/house-foreign.sh \
	tests/netns/house-rows.sh \
	tests/netns/house-rules.sh \
	tests/netns/house-tables.sh \
	tests/netns/interfaces.sh \
	tests/netns/ipv6.sh \
	tests/netns/lartc-mail.sh \
	tests/netns/last-change.sh \
	tests/netns/live.sh \
	tests/netns/marks-names.sh \
	tests/netns/marks-sums.sh \
	tests/netns/masquerade.sh \
	tests/netns/meters.sh \
	tests/netns/master-busy.sh \
	tests/netns/master-hung.sh \
	tests/netns/master-killed.sh \
	tests/netns/master-two.sh \
	tests/netns/meters-connmark.sh \
	tests/netns/meters-restored.sh \
	tests/netns/names-live.sh \
	tests/netns/no-legacy-tables.sh \
	tests/netns/policies-index.sh \
	tests/netns/policies-reassert.sh \
	tests/netns/policy-columns.sh \
	tests/netns/privileges.sh \
	tests/netns/readme.sh \
	tests/netns/readonly-columns.sh \
	tests/netns/reboot.sh \
	tests/netns/reconnect.sh \
	tests/netns/refusals.sh \
	tests/netns/refusals-whole.sh \
	tests/netns/reload.sh \
	tests/netns/reload-errors.sh \
	tests/netns/reload-routes.sh \
	tests/netns/restart-restores.sh \
	tests/netns/routes-burst.sh \
	tests/netns/routes-excluded.sh \
	tests/netns/routes-gapless.sh \
	tests/netns/routes-live.sh \
	tests/netns/routes-protected.sh \
	tests/netns/routes-resync.sh \
	tests/netns/routes-return.sh \
	tests/netns/rules-everywhere.sh \
	tests/netns/rules-hooks.sh \
	tests/netns/rules-index.sh \
	tests/netns/rules-lock.sh \
	tests/netns/rules-position.sh \
	tests/netns/rules-roundtrip.sh \
	tests/netns/rulesets.sh \
	tests/netns/route-columns.sh \
	tests/netns/rowstatus.sh \
	tests/netns/rowstatus-hops.sh \
	tests/netns/rowstatus-timeouts.sh \
	tests/netns/rule-columns.sh \
	tests/netns/second-subagent.sh \
	tests/netns/single-instance.sh \
	tests/netns/snmpd-example.sh \
	tests/netns/snmpv1.sh \
	tests/netns/standalone-v3.sh \
	tests/netns/static-reload.sh \
	tests/netns/static-rows.sh \
	tests/netns/state-damaged.sh \
	tests/netns/state-lost.sh \
	tests/netns/state-unreadable.sh \
	tests/netns/too-big.sh \
	tests/netns/tos-marks.sh \
	tests/netns/unit.sh \
	tests/netns/varbind-order.sh

# The same, with a fwmarkd that fails on demand: ./configure --enable-fault-injection.
fault_tests = \
	tests/netns/faults-change.sh \
	tests/netns/faults-create.sh \
	tests/netns/faults-destroy.sh \
	tests/netns/faults-undo.sh
if FAULT_INJECTION
netns_tests += $(fault_tests)
endif

# What needs no daemon.
static_tests = \
	tests/layers.sh \
	tests/lists.sh \
	tests/mib/names.sh \
	tests/mib/oids.sh

# What these need.
EXTRA_DIST += tests/README.md \
	tests/with-limit \
	tests/run.sh \
	tests/run/count.sh \
	tests/run/fresh.sh \
	tests/run/fuzz.sh \
	tests/run/boot.sh \
	tests/run/guest.sh \
	tests/run/guest-install.sh \
	tests/run/kernels.sh \
	tests/run/install.sh \
	tests/run/package-host.sh \
	tests/run/package.sh \
	tests/run/readme.sh \
	tests/run/root.sh \
	tests/run/silent \
	tests/run/stages.sh \
	tests/run/try.sh \
	tests/run/unit.sh \
	tests/mib/oids.tsv \
	tests/mib/parse.sh \
	tests/mib/parse-faults.sh \
	tests/netns/access.sh \
	tests/netns/lartc-both.sh \
	tests/netns/lib.sh \
	tests/netns/model.py \
	tests/netns/programs.sh \
	tests/netns/rules.sh \
	tests/netns/state.sh \
	tests/netns/steps.sh \
	tests/netns/topology.sh \
	tests/netns/user.sh

if NETNS_TESTS
check_PROGRAMS += tests/netns/ask tests/netns/client tests/netns/flood tests/netns/refuser
endif
tests_netns_ask_SOURCES = tests/netns/ask.c
tests_netns_client_SOURCES = tests/netns/client.c
tests_netns_client_LDADD = $(NETSNMP_LIBS)
tests_netns_flood_SOURCES = tests/netns/flood.c
tests_netns_flood_LDADD = $(NETSNMP_LIBS)
tests_netns_refuser_SOURCES = tests/netns/refuser.c
tests_netns_refuser_LDADD = $(NETSNMP_LIBS)

EXTRA_DIST += $(static_tests) $(netns_tests) $(fault_tests)
TESTS += $(static_tests)
if NETNS_TESTS
TESTS += $(netns_tests)
endif

TEST_EXTENSIONS = .sh
LOG_COMPILER = $(SHELL) $(srcdir)/tests/with-limit
SH_LOG_COMPILER = $(LOG_COMPILER) $(SHELL)
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	FWMARKD='$(abs_top_builddir)/agent/fwmarkd'; export FWMARKD;

check-unit: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(unit_tests)'

# The end-to-end tests on one road alone.
check-agentx check-standalone: all
	FWMARK_ROAD=$(@:check-%=%) $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(netns_tests)'

fuzzers: $(fuzzers)
.PHONY: fuzzers check-unit check-agentx check-standalone
