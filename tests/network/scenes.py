"""What is done to four members on a real network, and what must hold afterwards.

A scene is a function with a sentence for its name. It makes a ledger with clients that keep sending,
does its harm, notes the moment of healing with `heals`, and ends with `holds`.
"""

import contextlib
import itertools
import os
import random
import signal
import time

from support.load import Client, missing_on
from support.rpc import result_of, until

from place import Clock, Isolated

PROGRESS_S = 10
"""After healing a new block is final within this."""

MEET_S = 60
"""After healing all members are at the same place within this."""

START_S = 60
"""Longest wait for what is no subject of the tests."""

SETTLE_S = 2
"""What was on its way when the links were cut may still become final."""

CLOCK_AHEAD_S = 0.5 + 0.5
"""A final block is at most this far ahead of the true time: the tolerance and the time to ask."""

CLIENTS = 4
RATE = 15
"""Transactions a second of each client."""


class Ledger:
    """Four isolated members, clients that send to them, and everything that was seen."""

    def __init__(self, options, name):
        self.chance = random.Random(f"{options.seed} {name}")
        self._stack = contextlib.ExitStack()
        self.network = self._stack.enter_context(Isolated(self.chance.randrange(1 << 32)))
        self.away = set()
        self.clients = []
        self._witnessed = {}
        self._healed = None
        self.told = []

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for client in self.clients:
            client.abandon()
        return self._stack.__exit__(*failure)

    def start(self, environments=None, rate=RATE):
        """Starts the members and the clients, and waits until all of them work."""
        network = self.network
        for member in range(network.members):
            network.spawn(member, (environments or {}).get(member))
        for member in range(network.members):
            network.wait_open(member)
        self.clients = [
            Client(index, self._reachable, rate, self.chance.random(), network.connect) for index in range(CLIENTS)
        ]
        for client in self.clients:
            client.start()
        self.gets_receipts(START_S)
        until(lambda: self.peers() == [network.members - 1] * network.members, "every member hears of every other", START_S)
        return self

    def _reachable(self):
        return [self.network.url(m) for m in range(self.network.members) if m not in self.away]

    # --- Looking ---

    def rpc(self, member):
        return self.network.rpc(member)

    def up(self):
        """Members that are asked."""
        return [m for m in range(self.network.members) if m not in self.away]

    def peers(self, members=None):
        """How many others each member hears of."""
        return [int(self.rpc(m).call("ding_status")["peers"], 16) for m in (self.up() if members is None else members)]

    def height(self, members=None):
        """The highest final block of members."""
        return max(h for h in self.network.heights(self.up() if members is None else members) if h is not None)

    def seen(self):
        """Every receipt that a client was given."""
        return [entry for client in self.clients for entry in list(client.seen)]

    def healthy(self):
        """True, or the failure of a client."""
        for client in self.clients:
            if client.failure is not None:
                raise client.failure
        return True

    def gets_receipts(self, within_s):
        """Waits until every client is given new receipts."""
        before = [len(client.seen) for client in self.clients]
        until(
            lambda: self.healthy() and all(len(c.seen) > b for c, b in zip(self.clients, before)),
            "new receipts for every client", within_s,
        )

    def goes_on(self, members, for_s):
        """Members make blocks, none of them is left behind, and clients get receipts, during all of this time."""
        end = time.monotonic() + for_s
        while time.monotonic() < end:
            height, since = self.height(members), time.monotonic()
            until(lambda: self.height(members) > height, f"members {_names(members)} make blocks", PROGRESS_S)
            self.told_max("longest wait for a block during it", time.monotonic() - since)
            until(
                lambda: all(h is not None and h > height for h in self.network.heights(members)),
                f"each of the members {_names(members)} has a block after {height}", PROGRESS_S,
            )
            self.healthy()
            time.sleep(min(0.5, max(0.0, end - time.monotonic())))

    def told_max(self, what, value):
        """Keeps the largest of what was measured."""
        for entry in self.told:
            if entry[0] == what:
                entry[1] = max(entry[1], value)
                return
        self.told.append([what, value])

    def stands_still(self, for_s):
        """No member has a new block during this time, and all of them answer."""
        time.sleep(SETTLE_S)
        before = self.network.heights()
        end = time.monotonic() + max(1, for_s - SETTLE_S)
        while time.monotonic() < end:
            self.answers_reads()
            heights = self.network.heights()
            assert heights == before, f"blocks without a quorum: {before}, then {heights}"
            time.sleep(0.25)

    def answers_reads(self):
        """Every member that is up answers what users ask, of what it has."""
        some = self.seen()[:50]
        for member in self.up():
            rpc = self.rpc(member)
            head = rpc.call("eth_getBlockByNumber", "latest", True)
            height = int(head["number"], 16)
            account = self.clients[0].wallet.address
            rpc.call("eth_getBalance", account, "latest")
            rpc.call("eth_getTransactionCount", account, "pending")
            rpc.call("eth_call", {"from": account, "to": account, "value": "0x1"}, "latest")
            rpc.call("eth_getLogs", {"fromBlock": hex(max(1, height - 10)), "toBlock": hex(height)})
            rpc.call("ding_getCertificate", hex(height))
            here = [entry for entry in some if entry.height <= height]
            assert not (wrong := missing_on(rpc, here)), f"member {member + 1} answers otherwise: {wrong}"

    def hashes(self, member, last):
        """The hashes of a member's blocks 1 to last."""
        found = []
        for first in range(1, last + 1, 200):
            part = range(first, min(first + 200, last + 1))
            answers = self.rpc(member).batch([("eth_getBlockByNumber", (hex(h), False)) for h in part])
            found += [result_of(answer)["hash"] for answer in answers]
        return found

    def witness(self):
        """Takes down the blocks that members call final now; they must stay the same ones."""
        for member in self.up():
            for height, block in enumerate(self.hashes(member, self.rpc(member).height()), 1):
                first = self._witnessed.setdefault(height, (block, member))
                assert first[0] == block, (
                    f"two final blocks at height {height}: {first[0]} on member {first[1] + 1}, {block} on member {member + 1}"
                )

    # --- Harm ---

    def kill9(self, member):
        """Ends a member like a power cut."""
        self.away.add(member)
        self.network.kill9(member)

    def revive(self, member, environment=None):
        """Starts a member again, without waiting."""
        self.network.spawn(member, environment)
        self.away.discard(member)

    def heals(self):
        """Notes that from now on nothing is wrong any more."""
        known = [h for h in self.network.heights(self.up()) if h is not None]
        known += [entry.height for entry in self.seen()]
        self._healed = (time.monotonic(), max(known))

    # --- What must hold ---

    def makes_blocks(self, when):
        """Waits for a block and receipts, as long as they may take after healing."""
        since, height = self._healed
        until(lambda: self.height() > height, f"a block {when}", PROGRESS_S)
        self.told_max("longest wait for a block after it", time.monotonic() - since)
        self.gets_receipts(PROGRESS_S)

    def holds(self):
        """One chain, progress, everyone at the same place, no receipt lost. Ends the ledger."""
        network, (since, height) = self.network, self._healed
        for process in network.processes:
            process.must_run()
        until(lambda: self.height() > height, "a new final block after healing", PROGRESS_S - (time.monotonic() - since))
        self.told.append(["progress after", time.monotonic() - since])
        head = self.height()
        left = MEET_S - (time.monotonic() - since)
        network.wait_height(head, within_s=left)
        self.told.append(["all met after", time.monotonic() - since])
        everyone = [network.members - 1] * network.members
        until(lambda: self.peers() == everyone, "every member hears of every other", MEET_S - (time.monotonic() - since))
        self.gets_receipts(MEET_S)
        self.one_chain()

    def one_chain(self):
        """Ends the clients, and compares all blocks and all receipts on all members."""
        network = self.network
        for client in self.clients:
            client.finish()
        until(
            lambda: self.healthy() and not any(client.is_alive() for client in self.clients),
            "everything that was sent has a receipt", MEET_S,
        )
        seen = self.seen()
        last = max(entry.height for entry in seen)
        network.wait_height(last, within_s=MEET_S)
        self.witness()
        for member in range(network.members):
            until(
                lambda: int(self.rpc(member).call("ding_status")["readModel"]["height"], 16) >= last,
                f"the read model of member {member + 1} reaches {last}", MEET_S,
            )
            wrong = missing_on(self.rpc(member), seen)
            assert not wrong, f"member {member + 1} lost or moved: {wrong}"
        network.agree(last)
        refusals = {message for client in self.clients for message in client.refusals}
        # A member that stops may say so, and the client has sent it again.
        refusals = {message for message in refusals if not message.endswith("try again")}
        assert not refusals, f"a member refused transactions: {refusals}"
        codes = network.stop()
        assert codes == [0] * network.members, f"exit codes after Ctrl-C: {codes}"
        self.told += [["blocks", last], ["receipts", len(seen)]]


