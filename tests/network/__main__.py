#!/usr/bin/env python3
"""Four members as processes in network namespaces, and everything a network does to them.

    tests/network                             short forms of all scenes, as in ./test
    tests/network --only partition            scenes with this word in their name
    tests/network --outage 300                long ones: five minutes of every fault

Needs root (namespaces, a tmpfs), `ip`, and TAP devices. Each scene has a ledger of its own under
steady load from clients that write down every receipt. Afterwards: no two blocks at one height on any
member, a new block within 10 s of healing, all members at the same place within 60 s, and every
receipt on every member.

The seed is printed first; it repeats the choices, not the interleaving of processes.
"""

import argparse
import concurrent.futures
import os
import random
import sys
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / "target" / "tests" / "venv" / "bin" / "python"
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
try:
    import support.load  # noqa: F401
except ModuleNotFoundError:
    if not VENV.exists() or Path(sys.prefix) == VENV.parent.parent:
        sys.exit("the Python packages of tests/requirements.txt are missing; run `./test setup` once")
    os.execv(VENV, [str(VENV), *sys.argv])
import place
import scenes


def arguments():
    parser = argparse.ArgumentParser(
        prog="tests/network", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", default=[], metavar="WORD", help="scenes with this in their name")
    parser.add_argument("--list", action="store_true", help="name the scenes and end")
    parser.add_argument("--why-not", action="store_true", help="say why this machine cannot run them, or nothing")
    parser.add_argument("--seed", type=int, default=None, help="choices to repeat")
    parser.add_argument("--outage", type=float, default=16, help="seconds that a fault lasts")
    parser.add_argument("--frozen", type=float, default=60, help="seconds that a member is frozen")
    parser.add_argument("--kills", type=int, default=2, help="how often all members are killed at once")
    parser.add_argument("--orders", type=int, default=24, help="orders to start in, of 24")
    parser.add_argument("--jobs", type=int, default=2, help="scenes at the same time")
    return parser.parse_args()


def run(scene, options):
    """Whether a scene held; tells how it went."""
    name = scene.__name__.replace("_", " ")
    since = time.monotonic()
    try:
        told = scene(options)
    except BaseException:
        print(f"FAILED  {name}  ({time.monotonic() - since:.0f} s)\n{traceback.format_exc()}", flush=True)
        return False
    figures = ", ".join(f"{what} {value:.1f} s" if isinstance(value, float) else f"{value} {what}" for what, value in told)
    print(f"ok      {name}  ({time.monotonic() - since:.0f} s)\n        {figures}", flush=True)
    return True


def main():
    options = arguments()
    if options.list:
        print("\n".join(scene.__name__ for scene in scenes.SCENES))
        return 0
    reason = place.why_not()
    if options.why_not:
        print(reason or "", end="")
        return 0
    if reason is not None:
        print(f"this machine cannot run them: {reason}", file=sys.stderr)
        return 2
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    chosen = [s for s in scenes.SCENES if not options.only or any(word in s.__name__ for word in options.only)]
    print(f"seed {options.seed}, {len(chosen)} scenes, {options.outage:g} s of each fault", flush=True)
    since = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        held = list(pool.map(lambda scene: run(scene, options), chosen))
    print(f"{time.monotonic() - since:.0f} s")
    print(f"{held.count(True)} passed, {held.count(False)} failed")
    return 0 if held and all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
