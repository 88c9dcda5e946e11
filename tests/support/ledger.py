"""Starts the real `ding` binary: a development chain, a demo, or a network of processes."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from .rpc import Rpc, Unreachable, until

ROOT = Path(__file__).resolve().parents[2]
"""The workspace."""

WORK = ROOT / "target" / "tests"
"""Where tests put what they make."""

DING = Path(os.environ.get("DING", ROOT / "target" / "release" / "ding"))
"""The binary under test."""

READY_S = 60
"""Longest wait for a process to be up; what must be faster is measured where it matters."""

MNEMONIC = "test test test test test test test test test test test junk"
"""The ten accounts of development chains, as in anvil and Hardhat."""

KEYS = [
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
    "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
    "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
    "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e",
    "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356",
    "0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97",
    "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6",
]
"""Their private keys, known to everybody."""


def free_ports(count, also=()):
    """The first of `count` consecutive free ports, each with the ports `also` further up free too.

    Below the range from which the system picks ports of outgoing connections, so that none of
    those takes one before the process does.
    """
    first = 10_000 + (os.getpid() * 37 + free_ports.turn * 101) % 12_000
    for _ in range(500):
        free_ports.turn += 1
        wanted = [first + i + more for i in range(count) for more in (0, *also)]
        if all(_is_free(port) for port in wanted):
            return first
        first = 10_000 + (first + 101 - 10_000) % 12_000
    raise AssertionError("no free ports")


free_ports.turn = 0


def _is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def folder(name):
    """A new folder for the data of a test, below target/tests."""
    WORK.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=WORK))


def ding(*arguments, check=True, timeout_s=300):
    """Runs a command of the binary to its end."""
    if not DING.exists():
        raise AssertionError(f"{DING} is missing; run `cargo build --release`")
    done = subprocess.run([str(DING), *map(str, arguments)], capture_output=True, text=True, timeout=timeout_s)
    if check and done.returncode != 0:
        raise AssertionError(f"ding {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Process:
    """A running `ding`; its output goes to a file."""

    def __init__(self, arguments, log, environment=None):
        if not DING.exists():
            raise AssertionError(f"{DING} is missing; run `cargo build --release`")
        self.log = Path(log)
        self.started = time.monotonic()
        with open(self.log, "ab") as out:
            self._child = subprocess.Popen(
                [str(DING), *map(str, arguments)], stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                env={**os.environ, **(environment or {})},
            )

    @property
    def pid(self):
        """The process id."""
        return self._child.pid

    def running(self):
        """Whether it still runs."""
        return self._child.poll() is None

    @property
    def code(self):
        """Its exit code, None while it runs."""
        return self._child.poll()

    def signal(self, number):
        """Sends a signal."""
        self._child.send_signal(number)

    def wait(self, within_s):
        """Its exit code once it ended; fails if it does not."""
        until(lambda: not self.running(), f"the process of {self.log} ends", within_s)
        return self.code

    def kill9(self):
        """Ends it like a power cut ends a process: nothing is told, nothing is flushed."""
        self._child.kill()
        self._child.wait()

    def stop(self, within_s=30):
        """Asks it to end as Ctrl-C does, and returns its exit code."""
        if self.running():
            self.signal(signal.SIGINT)
        return self.wait(within_s)

    def end(self):
        """Ends it however it is, for tidying up."""
        if self.running():
            self.kill9()

    def text(self):
        """What it wrote."""
        return self.log.read_text(errors="replace")

    def must_run(self):
        """Fails with its output if it ended."""
        if not self.running():
            raise AssertionError(f"{self.log.name}: exit {self.code}\n{self.text()[-4000:]}")

    def cpu_s(self):
        """Seconds of processor time it used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def open_files(self):
        """Files, sockets and pipes that it holds open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def rss_mib(self):
        """Mebibytes of memory it holds."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS")


def leave(ledger, failure):
    """Closes the clients of a ledger, and removes its data unless it was given a place or a failure
    is to be looked into."""
    for rpc in ledger._rpcs:
        rpc.close()
    if failure is None and ledger.removed:
        shutil.rmtree(ledger.home, ignore_errors=True)
    elif failure is not None:
        print(f"\n    data and logs are kept in {ledger.home}", flush=True)


