# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests: one program links the one room that it tests (and those below it). To add
# tests/unit/test_NAME.c: its name into unit_tests, and one line _LDADD with its room.

unit_tests =
unit_tests += tests/unit/test_names tests/unit/test_policy
unit_tests += tests/unit/test_policy_kernel tests/unit/test_policy_nl
unit_tests += tests/unit/test_rt_names tests/unit/test_rtnl tests/unit/test_sysctl

unit_tests += tests/unit/test_markrule
unit_tests += tests/unit/test_nf tests/unit/test_nf_corpus tests/unit/test_nf_edit
unit_tests += tests/unit/test_nf_face tests/unit/test_nf_match tests/unit/test_nf_meter

UNIT_BASE = $(BASE_LIBS) $(CMOCKA_LIBS)
UNIT_MODEL = $(MODEL_LIBS) $(CMOCKA_LIBS)
UNIT_NETFILTER = $(NETFILTER_LIBS) $(CMOCKA_LIBS)
UNIT_ROUTING = $(ROUTING_LIBS) $(CMOCKA_LIBS)
UNIT_SNMP = $(SNMP_LIBS) $(CMOCKA_LIBS)
UNIT_STORE = $(STORE_LIBS) $(CMOCKA_LIBS)
UNIT_VIEWS = $(VIEWS_LIBS) $(CMOCKA_LIBS)
UNIT_PLAN = $(PLAN_LIBS) $(CMOCKA_LIBS)
UNIT_DAEMON = $(DAEMON_LIBS) $(CMOCKA_LIBS)

tests_unit_test_names_LDADD = $(UNIT_MODEL)
tests_unit_test_policy_LDADD = $(UNIT_MODEL)
tests_unit_test_policy_kernel_LDADD = $(UNIT_ROUTING)
tests_unit_test_policy_nl_LDADD = $(UNIT_ROUTING)
tests_unit_test_rt_names_LDADD = $(UNIT_ROUTING)
tests_unit_test_rtnl_LDADD = $(UNIT_ROUTING)
tests_unit_test_sysctl_LDADD = $(UNIT_ROUTING)

noinst_HEADERS += tests/unit/churn.h tests/unit/netns.h tests/unit/routes.h
EXTRA_DIST += tests/unit/no-cmocka.sh
unit_tests += tests/unit/test_encap tests/unit/test_route tests/unit/test_route_nl \
	tests/unit/test_route_kernel
tests_unit_test_route_LDADD = $(UNIT_MODEL)
tests_unit_test_encap_LDADD = $(UNIT_ROUTING)
tests_unit_test_route_nl_LDADD = $(UNIT_ROUTING)
tests_unit_test_route_kernel_LDADD = $(UNIT_ROUTING)

tests_unit_test_markrule_LDADD = $(UNIT_MODEL)
tests_unit_test_nf_LDADD = $(UNIT_NETFILTER)
tests_unit_test_nf_corpus_LDADD = $(UNIT_NETFILTER)
tests_unit_test_nf_edit_LDADD = $(UNIT_NETFILTER)
tests_unit_test_nf_face_LDADD = $(UNIT_NETFILTER)
tests_unit_test_nf_match_LDADD = $(UNIT_NETFILTER)
tests_unit_test_nf_meter_LDADD = $(UNIT_NETFILTER)
noinst_HEADERS += tests/unit/nf_env.h tests/unit/nf_fake.h
EXTRA_DIST += tests/data/rules4.txt tests/data/rules6.txt

unit_tests += tests/unit/test_addr tests/unit/test_log tests/unit/test_oset tests/unit/test_text tests/unit/test_vec
unit_tests += tests/unit/test_idmap tests/unit/test_markfib
unit_tests += tests/unit/test_cell tests/unit/test_mib tests/unit/test_mib_module tests/unit/test_txn
unit_tests += tests/unit/test_access tests/unit/test_instance tests/unit/test_plan
unit_tests += tests/unit/test_reading
unit_tests += tests/unit/test_churn
unit_tests += tests/unit/test_conf tests/unit/test_index_rows tests/unit/test_wanted tests/unit/test_route_set tests/unit/test_rowfile
unit_tests += tests/unit/test_sums
tests_unit_test_addr_LDADD = $(UNIT_BASE)
tests_unit_test_log_LDADD = $(UNIT_BASE)
tests_unit_test_oset_LDADD = $(UNIT_BASE)
tests_unit_test_text_LDADD = $(UNIT_BASE)
tests_unit_test_vec_LDADD = $(UNIT_BASE)
tests_unit_test_idmap_LDADD = $(UNIT_MODEL)
tests_unit_test_markfib_LDADD = $(UNIT_MODEL)
tests_unit_test_cell_LDADD = $(UNIT_SNMP)
unit_tests += tests/unit/test_frames
tests_unit_test_frames_LDADD = $(UNIT_SNMP)
tests_unit_test_mib_LDADD = $(UNIT_SNMP)
tests_unit_test_mib_module_LDADD = $(UNIT_SNMP)
tests_unit_test_txn_LDADD = $(UNIT_SNMP)
tests_unit_test_conf_LDADD = $(UNIT_DAEMON)
tests_unit_test_index_rows_LDADD = $(UNIT_MODEL)
# Linked with a fake in place of netfilter and routing: nothing of their libraries is taken then.
PLAN_FAKES = tests/unit/fake_kernel.c tests/unit/fake_disk.c
tests_unit_test_plan_SOURCES = tests/unit/test_plan.c $(PLAN_FAKES)
tests_unit_test_plan_LDADD = $(UNIT_DAEMON)
tests_unit_test_reading_SOURCES = tests/unit/test_reading.c $(PLAN_FAKES)
tests_unit_test_reading_LDADD = $(UNIT_DAEMON)
tests_unit_test_instance_LDADD = $(UNIT_DAEMON)
tests_unit_test_access_LDADD = $(UNIT_PLAN)
tests_unit_test_churn_LDADD = $(UNIT_VIEWS)
tests_unit_test_wanted_LDADD = $(UNIT_STORE)
tests_unit_test_route_set_LDADD = $(UNIT_VIEWS)
tests_unit_test_rowfile_LDADD = $(UNIT_STORE)
tests_unit_test_sums_LDADD = $(UNIT_STORE)
noinst_HEADERS += tests/unit/fake_agent.h tests/unit/fake_kernel.h tests/unit/fake_mib.h tests/unit/mib_defs.h

if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
else
TESTS += tests/unit/no-cmocka.sh
endif
