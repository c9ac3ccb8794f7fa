# SPDX-License-Identifier: GPL-2.0-or-later

# FWMARK_TRY_FLAG(WHERE, VARIABLE, FLAGS)
# Appends FLAGS to VARIABLE when the compiler (and the linker) take them without a warning.
# WHERE is CPPFLAGS, CFLAGS or LDFLAGS: where FLAGS stands while it is tried.
AC_DEFUN([FWMARK_TRY_FLAG], [
	AC_MSG_CHECKING([whether $CC takes $3])
	fwmark_save_flags=$[]$1
	fwmark_save_cflags=$CFLAGS
	CFLAGS="$CFLAGS -Werror"
	$1="$[]$1 $3"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[char b[8]; memset(b, 0, sizeof(b)); return b[0];]])],
		[fwmark_flag=yes], [fwmark_flag=no])
	CFLAGS=$fwmark_save_cflags
	$1=$fwmark_save_flags
	AC_MSG_RESULT([$fwmark_flag])
	AS_VAR_IF([fwmark_flag], [yes], [AS_VAR_APPEND([$2], [" $3"])])
])
