# SPDX-License-Identifier: GPL-2.0-or-later
# The bench: "make bench-programs" builds what tests/bench/run.sh runs. Never part of make check.

bench_programs = tests/bench/load tests/bench/reads tests/bench/route_load tests/bench/static_agent
EXTRA_PROGRAMS = $(bench_programs)
CLEANFILES += $(bench_programs) tests/bench/count_reads.so

tests_bench_load_LDADD = $(NETSNMP_LIBS)
tests_bench_reads_LDADD = $(NETFILTER_LIBS)
tests_bench_route_load_LDADD = $(VIEWS_LIBS)
tests_bench_static_agent_LDADD = $(NETSNMP_LIBS)

tests/bench/count_reads.so: tests/bench/count_reads.c
	$(AM_V_CCLD)$(MKDIR_P) tests/bench && $(CC) -D_GNU_SOURCE $(CPPFLAGS) $(CFLAGS) -fPIC -shared \
		-o $@ $(srcdir)/tests/bench/count_reads.c

EXTRA_DIST += tests/bench/README.md tests/bench/count_reads.c tests/bench/items.sh tests/bench/run.sh

bench-programs: agent/fwmarkd $(bench_programs) tests/bench/count_reads.so
.PHONY: bench-programs
