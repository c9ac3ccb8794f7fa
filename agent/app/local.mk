# SPDX-License-Identifier: GPL-2.0-or-later
# app: everything; agent/main.c itself stands in Makefile.am

noinst_LIBRARIES += agent/libapp.a
agent_libapp_a_CPPFLAGS = $(LAYER_CPPFLAGS) $(NETSNMP_CFLAGS) $(MNL_CFLAGS) $(IPTC_CFLAGS) \
	$(XTABLES_CFLAGS) $(CONFIG_CFLAGS) $(CAPNG_CFLAGS) $(PATHS_CPPFLAGS)
agent_libapp_a_SOURCES = \
	agent/app/agent.c \
	agent/app/check.c \
	agent/app/conf.c \
	agent/app/conf_include.c \
	agent/app/conf_value.c \
	agent/app/counts.c \
	agent/app/daemon.c \
	agent/app/dump.c \
	agent/app/expire.c \
	agent/app/fibs.c \
	agent/app/index_rows.c \
	agent/app/house.c \
	agent/app/intent.c \
	agent/app/interfaces.c \
	agent/app/live.c \
	agent/app/lookups.c \
	agent/app/managed.c \
	agent/app/marks.c \
	agent/app/meters.c \
	agent/app/nexthops.c \
	agent/app/plan.c \
	agent/app/plan_fib.c \
	agent/app/plan_foreign.c \
	agent/app/plan_keep.c \
	agent/app/plan_meter.c \
	agent/app/plan_nexthop.c \
	agent/app/plan_policy.c \
	agent/app/plan_route.c \
	agent/app/plan_rule.c \
	agent/app/policies.c \
	agent/app/privileges.c \
	agent/app/reassert.c \
	agent/app/reload.c \
	agent/app/restore.c \
	agent/app/route_exclude.c \
	agent/app/route_info.c \
	agent/app/route_load.c \
	agent/app/route_merge.c \
	agent/app/route_set.c \
	agent/app/routes.c \
	agent/app/routes_live.c \
	agent/app/routes_read.c \
	agent/app/routes_withdrawn.c \
	agent/app/row_name.c \
	agent/app/rowfile.c \
	agent/app/rowset.c \
	agent/app/rule_ids.c \
	agent/app/rules.c \
	agent/app/rules_read.c \
	agent/app/state.c \
	agent/app/state_rows.c \
	agent/app/static_apply.c \
	agent/app/static_rows.c \
	agent/app/views.c

noinst_HEADERS += \
	include/app/app.h \
	include/app/conf.h \
	include/app/conf_value.h \
	include/app/counts.h \
	include/app/daemon.h \
	include/app/index_rows.h \
	include/app/intent.h \
	include/app/managed.h \
	include/app/meters.h \
	include/app/plan.h \
	include/app/privileges.h \
	include/app/route_info.h \
	include/app/route_merge.h \
	include/app/route_row.h \
	include/app/route_set.h \
	include/app/rowfile.h \
	include/app/rowset.h \
	include/app/rule_ids.h \
	include/app/scalars.h \
	include/app/state_rows.h \
	include/app/static_rows.h
