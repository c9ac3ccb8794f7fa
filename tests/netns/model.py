#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A model of what managers want, and of what others do beside them; for model.sh.

Random SETs from several managers, random changes by ip and iptables, devices and addresses that come
and go, kills and restarts. The model knows what must be there after each of them. Compared with it are
the kernel after every step and walks now and then; after a restart, what came back, which is what the
state file had.

Everything random comes from one seed, which is printed first. What a seed found stays: model.sh
replays the seeds that once failed.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import time

ALL = 0xffffffff
ACTIVE, NOT_IN_SERVICE, CREATE_AND_GO, DESTROY = 1, 2, 4, 6
SLOW = int(os.environ.get("FWMARK_SLOW", "1"))
HOST = os.environ["SNMP_HOST"]
MANAGERS = [os.environ[name].split() for name in ("V2_FLAGS", "V3_FLAGS")]
DEVICES = ("d1", "d2", "d3")
RULE_PROGRAMS = {4: "iptables-legacy", 6: "ip6tables-legacy"}
FIRST_FOREIGN_INDEX = 1000000
NOTED_SECONDS = 3


class Wrong(Exception):
    """The model and the world differ."""


def run(*command, check=True):
    """What the command prints; None where it fails and that is allowed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        if check:
            raise Wrong("%s: %s" % (" ".join(command), done.stdout))
        return None
    return done.stdout


def device_number(device):
    return int(device[1:])


# --- rows ---------------------------------------------------------------------------------------

class Row:
    """What a manager wants. there: the kernel has it, or must have it soon."""

    def __init__(self, key, columns):
        self.key = key
        self.columns = columns
        self.in_service = True      # active, or notInService by the manager's word
        self.removed = False        # somebody else took it away
        self.removed_at = 0.0

    def wanted(self, world):
        return self.in_service and not self.removed and self.possible(world)

    def possible(self, world):
        """Can the kernel hold it, with the devices as they are?"""
        del world
        return True

    def changed(self, columns):
        row = type(self)(self.key, dict(self.columns, **columns))
        row.in_service, row.removed, row.removed_at = self.in_service, self.removed, self.removed_at
        return row

    def varbinds(self, columns, status=None):
        words = []
        for name, (kind, value) in columns.items():
            words += ["%s.%s" % (self.prefix + name, self.key), kind, value]
        if status is not None:
            words += [self.status_object(), "i", str(status)]
        return words

    def status_object(self):
        return "%sStatus.%s" % (self.prefix, self.key)

    def set_words(self, columns=None, status=None):
        return self.varbinds(self.encode(self.columns if columns is None else columns), status)


class Rule(Row):
    prefix = "fwmarkRule"

    @classmethod
    def make(cls, rnd, key):
        chain = rnd.choice(("PREROUTING", "FORWARD", "OUTPUT"))
        return cls(key, {
            "family": rnd.choice((4, 4, 6)), "chain": chain,
            "device": rnd.choice(("",) + DEVICES) if chain != "OUTPUT" else "",
            "port": rnd.randint(1, 9), "mark": rnd.randint(1, 0xffff)})

    @staticmethod
    def changes(rnd):
        return rnd.choice(({"mark": rnd.randint(1, 0xffff)}, {"port": rnd.randint(1, 9)}))

    @staticmethod
    def encode(columns):
        words = {}
        if "family" in columns:
            words["AddressType"] = ("i", {4: "ipv4", 6: "ipv6"}[columns["family"]])
        if "chain" in columns:
            words["Chain"] = ("s", columns["chain"])
        if columns.get("device"):
            words["InInterface"] = ("s", columns["device"])
        if "port" in columns:
            words["Protocol"] = ("u", "6")
            words["DestinationPortFrom"] = words["DestinationPortTo"] = ("u", str(columns["port"]))
        if "mark" in columns:
            words["Mark"] = ("u", str(columns["mark"]))
        return words

    def kernel(self):
        c = self.columns
        return (c["family"], "-A %s%s -p tcp -m tcp --dport %d -m comment --comment fwmark:%s"
                " -j MARK --set-xmark 0x%x/0xffffffff" % (
                    c["chain"], " -i " + c["device"] if c["device"] else "", c["port"], self.key, c["mark"]))

    def remove(self):
        family, line = self.kernel()
        run(RULE_PROGRAMS[family], "-w", "10", "-t", "mangle", *line.replace("-A ", "-D ", 1).split())


class Policy(Row):
    prefix = "fwmarkPolicy"

    @classmethod
    def make(cls, rnd, key):
        return cls(key, {"family": rnd.choice((4, 4, 6)), "priority": rnd.randint(1000, 1020),
                         "mark": int(key) * 16 + rnd.randint(0, 15), "fib": rnd.randint(100, 110)})

    @staticmethod
    def changes(rnd):
        return rnd.choice(({"priority": rnd.randint(1000, 1020)}, {"fib": rnd.randint(100, 110)}))

    @staticmethod
    def encode(columns):
        words = {}
        if "family" in columns:
            words["AddressType"] = ("i", {4: "ipv4", 6: "ipv6"}[columns["family"]])
        for name, column in (("priority", "Priority"), ("mark", "Mark"), ("fib", "FibId")):
            if name in columns:
                words[column] = ("u", str(columns[name]))
        return words

    def kernel(self):
        c = self.columns
        return (c["family"], "%d:\tfrom all fwmark 0x%x lookup %d" % (c["priority"], c["mark"], c["fib"]))

    def remove(self):
        family, line = self.kernel()
        run("ip", "-%d" % family, "rule", "del", "pref", *line.replace(":\tfrom all", "").split())


class Route(Row):
    """The key is "TABLE.FAMILY.NUMBER.METRIC"; the kernel's metric is 0, or for IPv6 another."""
    prefix = "fwmarkRoute"

    def __init__(self, key, columns):
        super().__init__(key, columns)
        self.fib, self.family, self.number, self.metric = (int(part) for part in key.split("."))

    @classmethod
    def make(cls, rnd, key):
        family = int(key.split(".")[1])
        device = rnd.choice(DEVICES + ("",))
        return cls(key, {"device": device, "gateway": bool(device) and family == 4 and rnd.random() < .5,
                         "mtu": rnd.choice((0, 1400))})

    @staticmethod
    def changes(rnd):
        return {"mtu": rnd.choice((0, 1300, 1400))}

    def oid(self):
        octets = ([10, self.number, 0, 0] if self.family == 4 else
                  [0x20, 1, 0x0d, 0xb8, 0xff, self.number] + [0] * 10)
        return "%d.%d.%d.%s.%d.%d.1" % (self.fib, 1 if self.family == 4 else 2, len(octets),
                                        ".".join(map(str, octets)), 16 if self.family == 4 else 48,
                                        self.metric)

    def status_object(self):
        return "fwmarkRouteStatus." + self.oid()

    def varbinds(self, columns, status=None):
        words = super().varbinds(columns, status)
        return [word.replace("." + self.key, "." + self.oid()) for word in words]

    def encode(self, columns):
        words = {}
        if "device" in columns:
            if columns["device"]:
                words["IfName"] = ("s", columns["device"])
            else:
                words["Type"] = ("i", "unreachable")
        if columns.get("gateway"):
            words["GatewayType"] = ("i", "ipv4")
            words["Gateway"] = ("x", "0A%02X0002" % (100 + device_number(columns["device"])))
        if columns.get("mtu", 0) or "device" not in columns:
            words["Mtu"] = ("u", str(columns["mtu"]))
        return words

    def possible(self, world):
        device = self.columns["device"]
        if not device:
            return True
        state = world.devices[device]
        return state["up"] and (state["address"] or not self.columns["gateway"])

    def kernel(self):
        c = self.columns
        destination = ("10.%d.0.0/16" % self.number if self.family == 4 else
                       "2001:db8:ff%02x::/48" % self.number)
        words = [destination]
        if c["device"]:
            if c["gateway"]:
                words.append("via 10.%d.0.2" % (100 + device_number(c["device"])))
            words.append("dev " + c["device"])
        else:
            words.insert(0, "unreachable")
        if c["mtu"]:
            words.append("mtu %d" % c["mtu"])
        return (self.family, "table %d metric %d: %s" % (self.fib, self.metric, " ".join(words)))

    def remove(self):
        _, line = self.kernel()
        words = line.split(": ", 1)[1].split()
        if "mtu" in words:
            words = words[:words.index("mtu")]
        run("ip", "-%d" % self.family, "route", "del", *words, "table", str(self.fib),
            *(["metric", str(self.metric)] if self.metric else []))