def _names(members):
    return [member + 1 for member in members]


def two_and_two_make_no_block_and_answer_reads(options):
    with Ledger(options, "2|2").start() as ledger:
        members = ledger.chance.sample(range(4), 4)
        ledger.network.split(members[:2], members[2:])
        ledger.stands_still(options.outage)
        ledger.witness()
        ledger.network.heal()
        ledger.heals()
        ledger.holds()
        return ledger.told


def three_go_on_without_one_that_is_cut_off(options):
    with Ledger(options, "3|1").start() as ledger:
        lone = ledger.chance.randrange(4)
        others = [m for m in range(4) if m != lone]
        ledger.network.split(others, [lone])
        time.sleep(SETTLE_S)
        alone = ledger.rpc(lone).height()
        ledger.goes_on(others, options.outage)
        assert ledger.rpc(lone).height() == alone, "the one that is cut off made blocks"
        ledger.answers_reads()
        ledger.witness()
        ledger.network.heal()
        ledger.heals()
        ledger.holds()
        return ledger.told


def a_link_that_flaps_leaves_one_chain(options):
    with Ledger(options, "flapping").start() as ledger:
        end = time.monotonic() + options.outage
        while time.monotonic() < end:
            pair = tuple(ledger.chance.sample(range(4), 2))
            # Every second turn a whole member, else one cable.
            cut = [pair] if ledger.chance.random() < 0.5 else [(pair[0], m) for m in range(4) if m != pair[0]]
            ledger.network.links(cut)
            time.sleep(ledger.chance.uniform(0.1, 1.5))
            ledger.network.heal()
            time.sleep(ledger.chance.uniform(0.1, 1.0))
            ledger.healthy()
        ledger.witness()
        ledger.heals()
        ledger.holds()
        return ledger.told


