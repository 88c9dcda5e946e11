"""The largest blocks that the limits allow, on four members, one after the other."""

import os
import re
import time
import unittest

from support.gas import burner, deployer
from support.ledger import ROOT, Network
from support.load import Wallet, receipts
from support.rpc import result_of, until

GAS_KINDS = os.environ.get("GAS_KINDS", "loop store p256").split()
"""The work that blocks are filled with; `support.gas.KINDS` has more of it."""

BLOCKS = 3
"""Full blocks of each kind, one after the other."""

FINAL_S = 180
"""Longest wait for them; what they cost is printed."""

LIMITS = (ROOT / "crates" / "primitives" / "src" / "limits.rs").read_text()


def limit(name):
    """A number of limits.rs."""
    value = re.search(rf"^pub const {name}: \w+ = ([\d_* ]+);", LIMITS, re.MULTILINE).group(1)
    product = 1
    for factor in value.split("*"):
        product *= int(factor)
    return product


BODY_BYTES = limit("BODY_BYTES_MAX")
BLOCK_TRANSACTIONS = limit("BLOCK_TRANSACTIONS_MAX")
BLOCK_GAS = limit("BLOCK_GAS_MAX")
TRANSACTION_BYTES = limit("TRANSACTION_BYTES_MAX")
TRANSACTION_GAS = limit("TRANSACTION_GAS_MAX")

STRANGER = "0x" + "70" * 20
"""An account without code."""


