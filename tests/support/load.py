"""Transactions: signing them, and clients that keep sending while members come and go."""

import hashlib
import random
import threading
import time
from dataclasses import dataclass

import rlp
from coincurve import PrivateKey
from eth_account import Account
from eth_utils import keccak

from .ledger import KEYS
from .rpc import Rpc, RpcError, Unreachable, result_of, until

CHAIN_ID = 1337
EVIDENCE = "0x00000000000000000000000000000000000d0002"
DEPOSIT = keccak(text="deposit(bytes32,bytes32,uint8,bytes32,bytes32,bytes32)")[:4]

PASSING = ("already known", "nonce too low")
"""Answers to a transaction sent again that are no trouble: it is there, or it is final."""


class Wallet:
    """A test account and its next nonce. Signs thousands of transactions a second."""

    def __init__(self, index, nonce=0):
        self._key = PrivateKey(bytes.fromhex(KEYS[index][2:]))
        self.address = Account.from_key(KEYS[index]).address
        self.nonce = nonce

    def sign(self, to, value=0, data=b"", gas=100_000):
        """The next transaction of the account: its nonce, bytes and hash. Creates a contract if `to` is None."""
        nonce = self.nonce
        self.nonce += 1
        place = bytes.fromhex(to[2:]) if to else b""
        # EIP-1559: type 2, no fees, no access list.
        fields = [CHAIN_ID, nonce, 0, 0, gas, place, value, data, []]
        signature = self._key.sign_recoverable(keccak(b"\x02" + rlp.encode(fields)), hasher=None)
        r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:64]))
        raw = b"\x02" + rlp.encode([*fields, signature[64], r, s])
        return nonce, "0x" + raw.hex(), "0x" + keccak(raw).hex()

    def transfer(self, to=None, value=1):
        """A value transfer, to a fixed stranger by default."""
        return self.sign(to or "0x" + "70" * 20, value, gas=21_000)

    def deposit(self, content):
        """A deposit of a digest in the evidence module."""
        digest = hashlib.sha256(content).digest()
        zero = bytes(32)
        return self.sign(EVIDENCE, data=DEPOSIT + digest + zero * 5, gas=400_000)


def send_all(rpc, wallet, count):
    """Sends transfers one after the other without waiting, and returns their hashes."""
    hashes = []
    for _ in range(count):
        _, raw, tx_hash = wallet.transfer()
        answered = rpc.call("eth_sendRawTransaction", raw)
        assert answered == tx_hash, (answered, tx_hash)
        hashes.append(tx_hash)
    return hashes


def receipts(rpc, hashes, within_s=30):
    """Waits until a member has a receipt for every transaction, all successful, and returns them."""
    found = {}

    def all_there():
        missing = [tx_hash for tx_hash in hashes if tx_hash not in found]
        for start in range(0, len(missing), 100):
            part = missing[start:start + 100]
            for tx_hash, answer in zip(part, rpc.batch([("eth_getTransactionReceipt", (h,)) for h in part])):
                if (receipt := result_of(answer)) is not None:
                    found[tx_hash] = receipt
        return len(found) == len(hashes)

    until(all_there, f"{len(hashes)} receipts at {rpc.url}", within_s)
    for receipt in found.values():
        assert receipt["status"] == "0x1", receipt
    return [found[tx_hash] for tx_hash in hashes]


@dataclass(frozen=True)
class Seen:
    """A receipt as a client saw it."""

    tx_hash: str
    block_hash: str
    height: int


class Client(threading.Thread):
    """Sends for one account, to any running member, and writes down every receipt it is given.

    What gets no receipt for a while is sent again, as a client that values its transactions does:
    a member that is killed takes along what only its pool had.
    """

    WINDOW = 32
    AGAIN_S = 1.0

    def __init__(self, index, running, rate, seed, connect=Rpc):
        super().__init__(daemon=True)
        self.wallet = Wallet(index)
        self.seen = []
        self.refusals = {}
        self.failure = None
        self._urls = running
        self._connect = connect
        self._gap_s = 1 / rate
        self._random = random.Random(seed)
        self._rpcs = {}
        self._waiting = {}
        self._ending = threading.Event()
        self._abandoned = threading.Event()

    def finish(self):
        """Asks it to send no more; it ends when everything sent has a receipt."""
        self._ending.set()

    def abandon(self):
        """Ends it wherever it is; what waits for a receipt is given up."""
        self._ending.set()
        self._abandoned.set()

    @property
    def waiting(self):
        """Transactions sent and without a receipt."""
        return len(self._waiting)

    def run(self):
        try:
            self._run()
        except Exception as error:  # told by the main thread
            self.failure = error
        finally:
            for rpc in self._rpcs.values():
                rpc.close()

    def _run(self):
        due = time.monotonic()
        while (not self._ending.is_set() or self._waiting) and not self._abandoned.is_set():
            now = time.monotonic()
            rpc = self._pick()
            if rpc is None:
                time.sleep(0.05)
                continue
            try:
                if now >= due and len(self._waiting) < self.WINDOW and not self._ending.is_set():
                    due = max(due + self._gap_s, now - 1)
                    nonce, raw, tx_hash = self._next()
                    self._waiting[nonce] = [raw, tx_hash, now]
                    self._send(rpc, raw)
                self._collect(rpc)
                if any(now - sent > self.AGAIN_S for _, _, sent in self._waiting.values()):
                    for entry in self._waiting.values():
                        entry[2] = now
                        self._send(rpc, entry[0])
            except Unreachable:
                continue
            time.sleep(max(0.0, min(due - time.monotonic(), 0.02)))

    def _next(self):
        if self._random.random() < 0.5:
            return self.wallet.transfer()
        return self.wallet.deposit(f"{self.wallet.address} {self.wallet.nonce}".encode())

    def _pick(self):
        urls = self._urls()
        if not urls:
            return None
        url = self._random.choice(urls)
        return self._rpcs.setdefault(url, self._connect(url, timeout_s=5))

    def _send(self, rpc, raw):
        try:
            rpc.call("eth_sendRawTransaction", raw)
        except RpcError as error:
            if not error.message.startswith(PASSING):
                self.refusals[error.message] = self.refusals.get(error.message, 0) + 1

    def _collect(self, rpc):
        waiting = sorted(self._waiting.items())
        if not waiting:
            return
        answers = rpc.batch([("eth_getTransactionReceipt", (entry[1],)) for _, entry in waiting])
        for (nonce, entry), answer in zip(waiting, answers):
            if "error" in answer or answer["result"] is None:
                continue
            receipt = answer["result"]
            if receipt["status"] != "0x1":
                raise AssertionError(f"a transaction failed: {receipt}")
            self.seen.append(Seen(entry[1], receipt["blockHash"], int(receipt["blockNumber"], 16)))
            del self._waiting[nonce]


def missing_on(rpc, seen):
    """What a member answers otherwise than a client saw it: (hash, what it answers), at most ten."""
    wrong = []
    for start in range(0, len(seen), 100):
        part = seen[start:start + 100]
        answers = rpc.batch([("eth_getTransactionReceipt", (entry.tx_hash,)) for entry in part])
        for entry, answer in zip(part, answers):
            receipt = result_of(answer)
            if receipt is None or receipt["blockHash"] != entry.block_hash or int(receipt["blockNumber"], 16) != entry.height:
                wrong.append((entry, receipt))
                if len(wrong) >= 10:
                    return wrong
    return wrong
