# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += \
	conf/fwmarkd.conf \
	conf/fwmarkd.service.in \
	conf/demo.sh \
	conf/demo-router.sh \
	conf/packages.sh

dist_doc_DATA += conf/snmpd.conf.example
dist_man_MANS = agent/fwmarkd.8 conf/fwmarkd.conf.5

# Somebody's settings are never overwritten, nor removed.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(sysconfdir)'
	test -f '$(DESTDIR)$(sysconfdir)/fwmarkd.conf' || \
		$(INSTALL_DATA) '$(srcdir)/conf/fwmarkd.conf' '$(DESTDIR)$(sysconfdir)/fwmarkd.conf'
uninstall-local:
	! cmp -s '$(srcdir)/conf/fwmarkd.conf' '$(DESTDIR)$(sysconfdir)/fwmarkd.conf' || \
		rm -f '$(DESTDIR)$(sysconfdir)/fwmarkd.conf'

# Here and not in configure, since directories may be given to make as well.
conf/fwmarkd.service: conf/fwmarkd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) conf && \
	$(SED) -e 's|@sbindir[@]|$(sbindir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g' \
		'$(srcdir)/conf/fwmarkd.service.in' >$@.new && mv $@.new $@
CLEANFILES += conf/fwmarkd.service
EXTRA_DIST += \
	conf/sysusers.d/fwmarkd.conf \
	conf/tmpfiles.d/fwmarkd.conf
if HAVE_SYSTEMD
systemdsystemunit_DATA = conf/fwmarkd.service
# Below every prefix that systemd looks in: /usr and /usr/local.
sysusersdir = $(prefix)/lib/sysusers.d
sysusers_DATA = conf/sysusers.d/fwmarkd.conf
tmpfilesdir = $(prefix)/lib/tmpfiles.d
tmpfiles_DATA = conf/tmpfiles.d/fwmarkd.conf
endif