class Fib(Row):
    """A name of a routing table."""
    prefix = "fwmarkFib"

    @classmethod
    def make(cls, rnd, key):
        return cls(key, {"name": "t%s.%d" % (key, rnd.randint(0, 99))})

    @staticmethod
    def changes(rnd):
        return {"name": "n%d.%d" % (rnd.randint(0, 999), rnd.randint(0, 999))}

    @staticmethod
    def encode(columns):
        return {"Name": ("s", columns["name"])}

    def kernel(self):
        return (0, "%s %s" % (self.key, self.columns["name"]))


class Mark(Row):
    """A mark with a meter; the key is "VALUE.MASK"."""
    prefix = "fwmarkMark"

    @classmethod
    def make(cls, rnd, key):
        return cls(key, {"name": "m%d" % rnd.randint(0, 99)})

    @staticmethod
    def changes(rnd):
        return {"name": "m%d" % rnd.randint(0, 99)}

    @staticmethod
    def encode(columns):
        return {"Name": ("s", columns["name"]), "Meter": ("i", "true")}

    def kernel(self):
        return (0, "0x%x" % int(self.key.split(".", 1)[0]))


# A kind of row: which keys there are, whether somebody else can take it away, and whether it can be
# out of service.
KINDS = {
    Rule: ([str(n) for n in range(1, 31)], True),
    Policy: ([str(n) for n in range(1, 31)], True),
    Route: (["%d.%d.%d.%d" % (fib, family, number, metric) for fib in (100, 101, 102)
             for family, metric in ((4, 0), (4, 7), (6, 512)) for number in (1, 2, 3)], True),
    Fib: ([str(n) for n in range(100, 108)], False),
    Mark: (["%d.%d" % (n, ALL) for n in range(900, 905)], False),
}


