# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzers, built by --enable-fuzzers with clang. To add tests/fuzz/fuzz_NAME.c: its name into
# fuzzers, and one line _LDADD with its room. Seeds: tests/data/fuzz/NAME/*.

fuzzers =
fuzzers += tests/fuzz/fuzz_policy_nl tests/fuzz/fuzz_rt_names
tests_fuzz_fuzz_policy_nl_LDADD = $(FUZZ_ROUTING)
tests_fuzz_fuzz_rt_names_LDADD = $(FUZZ_ROUTING)

FUZZ_BASE = $(BASE_LIBS) $(FWMARK_FUZZ_LDFLAGS)
FUZZ_MODEL = $(MODEL_LIBS) $(FWMARK_FUZZ_LDFLAGS)
FUZZ_NETFILTER = $(NETFILTER_LIBS) $(FWMARK_FUZZ_LDFLAGS)
FUZZ_ROUTING = $(ROUTING_LIBS) $(FWMARK_FUZZ_LDFLAGS)
FUZZ_SNMP = $(SNMP_LIBS) $(FWMARK_FUZZ_LDFLAGS)
FUZZ_STORE = $(STORE_LIBS) $(FWMARK_FUZZ_LDFLAGS)
FUZZ_DAEMON = $(DAEMON_LIBS) $(FWMARK_FUZZ_LDFLAGS)

fuzzers += tests/fuzz/fuzz_route_nl
tests_fuzz_fuzz_route_nl_LDADD = $(FUZZ_ROUTING)
fuzzers += tests/fuzz/fuzz_answers tests/fuzz/fuzz_matches tests/fuzz/fuzz_tables
tests_fuzz_fuzz_answers_LDADD = $(FUZZ_NETFILTER)
tests_fuzz_fuzz_tables_LDADD = $(FUZZ_NETFILTER)
tests_fuzz_fuzz_matches_LDADD = $(FUZZ_NETFILTER)
fuzzers += tests/fuzz/fuzz_set tests/fuzz/fuzz_conf tests/fuzz/fuzz_rowfile tests/fuzz/fuzz_state
tests_fuzz_fuzz_set_LDADD = $(FUZZ_SNMP)
tests_fuzz_fuzz_conf_LDADD = $(FUZZ_DAEMON)
tests_fuzz_fuzz_rowfile_LDADD = $(FUZZ_STORE)
tests_fuzz_fuzz_state_LDADD = $(FUZZ_STORE)
# On the fakes of tests/unit/local.mk.
fuzzers += tests/fuzz/fuzz_plan
tests_fuzz_fuzz_plan_SOURCES = tests/fuzz/fuzz_plan.c $(PLAN_FAKES)
tests_fuzz_fuzz_plan_LDADD = $(FUZZ_DAEMON)
noinst_HEADERS += tests/fuzz/plan_sets.h tests/fuzz/plan_sight.h

if FUZZERS
noinst_PROGRAMS = $(fuzzers)
endif
