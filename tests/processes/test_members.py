"""Real processes of one ledger: killed, restarted, misconfigured."""

import contextlib
import json
import shutil
import signal
import socket
import stat
import time
import unittest

from support.ledger import Network, Process, Solo, ding, folder
from support.load import Wallet, receipts, send_all
from support.rpc import Rpc, Unreachable, until

RECOVERY_S = 10
"""A ledger whose members are back makes blocks again within this."""

FIRST_BLOCK_S = 5
"""From the start of the demo to its first final block."""

DEMO_MIB = 400
"""Most memory of the four members of an idle demo."""

STILL_S = 8
"""How long nothing may happen where nothing can: longer than the heartbeat and every timeout."""


def stays(condition, what, for_s):
    """Asserts that a condition holds all the time."""
    end = time.monotonic() + for_s
    while time.monotonic() < end:
        found = condition()
        assert found, f"{what}: no longer after {for_s - (end - time.monotonic()):.1f} s"
        time.sleep(0.1)


class FourProcesses(unittest.TestCase):
    """`ding init --members 4` and four `ding node` processes."""

    def test_one_killed_member_stops_nothing_two_stop_progress_but_lose_nothing_and_all_come_back(self):
        with Network() as network:
            network.start()
            wallet = Wallet(0)
            final = receipts(network.rpc(0), send_all(network.rpc(0), wallet, 50))

            network.kill9(3)
            final += receipts(network.rpc(1), send_all(network.rpc(0), wallet, 50))

            network.kill9(2)
            # What was being agreed on when it died may still become final; then nothing does.
            time.sleep(1)
            stopped = network.heights([0, 1])
            waiting = send_all(network.rpc(0), wallet, 20)
            stays(lambda: network.heights([0, 1]) == stopped, "two of four members make no block", STILL_S)
            for member in (0, 1):
                rpc = network.rpc(member)
                for receipt in final:
                    self.assertEqual(rpc.call("eth_getTransactionReceipt", receipt["transactionHash"]), receipt)
                self.assertEqual(int(rpc.call("eth_getTransactionCount", wallet.address, "latest"), 16), 100)
                self.assertTrue(rpc.call("eth_getBlockByNumber", "latest", True))
            self.assertEqual(int(network.rpc(0).call("eth_getTransactionCount", wallet.address, "pending"), 16), 120)

            since = time.monotonic()
            network.start([2, 3])
            network.wait_height(max(stopped) + 1, within_s=RECOVERY_S)
            took = time.monotonic() - since
            print(f"\n    all four make blocks {took:.1f} s after the two were started again")
            self.assertLess(took, RECOVERY_S)

            final += receipts(network.rpc(3), waiting)
            last = max(int(receipt["blockNumber"], 16) for receipt in final)
            network.wait_height(last)
            for height in range(1, last + 1):
                network.agree(height)
            for member in range(4):
                for receipt in final:
                    self.assertEqual(network.rpc(member).call("eth_getTransactionReceipt", receipt["transactionHash"]), receipt)

            self.assertEqual(network.stop(), [0, 0, 0, 0])
            roots = {ding("check", "--dir", network.folder(m), "--json").stdout for m in range(4)}
            heads = {json.loads(text)["transactions"] for text in roots}
            self.assertEqual(heads, {120})

    def test_a_member_that_was_away_for_long_catches_up_with_blocks_it_never_saw(self):
        with Network() as network:
            network.start()
            wallet = Wallet(1)
            receipts(network.rpc(0), send_all(network.rpc(0), wallet, 10))
            network.kill9(2)
            for _ in range(20):
                final = receipts(network.rpc(0), send_all(network.rpc(0), wallet, 20))
            last = int(final[-1]["blockNumber"], 16)
            network.start([2])
            network.wait_height(last, within_s=30)
            receipts(network.rpc(2), [receipt["transactionHash"] for receipt in final])
            for height in range(1, last + 1):
                network.agree(height)

    def test_all_members_killed_at_once_go_on_from_what_was_final(self):
        with Network() as network:
            network.start()
            wallet = Wallet(2)
            final = receipts(network.rpc(3), send_all(network.rpc(0), wallet, 100))
            for member in range(4):
                network.kill9(member)
            since = time.monotonic()
            network.start()
            more = receipts(network.rpc(1), send_all(network.rpc(2), wallet, 10))
            print(f"\n    ten more receipts {time.monotonic() - since:.1f} s after four processes were started")
            for member in range(4):
                network.wait_height(int(more[-1]["blockNumber"], 16))
                for receipt in final:
                    self.assertEqual(network.rpc(member).call("eth_getTransactionReceipt", receipt["transactionHash"]), receipt)

    def test_a_killed_member_answers_and_stops_while_all_others_are_away(self):
        with Network() as network:
            network.start()
            final = receipts(network.rpc(0), send_all(network.rpc(0), Wallet(7), 100))
            for member in range(4):
                network.kill9(member)
            network.start([0])
            rpc = network.rpc(0)
            for receipt in final:
                self.assertEqual(rpc.call("eth_getTransactionReceipt", receipt["transactionHash"]), receipt)
            self.assertEqual(network.processes[0].stop(), 0)

    def test_a_dropped_read_model_is_derived_again_with_the_same_answers(self):
        with Network() as network:
            network.start()
            wallet = Wallet(3)
            hashes = []
            for number in range(10):
                _, raw, tx_hash = wallet.deposit(f"file {number}".encode())
                self.assertEqual(network.rpc(0).call("eth_sendRawTransaction", raw), tx_hash)
                hashes.append(tx_hash)
            last = int(receipts(network.rpc(0), hashes)[-1]["blockNumber"], 16)
            query = {"fromBlock": "0x0", "toBlock": hex(last)}
            network.wait_height(last)
            logs = network.rpc(0).call("eth_getLogs", query)
            self.assertEqual(len(logs), 10)
            member = network.processes[0]
            self.assertEqual(member.stop(), 0)
            rows = list(network.folder(0).glob("chains/*/readmodel.sqlite*"))
            self.assertTrue(rows)
            for row in rows:
                row.unlink()
            told = ding("readmodel", "rebuild", "--dir", network.folder(0))
            self.assertRegex(told.stdout, r"up to block \d+")
            network.start([0])
            self.assertEqual(network.rpc(0).call("eth_getLogs", query), logs)
            receipts(network.rpc(0), hashes)