# --- the world ----------------------------------------------------------------------------------

class Agent:
    """fwmarkd, which is killed and started again."""

    def __init__(self):
        self.command = os.environ["AGENT_LINE"].split()
        self.log = open(os.environ["AGENT_LOG"], "a", encoding="utf-8")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        until(15, lambda: self.process.poll() is not None or self.answers(), "fwmarkd does not answer")
        if self.process.poll() is not None:
            raise Wrong("fwmarkd has ended with %d" % self.process.returncode)

    @staticmethod
    def answers():
        got = run("snmpget", *MANAGERS[0], "-t", "1", "-r", "0", "-Oqv", HOST, "fwmarkAgentUpTime.0", check=False)
        return got is not None and "No Such" not in got

    def stop(self):
        self.process.terminate()
        if self.process.wait(20 * SLOW) != 0:
            raise Wrong("fwmarkd ended with %d" % self.process.returncode)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def until(seconds, condition, what):
    deadline = time.monotonic() + seconds * SLOW
    while not condition():
        if time.monotonic() > deadline:
            raise Wrong(what() if callable(what) else what)
        time.sleep(0.02)


class Kernel:
    """What the kernel and the files of iproute2 hold, as sorted lists that the model has, too."""
    protocol = None

    @classmethod
    def look(cls):
        if cls.protocol is None:
            with open("/etc/iproute2/rt_protos.d/fwmarkd.conf", encoding="utf-8") as protos:
                cls.protocol = re.search(r"^(\d+)\s+fwmarkd$", protos.read(), re.M).group(1)
        seen = {"rules": [], "meters": [], "policies": [], "routes": [], "others": [], "names": []}
        for family, program in RULE_PROGRAMS.items():
            for line in run(program + "-save", "-t", "mangle").splitlines():
                if line.startswith("-A fwmark-meter"):
                    seen["meters"] += re.findall(r"--mark (0x[0-9a-f]+)", line) if family == 4 else []
                elif line.startswith("-A") and " MARK " in line:
                    line = line.replace('"', "")
                    seen["rules" if "fwmark:" in line else "others"].append((family, line))
            for line in run("ip", "-N", "-%d" % family, "rule").splitlines():
                own = line.endswith(" proto " + cls.protocol)
                line = line.replace(" proto " + cls.protocol, "").strip()
                if own or re.match("2[0-9]{3}:", line):
                    seen["policies" if own else "others"].append((family, line))
            for line in run("ip", "-N", "-%d" % family, "route", "show", "table", "all").splitlines():
                cls.look_at_route(seen, family, line)
        seen["names"] = [(0, " ".join(words)) for words in own_names()]
        seen["meters"] = [(0, mark) for mark in seen["meters"]]
        return {what: sorted(lines) for what, lines in seen.items()}

    @classmethod
    def look_at_route(cls, seen, family, line):
        own = " proto %s " % cls.protocol in line + " "
        table = re.search(r" table (\d+)", line)
        if not table or not 100 <= int(table.group(1)) <= 110:
            return
        metric = re.search(r" metric (\d+)", line)
        # Types are numbers with -N.
        line = re.sub(r"^7 ", "unreachable ", line)
        destination = re.match(r"(unreachable )?\S+", line).group(0)
        words = [destination]
        for name in ("via", "dev", "mtu"):
            found = re.search(r" %s (\S+)" % name, line)
            if found and not (name == "dev" and destination.startswith("unreachable")):
                words.append("%s %s" % (name, found.group(1)))
        seen["routes" if own else "others"].append(
            (family, "table %s metric %s: %s" % (table.group(1), metric.group(1) if metric else 0,
                                                 " ".join(words))))


