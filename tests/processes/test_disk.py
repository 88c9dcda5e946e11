"""A disk that is full, and has room again."""

import contextlib
import errno
import os
import random
import subprocess
import unittest

from support.ledger import Solo, ding
from support.load import Client, missing_on
from support.rpc import until

ROUNDS = 4
"""How often the disk is filled."""

MEBIBYTES = 96
"""Size of the file system."""


def fill(path, leaving):
    """Takes the room of a file system that others write to, but for `leaving` bytes."""
    with open(path, "wb") as file:
        while True:
            stats = os.statvfs(path.parent)
            room = stats.f_bavail * stats.f_frsize - leaving
            if room <= 0:
                return
            try:
                return os.posix_fallocate(file.fileno(), 0, room)
            except OSError as error:
                # Somebody was faster.
                if error.errno != errno.ENOSPC:
                    raise


@unittest.skipUnless(os.geteuid() == 0, "only root can mount a small file system")
class FullDisk(unittest.TestCase):
    """`ding dev` on a small file system of its own."""

    def test_a_full_disk_is_named_and_with_room_again_every_receipt_is_there(self):
        seed = random.SystemRandom().randrange(1 << 32)
        print(f"\n    seed {seed}")
        chance = random.Random(seed)
        dev = Solo("dev")
        with contextlib.ExitStack() as stack:
            stack.push(dev.__exit__)
            place = dev.home / "data"
            place.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEBIBYTES}m", "ding-test", place], check=True)
            stack.callback(subprocess.run, ["umount", "--lazy", place], check=True)
            dev.start()
            clients = [Client(index, lambda: [dev.url()], 100, chance.random()) for index in range(3)]
            for client in clients:
                stack.callback(client.abandon)
                client.start()

            def more(count):
                before = [len(client.seen) for client in clients]
                until(
                    lambda: self.healthy(clients) and all(len(c.seen) >= b + count for c, b in zip(clients, before)),
                    f"{count} receipts for each client", 60,
                )

            for _ in range(ROUNDS):
                more(20)
                filler = place / "something else"
                fill(filler, leaving=chance.randrange(64 * 1024, 1024 * 1024))
                self.assertEqual(dev.process.wait(60), 1)
                told = dev.process.text().rsplit("error: ", 1)[-1]
                self.assertIn(f"the disk of {place}", told)
                self.assertIn("make room", told)
                filler.unlink()
                dev.rpc().close()
                dev.start()
                more(1)
                self.everything_is_there(dev, clients)
            for client in clients:
                client.finish()
            until(lambda: self.healthy(clients) and not any(c.is_alive() for c in clients), "all receipts", 60)
            self.everything_is_there(dev, clients)
            self.assertEqual(dev.process.stop(), 0)
            ding("check", "--dir", place / "member-1")

    def healthy(self, clients):
        for client in clients:
            if client.failure is not None:
                raise client.failure
        return True

    def everything_is_there(self, dev, clients):
        seen = [entry for client in clients for entry in list(client.seen)]
        last = max(entry.height for entry in seen)
        until(
            lambda: int(dev.rpc().call("ding_status")["readModel"]["height"], 16) >= last,
            f"the read model reaches {last}", 60,
        )
        self.assertEqual(missing_on(dev.rpc(), seen), [])


if __name__ == "__main__":
    unittest.main()