class LargestBlocks(unittest.TestCase):
    """Four processes; everything for several blocks waits until one transaction lets it go."""

    def setUp(self):
        self.network = self.enterContext(Network())
        self.network.start()
        until(lambda: self.peers() == [3] * 4, "every member hears of every other", 30)

    def peers(self):
        return [int(self.network.rpc(m).call("ding_status")["peers"], 16) for m in range(4)]

    def blocks_of(self, what, *rows):
        """Sends rows of transactions, the first of each row last so that all wait for it; returns the
        blocks that they are in."""
        rpc = self.network.rpc(0)
        rest = [raw for row in rows for _, raw, _ in row[1:]]
        size = max(1, min(1000, 4_000_000 // max(len(raw) for raw in rest)))
        for start in range(0, len(rest), size):
            for answer in rpc.batch([("eth_sendRawTransaction", (raw,)) for raw in rest[start:start + size]]):
                result_of(answer)

        def waiting(member):
            status = self.network.rpc(member).call("txpool_status")
            return int(status["pending"], 16) + int(status["queued"], 16)

        until(lambda: min(waiting(m) for m in range(4)) == len(rest), "everything waits on every member", 60)
        since = time.monotonic()
        for answer in rpc.batch([("eth_sendRawTransaction", (row[0][1],)) for row in rows]):
            result_of(answer)
        # Receipts of thousands are asked for by block.
        last = [row[-1][2] for row in rows]
        final = receipts(rpc, last, within_s=FINAL_S)
        took = time.monotonic() - since
        top = max(int(receipt["blockNumber"], 16) for receipt in final)
        self.network.wait_height(top, within_s=FINAL_S)
        hashes = {tx_hash for row in rows for _, _, tx_hash in row}
        blocks, height = [], top
        while hashes:
            self.assertGreater(height, 0, f"{len(hashes)} transactions are in no block")
            block = self.network.agree(height)
            inside = hashes.intersection(block["transactions"])
            if inside:
                blocks.insert(0, self.network.rpc(0).call("eth_getBlockByNumber", hex(height), False))
                for answer in self.network.rpc(0).call("eth_getBlockReceipts", hex(height)):
                    self.assertEqual(answer["status"], "0x1")
            hashes -= inside
            height -= 1
        self.told(what, blocks, took)
        return blocks

    def told(self, what, blocks, took):
        sizes = [
            f"{int(b['gasUsed'], 16) / 1e6:.0f} Mgas {int(b['size'], 16) / 1e6:.2f} MB {len(b['transactions'])} transactions"
            for b in blocks[:BLOCKS]
        ]
        more = "" if len(blocks) <= BLOCKS else "; …"
        print(
            f"\n    {what}: {took:.1f} s for {len(blocks)} blocks: {'; '.join(sizes)}{more}; "
            f"views skipped: {self.skipped(blocks)}"
        )

    def skipped(self, blocks):
        """Views without a block between the first and the last of these blocks."""
        ends = [self.network.rpc(0).call("ding_getCertificate", blocks[end]["number"])["headers"][0] for end in (0, -1)]
        views, heights = ([int(header[key], 16) for header in ends] for key in ("view", "number"))
        return views[1] - views[0] - (heights[1] - heights[0])

    def tearDown(self):
        self.nobody_is_punished()

    def nobody_is_punished(self):
        """Everyone is connected to everyone, took part, and was accused of nothing."""
        self.assertEqual(self.peers(), [3] * 4)
        for member in range(4):
            process = self.network.processes[member]
            process.must_run()
            for line in process.text().splitlines():
                # The engine says `peer=…` in a warning when it shuts a peer out.
                self.assertFalse("WARN" in line and "peer=" in line, line)
                self.assertNotIn("ERROR", line)
                self.assertNotIn("panicked", line)

    def test_blocks_full_of_bytes_become_final_one_after_the_other(self):
        each = BODY_BYTES // TRANSACTION_BYTES
        wallet = Wallet(0)
        # So that `each` of them and their length prefixes fill a block to the last bytes.
        size = (BODY_BYTES - 16) // each - 8
        data = bytes(1 + i * i % 255 for i in range(size - 120))
        row = [wallet.sign(STRANGER, data=data, gas=TRANSACTION_GAS // 2) for _ in range(each * BLOCKS)]
        blocks = self.blocks_of("bytes", row)
        self.assertEqual([len(block["transactions"]) for block in blocks], [each] * BLOCKS)
        for block in blocks:
            self.assertGreater(int(block["size"], 16), BODY_BYTES * 0.998)

    def test_blocks_full_of_transactions_become_final_one_after_the_other(self):
        rows = []
        for account in range(BLOCKS):
            wallet = Wallet(account)
            rows.append([wallet.transfer() for _ in range(BLOCK_TRANSACTIONS)])
        blocks = self.blocks_of("transactions", *rows)
        self.assertEqual([len(block["transactions"]) for block in blocks], [BLOCK_TRANSACTIONS] * BLOCKS)

    def full_of_gas(self, kind):
        count = self.network.rpc(0).call("eth_getTransactionCount", Wallet(0).address, "latest")
        wallet = Wallet(0, int(count, 16))
        each = BLOCK_GAS // TRANSACTION_GAS
        deploy = wallet.sign(None, data=deployer(burner(kind, 400_000)), gas=5_000_000)
        self.network.rpc(0).call("eth_sendRawTransaction", deploy[1])
        contract = receipts(self.network.rpc(0), [deploy[2]])[0]["contractAddress"]
        row = [
            wallet.sign(contract, data=(turn << 64).to_bytes(32, "big"), gas=TRANSACTION_GAS)
            for turn in range(1, each * BLOCKS + 1)
        ]
        # A leader ends its block when it is full or its time is up, whichever comes first.
        blocks = self.blocks_of(f"gas, {kind}", row)
        self.assertGreaterEqual(len(blocks), BLOCKS)
        self.assertGreater(sum(int(block["gasUsed"], 16) for block in blocks), each * BLOCKS * TRANSACTION_GAS * 0.93)

    def test_work_for_several_blocks_of_gas_becomes_final_however_slow_it_is(self):
        for kind in GAS_KINDS:
            with self.subTest(kind):
                self.full_of_gas(kind)


if __name__ == "__main__":
    unittest.main()
