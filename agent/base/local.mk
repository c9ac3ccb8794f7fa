# SPDX-License-Identifier: GPL-2.0-or-later
# base: libc only

noinst_LIBRARIES += agent/libbase.a
agent_libbase_a_CPPFLAGS = $(ROOM_CPPFLAGS)
agent_libbase_a_SOURCES = \
	agent/base/addr.c \
	agent/base/arena.c \
	agent/base/clock.c \
	agent/base/file.c \
	agent/base/hash.c \
	agent/base/list.c \
	agent/base/log.c \
	agent/base/notify.c \
	agent/base/oset.c \
	agent/base/seen.c \
	agent/base/text.c \
	agent/base/vec.c \
	agent/base/why.c
if FAULT_INJECTION
agent_libbase_a_SOURCES += agent/base/fault.c
endif

noinst_HEADERS += \
	include/base/addr.h \
	include/base/arena.h \
	include/base/clock.h \
	include/base/fault.h \
	include/base/file.h \
	include/base/hash.h \
	include/base/list.h \
	include/base/log.h \
	include/base/notify.h \
	include/base/oset.h \
	include/base/seen.h \
	include/base/text.h \
	include/base/vec.h \
	include/base/why.h