def a_delay_of_200_ms_and_a_loss_of_2_percent_slow_the_ledger_and_do_not_stop_it(options):
    with Ledger(options, "delay and loss").start() as ledger:
        ledger.network.links(delay_ms=200, loss=0.02)
        ledger.goes_on(range(4), options.outage)
        ledger.gets_receipts(START_S)
        ledger.answers_reads()
        ledger.witness()
        ledger.network.heal()
        ledger.heals()
        ledger.holds()
        return ledger.told


def a_member_that_is_frozen_for_a_minute_comes_back(options):
    with Ledger(options, "frozen").start() as ledger:
        frozen = ledger.chance.randrange(4)
        ledger.away.add(frozen)
        ledger.network.processes[frozen].signal(signal.SIGSTOP)
        ledger.goes_on(ledger.up(), options.frozen)
        ledger.network.processes[frozen].signal(signal.SIGCONT)
        ledger.rpc(frozen).close()
        ledger.heals()
        ledger.away.discard(frozen)
        ledger.holds()
        return ledger.told


def one_wrong_clock_stops_nothing_and_moves_no_time(options):
    with Ledger(options, "clock") as ledger:
        clock = Clock(ledger.network.home)
        wrong = ledger.chance.randrange(4)
        others = [m for m in range(4) if m != wrong]
        ledger.start({wrong: clock.environment})

        def on_time():
            head = ledger.rpc(others[0]).call("eth_getBlockByNumber", "latest", False)
            ahead = int(head["timestamp"], 16) - time.time()
            assert ahead < CLOCK_AHEAD_S, f"block {int(head['number'], 16)} is {ahead:.1f} s ahead of the true time"

        for wrong_by_s in (3600, -3600, 5, -5):
            clock.set(wrong_by_s)
            for _ in range(4):
                ledger.goes_on(others, options.outage / 16)
                on_time()
            clock.set(0)
            head = ledger.height(others)
            until(lambda: ledger.rpc(wrong).height() >= head, f"a clock put right from {wrong_by_s} s is no hindrance", MEET_S)
            ledger.goes_on(others, 1)
        # A member that starts with a wrong clock meets nobody, and says so by its peers.
        ledger.kill9(wrong)
        clock.set(600)
        ledger.revive(wrong, clock.environment)
        ledger.network.wait_open(wrong)
        assert ledger.peers([wrong]) == [0], f"a member ten minutes ahead met {ledger.peers([wrong])} others"
        ledger.goes_on(others, options.outage / 4)
        on_time()
        assert ledger.peers([wrong]) == [0], f"a member ten minutes ahead met {ledger.peers([wrong])} others"
        ledger.witness()
        clock.set(0)
        ledger.heals()
        ledger.holds()
        return ledger.told