class Solos(unittest.TestCase):
    """`ding demo` and `ding dev`."""

    def test_the_demo_has_its_first_final_block_within_five_seconds_and_is_cheap_when_idle(self):
        demo = Solo("demo", bound=True).start(wait=False)
        with contextlib.ExitStack() as stack:
            stack.push(demo.__exit__)
            until(lambda: demo.process.must_run() or demo.rpc().height() >= 1, "the first block", 20)
            first = time.monotonic() - demo.process.started
            # Let the start settle for a heartbeat, then look for two.
            time.sleep(5)
            cpu, since = demo.process.cpu_s(), time.monotonic()
            time.sleep(10)
            share = (demo.process.cpu_s() - cpu) / (time.monotonic() - since)
            memory = demo.process.rss_mib()
            print(f"\n    first block after {first:.1f} s; idle {share:.1%} of a core, {memory:.0f} MiB")
            self.assertLess(first, FIRST_BLOCK_S)
            self.assertLess(memory, DEMO_MIB)
            self.assertEqual(demo.process.stop(), 0)

    def test_the_demo_goes_on_from_the_same_height(self):
        with Solo("demo") as demo:
            wallet = Wallet(4)
            final = receipts(demo.rpc(2), send_all(demo.rpc(0), wallet, 20))
            height = demo.rpc().height()
            self.assertEqual(demo.process.stop(), 0)
            self.assertIn("Stopped", demo.process.text())
            demo.start()
            for member in range(4):
                self.assertGreaterEqual(demo.rpc(member).height(), height)
                for receipt in final:
                    self.assertEqual(demo.rpc(member).call("eth_getTransactionReceipt", receipt["transactionHash"]), receipt)
            receipts(demo.rpc(3), send_all(demo.rpc(1), wallet, 5))

    def test_clients_that_come_and_go_leave_no_open_file_behind(self):
        handshake = (
            b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        subscription = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"]}).encode()
        # RFC 6455, section 5.2: a text frame with an empty mask.
        frame = bytes([0x81, 0x80 | len(subscription), 0, 0, 0, 0]) + subscription
        with Solo("dev") as dev:
            wallet = Wallet(7)

            def traffic():
                clients = [Rpc(dev.url()) for _ in range(30)]
                for client in clients:
                    client.height()
                receipts(clients[0], send_all(clients[0], wallet, 30))
                raw = [socket.create_connection(("127.0.0.1", dev.port)) for _ in range(45)]
                for place, connection in enumerate(raw):
                    if place % 3 == 0:
                        connection.sendall(handshake)
                        self.assertIn(b"101", connection.recv(1024))
                        connection.sendall(frame)
                        self.assertIn(b'"result"', connection.recv(1024))
                    elif place % 3 == 1:
                        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
                self.assertGreater(dev.process.open_files(), 75)
                for client in clients:
                    client.close()
                for connection in raw:
                    connection.close()

            def settles():
                """The fewest open files in the seconds after the last client left."""
                counts = []
                for _ in range(30):
                    counts.append(dev.process.open_files())
                    time.sleep(0.1)
                return min(counts)

            traffic()
            # The votes of each of the last 64 views are a file of their own.
            for _ in range(70):
                receipts(dev.rpc(), send_all(dev.rpc(), wallet, 1))
            before = settles()
            for _ in range(5):
                traffic()
            after = settles()
            print(f"\n    open files: {before} after 75 clients, {after} after 450")
            # A store may have begun a new journal meanwhile, the read model another reader.
            self.assertLess(after, before + 10)
            self.assertEqual(dev.process.stop(), 0)

    def test_a_killed_development_chain_keeps_every_transaction_that_had_a_receipt(self):
        with Solo("dev") as dev:
            wallet = Wallet(5)
            final = []
            for _ in range(3):
                final += receipts(dev.rpc(), send_all(dev.rpc(), wallet, 50))
                dev.process.kill9()
                dev.rpc().close()
                dev.start()
                for receipt in final:
                    self.assertEqual(dev.rpc().call("eth_getTransactionReceipt", receipt["transactionHash"]), receipt)
            self.assertEqual(dev.process.stop(), 0)
            ding("check", "--dir", dev.home / "data" / "member-1")


class Refused(unittest.TestCase):
    """What a member does not start with: it says what is wrong, exits, and changes nothing."""

    @classmethod
    def setUpClass(cls):
        cls.network = cls.enterClassContext(Network())

    def refused(self, code, *words, member=0):
        """The member must end with this exit code and these words, and without a panic."""
        process = self.network.spawn(member)
        self.addCleanup(process.end)
        ended = process.wait(20)
        text = process.text()
        process.log.unlink()
        self.assertNotIn("panicked", text)
        told = text.rsplit("error: ", 1)[-1]
        self.assertEqual(ended, code, told)
        for word in words:
            self.assertIn(str(word), told)

    def opens(self, member):
        """The member must start, alone, and be told to stop again."""
        self.network.start([member])
        self.assertEqual(self.network.processes[member].stop(), 0)

    def test_a_folder_in_use_is_refused(self):
        self.network.start([0])
        second = Process(["node", "--dir", self.network.folder(0)], self.network.home / "second.log")
        self.addCleanup(second.end)
        self.assertEqual(second.wait(20), 1)
        self.assertIn(str(self.network.folder(0)), second.text())
        self.assertIn("in use by another ding process", second.text())
        self.assertEqual(self.network.processes[0].stop(), 0)

    def test_a_taken_http_port_is_refused_by_name(self):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", self.network.port + 1))
            taken.listen()
            self.refused(1, f"port {self.network.port + 1}", "in use", member=1)

    def test_a_taken_peer_to_peer_port_is_refused_by_name(self):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("0.0.0.0", self.network.port + 1001))
            taken.listen()
            self.refused(1, f"port {self.network.port + 1001}", "in use", member=1)

    def test_a_genesis_of_another_chain_is_refused_and_the_right_one_still_opens(self):
        genesis = self.network.folder(2) / "genesis.json"
        kept = genesis.read_bytes()
        with Network() as other:
            shutil.copy(other.folder(2) / "genesis.json", genesis)
        self.refused(2, "genesis", member=2)
        genesis.write_bytes(kept)
        self.opens(2)

    def test_data_of_another_genesis_is_refused(self):
        with Network() as network:
            network.start()
            network.wait_height(1)
            network.stop()
            home = network.folder(1)
            kept = (home / "genesis.json").read_bytes()
            spec = json.loads(kept)
            spec["gas_limit"] -= 1
            (home / "genesis.json").write_text(json.dumps(spec))
            done = ding("node", "--dir", home, check=False, timeout_s=20)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("another genesis", done.stderr)
            (home / "genesis.json").write_bytes(kept)
            network.start([1])

    def test_key_files_that_others_can_read_are_refused(self):
        share = self.network.folder(3) / "keys" / "share.hex"
        self.assertEqual(stat.S_IMODE(share.stat().st_mode), 0o600)
        self.addCleanup(lambda: share.chmod(0o600))
        share.chmod(0o644)
        self.refused(2, share, "chmod 600", member=3)

    def test_a_folder_that_is_none_of_a_member_is_refused(self):
        empty = folder("empty")
        self.addCleanup(empty.rmdir)
        done = ding("node", "--dir", empty, check=False, timeout_s=20)
        self.assertEqual(done.returncode, 2)
        self.assertIn("ding init", done.stderr)

    def test_damaged_settings_and_genesis_are_refused_by_name(self):
        for name, text in {"node.toml": "member = ", "genesis.json": "{\"version\": 1"}.items():
            with self.subTest(name):
                path = self.network.folder(3) / name
                kept = path.read_bytes()
                try:
                    path.write_text(text)
                    self.refused(2, name, member=3)
                finally:
                    path.write_bytes(kept)

    def test_a_ledger_is_not_written_over(self):
        before = (self.network.folder(0) / "genesis.json").read_bytes()
        done = ding("init", "--members", 4, "--dir", self.network.net, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("holds a ledger already", done.stderr)
        self.assertEqual((self.network.folder(0) / "genesis.json").read_bytes(), before)


class Stopping(unittest.TestCase):
    """How a member ends."""

    def test_ctrl_c_and_a_request_to_end_stop_a_member_cleanly_and_quickly(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(sent.name), Solo("dev") as dev:
                receipts(dev.rpc(), send_all(dev.rpc(), Wallet(6), 10))
                since = time.monotonic()
                dev.process.signal(sent)
                self.assertEqual(dev.process.wait(20), 0)
                self.assertLess(time.monotonic() - since, 5)
                with self.assertRaises(Unreachable):
                    dev.rpc().height()


if __name__ == "__main__":
    unittest.main()
