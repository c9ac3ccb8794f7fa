#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every kind of bad value in fwmarkRouteTable and fwmarkNextHopTable is refused with the error that
# fits it.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
R=201.1.4.0.0.0.0.0.0.1
N=201.1.4.10.0.0.0.8.0.1
snmp_set fwmarkRouteGatewayType.$R i ipv4 fwmarkRouteGateway.$R x C36062FD \
	fwmarkRouteIfName.$R s ppp0 fwmarkRouteStatus.$R i createAndGo
zeros=0.0.0.0.0.0.0.0.0.0.0.0.0.0.0
export R N zeros

refusals <<'END'
# Types.
wrongType fwmarkRouteType.* /fwmarkRouteType/ fwmarkRouteType.$R u 1
wrongType fwmarkRouteGatewayType.* /fwmarkRouteGatewayType/ fwmarkRouteGatewayType.$R u 1
wrongType fwmarkRouteGateway.* /fwmarkRouteGateway/ fwmarkRouteGateway.$R a 195.96.98.253
wrongType fwmarkRouteIfIndex.* /fwmarkRouteIfIndex/ fwmarkRouteIfIndex.$R u 2
wrongType fwmarkRouteIfName.* /fwmarkRouteIfName/ fwmarkRouteIfName.$R i 2
wrongType fwmarkRoutePreferredSource.* /fwmarkRoutePreferredSource/ fwmarkRoutePreferredSource.$R a 1.2.3.4
wrongType fwmarkRouteTos.* /fwmarkRouteTos/ fwmarkRouteTos.$R i 0
wrongType fwmarkRouteMtu.* /fwmarkRouteMtu/ fwmarkRouteMtu.$R i 1400
wrongType fwmarkRouteOnlink.* /fwmarkRouteOnlink/ fwmarkRouteOnlink.$R u 1
wrongType fwmarkRouteStatus.* /fwmarkRouteStatus/ fwmarkRouteStatus.$R u 6

# Lengths.
wrongLength fwmarkRouteGateway.* /fwmarkRouteGateway/ fwmarkRouteGateway.$R x C36062
wrongLength fwmarkRouteGateway.* /fwmarkRouteGateway/ fwmarkRouteGateway.$R x C36062FDFD
wrongLength fwmarkRouteIfName.* /fwmarkRouteIfName/ fwmarkRouteIfName.$R s abcdefghijklmnop
wrongLength fwmarkRoutePreferredSource.* /fwmarkRoutePreferredSource/ fwmarkRoutePreferredSource.$R x C360

# Values.
wrongValue fwmarkRouteType.* /fwmarkRouteType/ fwmarkRouteType.$R i 0
wrongValue fwmarkRouteType.* /fwmarkRouteType/ fwmarkRouteType.$R i 12
wrongValue fwmarkRouteGatewayType.* /fwmarkRouteGatewayType/ fwmarkRouteGatewayType.$R i 3
wrongValue fwmarkRouteIfIndex.* /fwmarkRouteIfIndex/ fwmarkRouteIfIndex.$R i -1
wrongValue fwmarkRouteIfName.* /fwmarkRouteIfName/ fwmarkRouteIfName.$R s ppp/0
wrongValue fwmarkRouteTos.* /fwmarkRouteTos/ fwmarkRouteTos.$R u 256
wrongValue fwmarkRouteScope.* /fwmarkRouteScope/ fwmarkRouteScope.$R u 256
wrongValue fwmarkRouteProtocol.* /fwmarkRouteProtocol/ fwmarkRouteProtocol.$R u 256
wrongValue fwmarkRouteOnlink.* /fwmarkRouteOnlink/ fwmarkRouteOnlink.$R i 0
wrongValue fwmarkRouteStorageType.* /fwmarkRouteStorageType/ fwmarkRouteStorageType.$R i 0
wrongValue fwmarkRouteStatus.* /fwmarkRouteStatus/ fwmarkRouteStatus.$R i 7