class Solo:
    """`ding dev` or `ding demo`: one process with one or four doors. Every account acts unless told
    otherwise."""

    def __init__(self, command, home=None, bound=False):
        self.home = Path(home or folder(command))
        self.removed = home is None
        self.doors = {"dev": 1, "demo": 4}[command]
        self.command = command
        self.options = ["--open"] if command == "demo" and not bound else []
        self.port = free_ports(self.doors, also=(1000,))
        self.process = None
        self._rpcs = [Rpc(self.url(member)) for member in range(self.doors)]

    def start(self, wait=True):
        """Starts it, and waits until its doors answer."""
        self.process = Process(
            [self.command, *self.options, "--dir", self.home / "data", "--port", self.port], self.home / f"{self.command}.log"
        )
        if wait:
            for member in range(self.doors):
                until(lambda: self.process.must_run() or self.rpc(member).call("eth_chainId"), "the doors open", READY_S)
        return self

    def url(self, member=0):
        """Address of a member's door."""
        return f"http://127.0.0.1:{self.port + member}"

    def rpc(self, member=0):
        """The client of a member, for the main thread."""
        return self._rpcs[member]

    def __enter__(self):
        return self.start()

    def __exit__(self, failure, *_):
        self.process.end()
        leave(self, failure)


class Network:
    """`ding init` and one `ding node` process per member."""

    def __init__(self, members=4, home=None, name="ding"):
        self.home = Path(home or folder("net"))
        self.removed = home is None
        self.members = members
        self.net = self.home / "net"
        self.init(name)
        self.processes = [None] * members
        self._rpcs = [self.connect(self.url(member)) for member in range(members)]

    def init(self, name):
        """Writes the ledger's folders."""
        self.port = free_ports(self.members, also=(1000,))
        ding(
            "init", "--members", self.members, "--dir", self.net, "--name", name, "--port", self.port,
            "--p2p-port", self.port + 1000,
        )

    def connect(self, url, timeout_s=10.0):
        """A client of a member's door."""
        return Rpc(url, timeout_s)

    def folder(self, member):
        """A member's folder; members are counted from 0 here, their names from 1."""
        return self.net / f"member-{member + 1}"

    def url(self, member):
        """Address of a member's door."""
        return f"http://127.0.0.1:{self.port + member}"

    def rpc(self, member):
        """The client of a member, for the main thread."""
        return self._rpcs[member]

    def spawn(self, member):
        """Starts a member's process without waiting for it."""
        process = Process(["node", "--dir", self.folder(member)], self.home / f"member-{member + 1}.log")
        self.processes[member] = process
        return process

    def start(self, members=None):
        """Starts members, all by default, and waits until their doors answer."""
        members = list(range(self.members) if members is None else members)
        for member in members:
            self.spawn(member)
        for member in members:
            self.wait_open(member)
        return self

    def wait_open(self, member):
        """Waits until a member's door answers."""
        process = self.processes[member]
        until(lambda: process.must_run() or self.rpc(member).call("eth_chainId"), f"member {member + 1} answers", READY_S)

    def kill9(self, member):
        """Kills a member's process."""
        self.processes[member].kill9()
        self.rpc(member).close()

    def running(self):
        """Members whose process runs."""
        return [m for m in range(self.members) if self.processes[m] is not None and self.processes[m].running()]

    def heights(self, members=None):
        """Heights of members, None for those that do not answer."""
        found = []
        for member in range(self.members) if members is None else members:
            try:
                found.append(self.rpc(member).height())
            except Unreachable:
                found.append(None)
        return found

    def wait_height(self, height, members=None, within_s=READY_S):
        """Waits until members have a block of this height."""
        members = list(range(self.members) if members is None else members)
        until(
            lambda: all(self.processes[m].must_run() is None and self.rpc(m).height() >= height for m in members),
            f"height {height} on members {[m + 1 for m in members]}",
            within_s,
        )

    def agree(self, height, members=None):
        """Asserts that members have the same block of this height, and returns it."""
        blocks = [
            self.rpc(m).call("eth_getBlockByNumber", hex(height), False)
            for m in (range(self.members) if members is None else members)
        ]
        keys = ("hash", "stateRoot", "receiptsRoot", "transactionsRoot", "gasUsed", "transactions")
        seen = [{key: block[key] for key in keys} for block in blocks]
        if any(other != seen[0] for other in seen):
            raise AssertionError(f"members differ at height {height}: {seen}")
        return blocks[0]

    def stop(self):
        """Stops every running member and returns their exit codes."""
        return [self.processes[member].stop() for member in self.running()]

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        for process in self.processes:
            if process is not None:
                process.end()
        leave(self, failure)