def a_full_disk_ends_one_member_and_room_brings_it_back(options):
    with Ledger(options, "disk") as ledger:
        full = ledger.chance.randrange(4)
        others = [m for m in range(4) if m != full]
        place = ledger.network.small_disk(full, 64)
        ledger.start()
        filler = place / "something else"
        stats = os.statvfs(place)
        with open(filler, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, stats.f_bavail * stats.f_frsize - 512 * 1024)
        process = ledger.network.processes[full]
        until(lambda: not process.running() or ledger.goes_on(others, 0.2), "the full disk is met", START_S)
        ledger.away.add(full)
        ledger.rpc(full).close()
        assert process.code == 1, f"exit {process.code}\n{process.text()[-2000:]}"
        told = process.text().rsplit("error: ", 1)[-1]
        assert f"the disk of {place}" in told and "make room" in told, process.text()[-2000:]
        ledger.goes_on(others, options.outage / 2)
        # As long as there is no room it must not do harm when it is started, whether it runs or not.
        ledger.network.spawn(full)
        ledger.goes_on(others, options.outage / 4)
        ledger.network.processes[full].end()
        ledger.witness()
        filler.unlink()
        ledger.revive(full)
        ledger.heals()
        ledger.network.wait_open(full)
        ledger.holds()
        return ledger.told


def all_killed_at_once_go_on_when_they_are_back(options):
    with Ledger(options, "kill").start() as ledger:
        for _ in range(options.kills):
            ledger.witness()
            ledger.gets_receipts(START_S)
            for process in ledger.network.processes:
                process.signal(signal.SIGKILL)
            for member in range(4):
                ledger.kill9(member)
            for member in range(4):
                ledger.revive(member)
            for member in range(4):
                ledger.network.wait_open(member)
            ledger.heals()
            ledger.makes_blocks("after all were killed")
        ledger.heals()
        ledger.holds()
        return ledger.told


def members_may_start_in_any_order(options):
    orders = list(itertools.permutations(range(4)))
    # It takes minutes; at the full rate, reading every receipt back from every member would take longer.
    with Ledger(options, "orders").start(rate=RATE / 5) as ledger:
        ledger.chance.shuffle(orders)
        for order in orders[:options.orders]:
            ledger.gets_receipts(START_S)
            politely = ledger.chance.random() < 0.5
            for member in ledger.chance.sample(range(4), 4):
                ledger.away.add(member)
                ledger.network.processes[member].signal(signal.SIGINT if politely else signal.SIGKILL)
            for member in range(4):
                code = ledger.network.processes[member].wait(START_S)
                assert code == (0 if politely else -signal.SIGKILL), f"member {member + 1} ended with {code}"
                ledger.rpc(member).close()
            for member in order:
                ledger.revive(member)
                time.sleep(ledger.chance.uniform(0, 0.7))
            for member in order:
                ledger.network.wait_open(member)
            ledger.heals()
            ledger.makes_blocks(f"after a start in the order {_names(order)}")
            ledger.witness()
        ledger.heals()
        ledger.holds()
        return ledger.told


# The longest first: two run at a time.
SCENES = [
    members_may_start_in_any_order,
    a_member_that_is_frozen_for_a_minute_comes_back,
    two_and_two_make_no_block_and_answer_reads,
    three_go_on_without_one_that_is_cut_off,
    a_link_that_flaps_leaves_one_chain,
    a_delay_of_200_ms_and_a_loss_of_2_percent_slow_the_ledger_and_do_not_stop_it,
    one_wrong_clock_stops_nothing_and_moves_no_time,
    a_full_disk_ends_one_member_and_room_brings_it_back,
    all_killed_at_once_go_on_when_they_are_back,
]
