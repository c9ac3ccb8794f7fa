# SPDX-License-Identifier: GPL-2.0-or-later

# FWMARK_MISSING(PACKAGES)
# The host lacks what these packages of Debian bring.
AC_DEFUN([FWMARK_MISSING], [AS_VAR_APPEND([fwmark_missing], [" $1"])])

# FWMARK_LIBRARY(VARIABLE, MODULES, HEADERS, FUNCTIONS, IF-NOT)
# VARIABLE_CFLAGS and VARIABLE_LIBS of pkg-config's MODULES. Headers and library must have FUNCTIONS:
# of those that we call, what an older version or a smaller build of the library could lack.
AC_DEFUN([FWMARK_LIBRARY], [
	PKG_CHECK_MODULES([$1], [$2], [
		fwmark_save_cppflags=$CPPFLAGS
		fwmark_save_libs=$LIBS
		CPPFLAGS="$$1[]_CFLAGS $CPPFLAGS"
		LIBS="$$1[]_LIBS $LIBS"
		AC_MSG_CHECKING([for the functions of $2])
		AC_LINK_IFELSE([AC_LANG_SOURCE([m4_foreach_w([header], [$3], [@%:@include <header>
])const void *const functions@<:@@:>@ = { m4_foreach_w([function], [$4], [(const void *)function, ])};
int main(void) { return 0; }])],
			[AC_MSG_RESULT([yes])],
			[AC_MSG_RESULT([no])
			$5])
		CPPFLAGS=$fwmark_save_cppflags
		LIBS=$fwmark_save_libs
	], [$5])
])
