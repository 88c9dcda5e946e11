"""An Ethernet switch of the test's own: between the members, in user space, bent at will.

Started as a program with one TAP device per member as open files. A line of JSON on standard input
sets the links, and is answered with `ok`:

    {"cut": [[0, 2], ...], "delay_ms": 200, "loss": 0.02}

Frames from a member to another are dropped where the pair is cut, lost by chance in each direction,
and delivered after the delay. Unlike `tc netem` it needs nothing of the kernel but TAP devices, can
cut one direction alone, and its chance is seeded.
"""

import heapq
import json
import os
import random
import selectors
import sys
import time

FRAME_BYTES_MAX = 2048
"""Larger than any frame of a device with an MTU of 1500."""

FRAMES_WAITING_MAX = 100_000
"""Frames on their way; a member that sends more loses them, as on any wire."""

FRAMES_AT_ONCE = 64
"""Frames read from one member before the others have a turn."""


class Switch:
    """Frames between members, by the last byte of their MAC address, counted from 1."""

    def __init__(self, taps, seed):
        self._taps = taps
        self._chance = random.Random(seed)
        self._cut = set()
        self._delay_s = 0.0
        self._loss = 0.0
        self._waiting = []
        self._turn = 0

    def rules(self, rules):
        """Sets the links; frames on a link that is now cut are gone."""
        self._cut = {tuple(pair) for pair in rules["cut"]}
        self._delay_s = rules["delay_ms"] / 1000
        self._loss = rules["loss"]
        self._waiting = [entry for entry in self._waiting if (entry[2], entry[3]) not in self._cut]
        heapq.heapify(self._waiting)

    def take(self, source):
        """Reads what a member sent."""
        for _ in range(FRAMES_AT_ONCE):
            try:
                frame = os.read(self._taps[source], FRAME_BYTES_MAX)
            except BlockingIOError:
                return
            for target in self._targets(source, frame):
                self._send(source, target, frame)

    def deliver(self):
        """Writes every frame whose time has come, and returns the seconds until the next one."""
        now = time.monotonic()
        while self._waiting and self._waiting[0][0] <= now:
            _, _, _, target, frame = heapq.heappop(self._waiting)
            self._write(target, frame)
        return max(0.0, self._waiting[0][0] - now) if self._waiting else None

    def _targets(self, source, frame):
        if frame[0] & 1:
            return [target for target in range(len(self._taps)) if target != source]
        target = frame[5] - 1
        return [target] if 0 <= target < len(self._taps) and target != source else []

    def _send(self, source, target, frame):
        if (source, target) in self._cut or (self._loss and self._chance.random() < self._loss):
            return
        if not self._delay_s:
            self._write(target, frame)
        elif len(self._waiting) < FRAMES_WAITING_MAX:
            self._turn += 1
            heapq.heappush(self._waiting, (time.monotonic() + self._delay_s, self._turn, source, target, frame))

    def _write(self, target, frame):
        try:
            os.write(self._taps[target], frame)
        except (BlockingIOError, OSError):
            pass  # its queue is full or its device is gone: the frame is lost


def main():
    seed, taps = int(sys.argv[1]), [int(fd) for fd in sys.argv[2:]]
    switch = Switch(taps, seed)
    selector = selectors.DefaultSelector()
    for member, tap in enumerate(taps):
        os.set_blocking(tap, False)
        selector.register(tap, selectors.EVENT_READ, member)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    pause = None
    while True:
        for key, _ in selector.select(pause):
            if key.data is not None:
                switch.take(key.data)
                continue
            line = sys.stdin.readline()
            if not line:
                return
            switch.rules(json.loads(line))
            print("ok", flush=True)
        pause = switch.deliver()


if __name__ == "__main__":
    main()