# Indices: of no address, of a wrong type or length, with host bits, too long a prefix, no instance.
noCreation .*fwmarkRouteStatus.* /a route.s index is its table, .* this one is not/ fwmarkRouteStatus.201.1.4.10.0.0.0.0.1 i 4
noCreation .*fwmarkRouteStatus.* /a route.s index is its table, .* this one is not/ fwmarkRouteStatus.201.1.4.10.0.0.0.8.0.1.1 i 4
noCreation .*fwmarkRouteStatus.* /a route.s index is its table, .* this one is not/ fwmarkRouteStatus.201.1.16.10.0.0.0.$zeros.8.0.1 i 4
noCreation .*fwmarkRouteStatus.* /a route.s index is its table, .* this one is not/ fwmarkRouteStatus.201.3.4.10.0.0.0.8.0.1 i 4
noCreation .*fwmarkRouteStatus.* /a route.s index is its table, .* this one is not/ fwmarkRouteStatus.201.0.0.0.0.1 i 4
noCreation .*fwmarkRouteStatus.* /a route.s index is its table, .* this one is not/ fwmarkRouteStatus.201.1.4.10.0.0.256.8.0.1 i 4
noCreation .*fwmarkRouteStatus.* /a route.s index is its table, .* this one is not/ fwmarkRouteStatus.201.1.4.10.0.0.0.33.0.1 i 4
noCreation|inconsistentName .*fwmarkRoute.* /[Hh]ost bits|[Pp]refix/ fwmarkRouteStatus.201.1.4.10.0.0.1.8.0.1 i 4 fwmarkRouteIfName.201.1.4.10.0.0.1.8.0.1 s ppp0
noCreation .*fwmarkRouteStatus.* /a route.s index is its table, .* this one is not/ fwmarkRouteStatus.201.1.4.10.0.0.0.8.0.0 i 4
noCreation .*fwmarkRouteStatus.* /a route.s index is its table, .* this one is not/ fwmarkRouteStatus.201.1.4.10.0.0.0.8.0.65536 i 4
noCreation|inconsistentName|inconsistentValue .*fwmarkRoute.* /[Ff]ib|table/ fwmarkRouteStatus.0.1.4.10.0.0.0.8.0.1 i 4 fwmarkRouteIfName.0.1.4.10.0.0.0.8.0.1 s ppp0
noCreation .*fwmarkNextHopStatus.* /./ fwmarkNextHopStatus.$N.0 i 4
noCreation .*fwmarkNextHopStatus.* /./ fwmarkNextHopStatus.$N.256 i 4

# One value against another.
inconsistentValue fwmarkRouteGateway(Type|)\..* /[Gg]ateway/ fwmarkRouteGateway.$R x 20010DB8000000000000000000000001
inconsistentValue fwmarkRouteGateway(Type|)\..* /[Gg]ateway/ fwmarkRouteGatewayType.$R i 2
inconsistentValue fwmarkRouteGateway(Type|)\..* /[Gg]ateway/ fwmarkRouteGatewayType.$R i 0
inconsistentValue fwmarkRoutePreferredSource.* /[Ss]ource/ fwmarkRoutePreferredSource.$R x 20010DB8000000000000000000000001
inconsistentValue fwmarkRoute(Type|Gateway|IfName).* /[Gg]ateway|[Tt]ype|[Nn]ext/ fwmarkRouteType.$R i 6
inconsistentValue fwmarkRouteSourcePrefix(Length|).* /[Ss]ource|[Ii][Pp]v6/ fwmarkRouteSourcePrefix.$R x 0A000000 fwmarkRouteSourcePrefixLength.$R u 8
inconsistentValue fwmarkRouteIfName.* /ppp9/ fwmarkRouteIfName.$R s ppp9
inconsistentValue fwmarkRouteNextHopId.* /[Nn]ext/ fwmarkRouteNextHopId.$N u 77 fwmarkRouteStatus.$N i 4
inconsistentValue fwmarkRoute(Status|IfName|Gateway|Type).* /./ fwmarkRouteStatus.$N i 4

# Rows.
inconsistentValue fwmarkRouteStatus.* /fwmarkRouteStatus/ fwmarkRouteStatus.$R i 4
inconsistentValue|inconsistentName fwmarkRouteStatus.* /fwmarkRouteStatus/ fwmarkRouteStatus.$N i 1
inconsistentName|noCreation fwmarkRouteMtu.* /fwmarkRoute/ fwmarkRouteMtu.$N u 1400
inconsistentName|noCreation|inconsistentValue fwmarkNextHop.* /./ fwmarkNextHopIfName.$N.1 s ppp0 fwmarkNextHopStatus.$N.1 i 4

# Next hops.
wrongType fwmarkNextHopWeight.* /fwmarkNextHopWeight/ fwmarkNextHopWeight.$R.1 i 1
wrongValue fwmarkNextHopWeight.* /fwmarkNextHopWeight/ fwmarkNextHopWeight.$R.1 u 0
wrongValue fwmarkNextHopWeight.* /fwmarkNextHopWeight/ fwmarkNextHopWeight.$R.1 u 257
wrongLength fwmarkNextHopIfName.* /fwmarkNextHopIfName/ fwmarkNextHopIfName.$R.2 s abcdefghijklmnop fwmarkNextHopStatus.$R.2 i 4
wrongLength fwmarkNextHopGateway.* /fwmarkNextHopGateway/ fwmarkNextHopGateway.$R.2 x 0A fwmarkNextHopStatus.$R.2 i 4
END
