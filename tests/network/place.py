"""Members as processes in network namespaces of their own, joined by the test's switch.

The namespaces have no names: open files hold them, so they go when the test goes, however it goes.
A client reaches a member's door from inside the member's namespace, past the switch: what cuts
members from each other does not cut a user from their member.
"""

import contextlib
import ctypes
import fcntl
import http.client
import json
import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

from support.ledger import Network, Process, WORK, ding
from support.rpc import Rpc

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TAP_NO_PI = 0x0002 | 0x1000
HTTP_PORT = 8545
PEER_PORT = 9545

_libc = ctypes.CDLL(None, use_errno=True)
_home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _checked(failed, what):
    if failed:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


@contextlib.contextmanager
def inside(namespace):
    """Runs the body, and what it starts, in a network namespace; other threads stay where they are."""
    _checked(_libc.setns(namespace, CLONE_NEWNET), "setns")
    try:
        yield
    finally:
        _checked(_libc.setns(_home, CLONE_NEWNET), "setns back")


def new_namespace():
    """An open file that holds a new network namespace."""
    _checked(_libc.unshare(CLONE_NEWNET), "unshare of the network")
    try:
        return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        _checked(_libc.setns(_home, CLONE_NEWNET), "setns back")


def tap(namespace):
    """An open TAP device `lan` in a namespace."""
    with inside(namespace):
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"lan", IFF_TAP_NO_PI))
    return device


def why_not():
    """Why this machine cannot run these tests, or None."""
    for program in ("ip", "mount", "cc"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    try:
        namespace = new_namespace()
    except OSError as error:
        return f"no network namespaces: {error}"
    try:
        os.close(tap(namespace))
        return None
    except OSError as error:
        return f"no TAP devices: {error}"
    finally:
        os.close(namespace)


class _Connection(http.client.HTTPConnection):
    namespace = None

    def connect(self):
        with inside(self.namespace):
            super().connect()


class Isolated(Network):
    """A network whose members share nothing but a switch: `ding init --host` one address each."""

    def __init__(self, seed, members=4):
        self._files = []
        self._mounts = []
        self._switch = None
        try:
            self._spaces = [self._keep(new_namespace()) for _ in range(members)]
            self._lay_cables(seed)
            super().__init__(members)
        except BaseException:
            self._take_down()
            raise

    def init(self, name):
        hosts = [word for member in range(self.members) for word in ("--host", self._address(member))]
        ding(
            "init", "--members", self.members, "--dir", self.net, "--name", name, *hosts,
            "--port", HTTP_PORT, "--p2p-port", PEER_PORT,
        )
        for member in range(self.members):
            # One loopback address each, so that a URL names a member.
            settings = self.folder(member) / "node.toml"
            text = settings.read_text()
            assert f'http = "127.0.0.1:{HTTP_PORT}"' in text, text
            settings.write_text(text.replace(f'"127.0.0.1:{HTTP_PORT}"', f'"127.0.0.{member + 1}:{HTTP_PORT}"'))

    def url(self, member):
        return f"http://127.0.0.{member + 1}:{HTTP_PORT}"

    def connect(self, url, timeout_s=10.0):
        member = [self.url(m) for m in range(self.members)].index(url)
        kind = type("Connection", (_Connection,), {"namespace": self._spaces[member]})
        return Rpc(url, timeout_s, kind)

    def spawn(self, member, environment=None):
        with inside(self._spaces[member]):
            process = Process(
                ["node", "--dir", self.folder(member)], self.home / f"member-{member + 1}.log", environment
            )
        self.processes[member] = process
        return process

    def links(self, cut=(), delay_ms=0, loss=0.0):
        """Sets the links between members: pairs that hear nothing of each other, delay, loss of frames."""
        both = [[a, b] for a, b in cut] + [[b, a] for a, b in cut]
        self._tell({"cut": both, "delay_ms": delay_ms, "loss": loss})

    def split(self, *groups):
        """Cuts the links between groups of members."""
        self.links([(a, b) for i, group in enumerate(groups) for a in group for other in groups[i + 1:] for b in other])

    def heal(self):
        """Joins everyone."""
        self.links()

    def small_disk(self, member, mebibytes):
        """Gives a member that was not started yet a file system of its own for its data."""
        place = self.folder(member) / "chains"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "ding-test", place], check=True)
        self._mounts.append(place)
        return place

    def __exit__(self, failure, *rest):
        for process in self.processes:
            if process is not None:
                process.end()
        self._take_down()
        super().__exit__(failure, *rest)

    def _keep(self, file):
        self._files.append(file)
        return file

    def _address(self, member):
        return f"10.77.0.{member + 1}"

    def _lay_cables(self, seed):
        count = len(self._spaces)
        taps = [self._keep(tap(space)) for space in self._spaces]
        for member, space in enumerate(self._spaces):
            with inside(space):
                _ip("link set lo up")
                _ip(f"link set lan address 02:00:00:00:00:{member + 1:02x} mtu 1500")
                _ip(f"addr add {self._address(member)}/24 dev lan")
                _ip("link set lan up")
                # Known for good: a cut is silence, as behind a router, and not a quick refusal.
                for other in range(count):
                    if other != member:
                        _ip(f"neigh add {self._address(other)} lladdr 02:00:00:00:00:{other + 1:02x} dev lan nud permanent")
        self._switch = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("switch.py")), str(seed), *map(str, taps)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=taps,
        )
        self.heal()

    def _tell(self, rules):
        self._switch.stdin.write(json.dumps(rules) + "\n")
        self._switch.stdin.flush()
        answer = self._switch.stdout.readline()
        assert answer == "ok\n", f"the switch ended: {self._switch.poll()}"

    def _take_down(self):
        if self._switch is not None:
            self._switch.stdin.close()
            self._switch.wait()
            self._switch.stdout.close()
            self._switch = None
        while self._mounts:
            subprocess.run(["umount", "--lazy", self._mounts.pop()], check=True)
        while self._files:
            os.close(self._files.pop())


def _ip(arguments):
    subprocess.run(["ip", *arguments.split()], check=True)


class Clock:
    """A clock that is wrong by as much as the test says, for a member started with its environment."""

    def __init__(self, folder):
        library = WORK / "clock.so"
        made = library.with_suffix(f".{os.getpid()}")
        source = Path(__file__).with_name("clock.c")
        subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
        made.replace(library)
        self._path = Path(folder) / "clock"
        self.environment = {"LD_PRELOAD": str(library), "DING_TEST_CLOCK": str(self._path)}
        self.set(0)

    def set(self, wrong_by_s):
        """Sets how far ahead of the true time the clock is; negative is behind."""
        with open(self._path, "r+b" if self._path.exists() else "wb") as file:
            file.write(struct.pack("<q", round(wrong_by_s * 1000)))