class World:
    """The model: rows of managers, objects of others, devices."""

    def __init__(self, rnd):
        self.rnd = rnd
        self.rows = {kind: {} for kind in KINDS}
        self.others = {}            # (family, line as Kernel has it) -> the command that takes it away
        self.devices = {device: {"up": True, "address": True} for device in DEVICES}
        self.indices = {}           # text of a foreign row -> its index, and when it was seen first
        self.steps = []
        self.agent = Agent()
        for device in DEVICES:
            self.make_device(device)
        self.agent.start()

    @staticmethod
    def make_device(device):
        peer = "p" + device
        run("ip", "link", "add", device, "type", "veth", "peer", "name", peer)
        run("ip", "link", "set", peer, "up")
        run("ip", "link", "set", device, "up")
        run("ip", "addr", "add", "10.%d.0.1/24" % (100 + device_number(device)), "dev", device)

    # What must be there.
    def expected(self):
        named = {Rule: "rules", Policy: "policies", Route: "routes", Fib: "names", Mark: "meters"}
        wanted = {what: [] for what in named.values()}
        for kind, what in named.items():
            wanted[what] = sorted(row.kernel() for row in self.rows[kind].values() if row.wanted(self))
        wanted["others"] = sorted(self.others)
        return wanted

    def differences(self):
        is_there, must = Kernel.look(), self.expected()
        return ["%s %s: %s" % (sign, what, line) for what in must
                for sign, lines in (("-", subtract(must[what], is_there[what])),
                                    ("+", subtract(is_there[what], must[what])))
                for line in lines]

    def compare(self, seconds=0):
        """At once after a SET; what the agent does by itself has some seconds."""
        until(seconds, lambda: not self.differences(),
              lambda: "the kernel lacks (-) or has beside (+):\n" + "\n".join(self.differences()))

    def walk(self, column):
        """The column as a dict, index -> value."""
        text = run("snmpbulkwalk", *MANAGERS[0], "-t", str(10 * SLOW), "-r", "0", "-Cr50", "-OsQtebU",
                   HOST, column)
        found = {}
        for line in text.splitlines():
            match = re.match(r"%s\.(\S+) = (.*)" % column, line)
            if match:
                found[match.group(1)] = match.group(2).strip('"')
        return found

    def compare_walks(self):
        for kind in (Rule, Policy, Route):
            until(5, lambda kind=kind: not self.wrong_rows(kind),
                  lambda kind=kind: "walk: " + "\n".join(self.wrong_rows(kind)))
        for kind, column in ((Fib, "fwmarkFibName"), (Mark, "fwmarkMarkName")):
            shown = self.walk(column)
            for key, row in self.rows[kind].items():
                if shown.get(key) != row.columns["name"]:
                    raise Wrong("%s.%s is %s, not %s" % (column, key, shown.get(key), row.columns["name"]))
        self.compare_foreign_rows()
        self.compare_state_file()

    def compare_state_file(self):
        """A start would change nothing, where the kernel has all that managers want."""
        if all(row.wanted(self) or not row.in_service for rows in self.rows.values() for row in rows.values()):
            run(*os.environ["CHECK_LINE"].split())

    def wrong_rows(self, kind):
        """Rows of managers: all of them and no other, each with its status."""
        shown = {key: value for key, value in self.walk(kind.prefix + "Status").items()
                 if kind is Route or int(key) < FIRST_FOREIGN_INDEX}
        wanted = {row.status_object().split(".", 1)[1]: str(ACTIVE if row.wanted(self) else NOT_IN_SERVICE)
                  for row in self.rows[kind].values()}
        if kind is Route:
            # Those of others have another metric: see other_route().
            shown = {key: value for key, value in shown.items()
                     if re.match(r"10[012]\..*\.(0|7|512)\.1$", key)}
        return ["%s %s: status %s instead of %s" % (kind.prefix, key, shown.get(key), wanted.get(key))
                for key in sorted(set(shown) | set(wanted)) if shown.get(key) != wanted.get(key)]

    def compare_foreign_rows(self):
        """Each object of somebody else's has a row, whose index stays."""
        texts = {}
        for kind in (Rule, Policy):
            texts.update({(kind, text.replace('"', "")): index
                          for index, text in self.walk(kind.prefix + "Text").items()
                          if int(index) >= FIRST_FOREIGN_INDEX})
        for (_, line), (_, kind) in self.others.items():
            if kind is Route:
                continue
            found = [index for (of, text), index in texts.items()
                     if of is kind and without_names(text) == line]
            if not found:
                raise Wrong("no row for %s" % line)
            index, _ = self.indices.setdefault(line, (found[0], time.monotonic()))
            if index != found[0]:
                raise Wrong("%s had the index %s, and has %s" % (line, index, found[0]))

    # --- steps ---

    def say(self, text):
        self.steps.append(text)

    def new_set(self, taken):
        """One SET of some rows, none of which is in taken: its varbinds, and what it does to the model;
        None for a SET that must be refused."""
        words, changes, refused = [], [], False
        for _ in range(self.rnd.randint(1, 4)):
            kind = self.rnd.choice((Rule, Rule, Policy, Policy, Route, Route, Fib, Mark))
            key = self.rnd.choice(KINDS[kind][0])
            if (kind, key) in taken:
                continue
            taken.add((kind, key))
            more, row, good = self.row_operation(kind, key)
            words += more
            changes.append((kind, key, row))
            refused = refused or not good
        if words and self.rnd.random() < .12:
            words += self.mistake(taken)
            refused = True
        return words, None if refused else changes

    def row_operation(self, kind, key):
        """Varbinds, the row afterwards (None: gone), and whether it can be done."""
        row = self.rows[kind].get(key)
        if row is None:
            row = kind.make(self.rnd, key)
            return row.set_words(status=CREATE_AND_GO), row, self.can_be(row)
        what = self.rnd.random()
        if what < .4:
            return [row.status_object(), "i", str(DESTROY)], None, True
        if not KINDS[kind][1] or (what < .7 and row.wanted(self)):
            columns = kind.changes(self.rnd)
            row = row.changed(columns)
            return row.set_words(columns), row, self.can_be(row)
        if row.wanted(self):
            row = row.changed({})
            row.in_service = False
            return [row.status_object(), "i", str(NOT_IN_SERVICE)], row, True
        row = row.changed({})
        row.in_service, row.removed = True, False
        return [row.status_object(), "i", str(ACTIVE)], row, self.can_be(row)

    def can_be(self, row):
        """Would the kernel take it now? A name of a table belongs to one."""
        if isinstance(row, Fib):
            return all(other.columns["name"] != row.columns["name"] or other.key == row.key
                       for other in self.rows[Fib].values())
        return row.possible(self)

    def mistake(self, taken):
        """A row that nobody gets."""
        free = [n for n in KINDS[Rule][0] if (Rule, n) not in taken and n not in self.rows[Rule]] or ["99"]
        used = [n for n in self.rows[Policy] if (Policy, n) not in taken]
        mistakes = [
            ["fwmarkRuleChain.%s" % free[0], "s", "NOPE", "fwmarkRuleMark.%s" % free[0], "u", "1",
             "fwmarkRuleStatus.%s" % free[0], "i", "4"],
            ["fwmarkRuleMatches.%s" % free[0], "s", "-m nosuch", "fwmarkRuleMark.%s" % free[0], "u", "1",
             "fwmarkRuleStatus.%s" % free[0], "i", "4"],
            ["fwmarkRouteType.254.1.4.10.9.0.0.16.0.1", "i", "unreachable",
             "fwmarkRouteStatus.254.1.4.10.9.0.0.16.0.1", "i", "4"],
            ["fwmarkPolicyStatus.%d" % FIRST_FOREIGN_INDEX, "i", "6"],
            ["fwmarkPolicyGoto.99", "u", "1", "fwmarkPolicyAction.99", "i", "goto", "fwmarkPolicyPriority.99",
             "u", "5000", "fwmarkPolicyStatus.99", "i", "4"],
        ]
        if used:
            mistakes.append(["fwmarkPolicyStatus.%s" % used[0], "i", "4"])
        return self.rnd.choice(mistakes)

    def apply(self, changes):
        for kind, key, row in changes:
            if row is None:
                self.rows[kind].pop(key, None)
            else:
                self.rows[kind][key] = row

    def snmpset(self, words, timeout=10):
        return ["snmpset", *self.rnd.choice(MANAGERS), "-t", str(timeout * SLOW), "-r", "0", "-Ir", "-OsQtebU",
                HOST, *words]

    def step_sets(self):
        """Up to three managers at once, each with rows of his own."""
        taken, managers = set(), []
        for _ in range(self.rnd.choice((1, 1, 2, 3))):
            words, changes = self.new_set(taken)
            if words:
                self.say("SET %s%s" % (" ".join(words), "" if changes else "  (to be refused)"))
                managers.append((changes, subprocess.Popen(
                    self.snmpset(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True)))
        for changes, process in managers:
            answer = process.communicate()[0]
            done = process.returncode == 0
            if done != (changes is not None):
                reason = run("snmpget", *MANAGERS[0], "-Oqv", HOST, "fwmarkAgentLastError.0", check=False)
                raise Wrong("the SET was %s:\n%s\n%s" % ("done" if done else "refused", answer, reason))
            if done:
                self.apply(changes)
        self.compare()

    def step_kill_in_set(self):
        """SIGKILL while a SET is under way: all of it is there after the start, or nothing."""
        words, changes = self.new_set(set())
        if not words or changes is None:
            return
        delay = self.rnd.random() * 0.03
        self.say("SET %s, and SIGKILL after %.3f s" % (" ".join(words), delay))
        process = subprocess.Popen(self.snmpset(words, 1), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        killed = time.monotonic()
        self.agent.kill()
        acknowledged = process.wait() == 0
        before = {kind: dict(rows) for kind, rows in self.rows.items()}
        self.agent.start()
        self.restarted(killed)
        if not acknowledged:
            try:
                self.compare(3)
                self.compare_walks()
                return
            except Wrong:
                self.rows = before
        self.apply(changes)
        self.restarted(killed)
        self.compare(5)
        self.compare_walks()

    def step_restart(self):
        how = self.rnd.choice((self.agent.stop, self.agent.kill))
        self.say("%s and start" % how.__name__)
        killed = time.monotonic() if how == self.agent.kill else 0
        how()
        self.agent.start()
        self.restarted(killed)
        self.compare(5)
        self.compare_walks()

    def restarted(self, killed):
        """A start puts back what managers want and the kernel has lost, but for routes and policies that
        somebody took away: the kernel says of these that somebody did."""
        # What an agent found is on the disk within a second or so.
        if killed:
            self.indices = {line: (index, seen) for line, (index, seen) in self.indices.items()
                            if killed - seen >= NOTED_SECONDS * SLOW}
        for row in self.rows[Rule].values():
            row.removed = False
        there = None
        for row in [row for kind in (Policy, Route) for row in self.rows[kind].values() if row.removed]:
            # So is this: one that was killed before puts the row back.
            if killed and killed - row.removed_at < NOTED_SECONDS * SLOW:
                there = there or Kernel.look()
                row.removed = row.kernel() not in there["policies"] + there["routes"]

    def step_hang_up(self):
        self.say("SIGHUP")
        self.agent.process.send_signal(signal.SIGHUP)
        self.compare(5)

    def step_remove(self):
        """Somebody takes away what a manager has made."""
        rows = [row for kind in (Rule, Policy, Route) for row in self.rows[kind].values() if row.wanted(self)]
        if rows:
            row = self.rnd.choice(rows)
            self.say("somebody removes %s" % (row.kernel(),))
            row.remove()
            row.removed, row.removed_at = True, time.monotonic()
            self.compare()

    def step_other(self):
        """Somebody adds or removes something of his own."""
        if self.others and self.rnd.random() < .5:
            key = self.rnd.choice(sorted(self.others))
            command, _ = self.others.pop(key)
            self.say(" ".join(command))
            run(*command)
            self.indices.pop(key[1], None)
        else:
            kind = self.rnd.choice((Rule, Policy, Route))
            family, number = self.rnd.choice((4, 6)), self.rnd.randint(1, 200)
            line, add, remove = {Rule: other_rule, Policy: other_policy, Route: other_route}[kind](
                family, number)
            if (family, line) in self.others:
                return
            self.say(" ".join(add))
            run(*add)
            self.others[(family, line)] = (remove, kind)
        self.compare()

    def step_device(self):
        device = self.rnd.choice(DEVICES)
        state = self.devices[device]
        address = "10.%d.0.1/24" % (100 + device_number(device))
        what = self.rnd.choice(("link", "link", "address", "gone"))
        self.say("%s of %s, which was %s" % (what, device, state))
        if what == "link":
            state["up"] = not state["up"]
            run("ip", "link", "set", device, "up" if state["up"] else "down")
        elif what == "address":
            state["address"] = not state["address"]
            run("ip", "addr", "add" if state["address"] else "del", address, "dev", device)
        else:
            run("ip", "link", "del", device)
            state["up"] = state["address"] = True
            self.make_device(device)
        self.compare(5)

    STEPS = ((step_sets, 50), (step_other, 12), (step_remove, 10), (step_device, 14), (step_restart, 4),
             (step_kill_in_set, 4), (step_hang_up, 2))

    def step(self):
        names, weights = zip(*self.STEPS)
        self.rnd.choices(names, weights)[0](self)
        if self.rnd.random() < .12:
            self.compare_walks()


def subtract(lines, others):
    rest = list(others)
    left = []
    for line in lines:
        if line in rest:
            rest.remove(line)
        else:
            left.append(line)
    return left


def own_names():
    """The lines of fwmarkd's own file of table names, which is there when there is a name."""
    try:
        with open("/etc/iproute2/rt_tables.d/fwmarkd.conf", encoding="utf-8") as lines:
            return [line.split() for line in lines if re.match(r"\d", line)]
    except FileNotFoundError:
        return []


def without_names(text):
    """The text of a policy as `ip -N` has it: the tables of this test have names."""
    names = {name: number for number, name in own_names()}
    return re.sub(r"lookup (\S+)", lambda match: "lookup " + names.get(match.group(1), match.group(1)), text)


def other_rule(family, number):
    spec = "-p udp -m udp --dport %d -j MARK --set-xmark 0x%x/0xffffffff" % (1000 + number, number)
    program = [RULE_PROGRAMS[family], "-w", "10", "-t", "mangle"]
    return ("-A PREROUTING " + spec, program + ["-A", "PREROUTING"] + spec.split(),
            program + ["-D", "PREROUTING"] + spec.split())


def other_policy(family, number):
    words = ["pref", str(2000 + number), "fwmark", hex(number), "lookup", "105"]
    command = ["ip", "-%d" % family, "rule"]
    return ("%d:\tfrom all fwmark 0x%x lookup 105" % (2000 + number, number), command + ["add"] + words,
            command + ["del"] + words)


def other_route(family, number):
    destination = "10.%d.1.0/24" % number if family == 4 else "2001:db8:%x::/64" % number
    words = ["unreachable", destination, "metric", "9", "table", str(100 + number % 3)]
    command = ["ip", "-%d" % family, "route"]
    return ("table %d metric 9: unreachable %s" % (100 + number % 3, destination), command + ["add"] + words,
            command + ["del"] + words)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--steps", type=int, default=1 << 31)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("-v", action="store_true", help="print the steps")
    options = parser.parse_args()
    print("seed %d" % options.seed, flush=True)
    world = World(random.Random(options.seed))
    end = time.monotonic() + options.seconds
    number = 0
    try:
        while number < options.steps and time.monotonic() < end:
            said = len(world.steps)
            world.step()
            number += 1
            if options.v:
                print("\n".join(world.steps[said:]), flush=True)
        world.compare(5)
        world.compare_walks()
        world.agent.stop()
    except Wrong as wrong:
        print("seed %d, step %d: %s\nThe last steps:" % (options.seed, number + 1, wrong))
        print("\n".join(world.steps[-25:]), flush=True)
        sys.exit(1)
    print("%d steps" % number)


main()
