#!/usr/bin/env python3
"""Checks a proof package, written from encoding.md alone.

    pip install py-ecc
    python3 check.py README.ding --chain-key 0x824d8f3e... [--file README.md]

It shares no code with the ledger, so that the page and the program can be compared. It checks the
whole chain of reasons, from the chain key to logs and transactions; proofs of the state are told but
not checked here. Exit code 0 means that everything holds.
"""

import argparse
import hashlib
import sys

from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import decompress_G1, decompress_G2
from py_ecc.optimized_bls12_381 import G2, curve_order, is_inf, multiply, pairing

DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_"
HEADER_BYTES = 429
EVIDENCE = bytes.fromhex("00000000000000000000000000000000000d0002")
DEPOSITED = bytes.fromhex("973bec09608d123360f55fb3276396b631ec81a1e033e6368aebfa01949e2e34")
"""First topic of the evidence module's event `Deposited`; the second is the digest."""


class Wrong(Exception):
    """Why a package proves nothing."""


def need(holds, why):
    if not holds:
        raise Wrong(why)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Reader:
    """Takes bytes from the front, never more than there are."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        need(self.at + count <= len(self.data), "the package ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def varint(self):
        value = shift = 0
        while True:
            byte = self.number(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def since(self, start):
        return self.data[start : self.at]


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def read_header(reader):
    raw = reader.take(HEADER_BYTES)
    need(raw[0] == 1, "a header of another version")
    return {
        "hash": sha256(raw),
        "parent": raw[57:89],
        "height": int.from_bytes(raw[89:97], "big"),
        "time_ms": int.from_bytes(raw[97:105], "big"),
        "transactions": raw[105:137],
        "receipts": raw[137:169],
    }


def read_certificate(reader):
    start = reader.at
    for _ in ("epoch", "view", "view of the parent"):
        reader.varint()
    block = reader.take(32)
    signed = reader.since(start)
    return {"block": block, "signed": signed, "signature": reader.take(48)}


def read_receipt(reader):
    start = reader.at
    flags = reader.number(1)
    reader.varint()
    reader.varint()
    if flags & 2:
        reader.take(20)
    logs = []
    for _ in range(reader.varint()):
        address = reader.take(20)
        topics = [reader.take(32) for _ in range(reader.number(1))]
        logs.append((address, topics, reader.take(reader.varint())))
    return reader.since(start), logs


def read_path(reader):
    leaves = reader.number(4)
    return leaves, [reader.take(32) for _ in range(reader.varint())]


def check_path(root, position, leaf, path):
    """Walks from a leaf to the root of a block's tree."""
    leaves, siblings = path
    need(position < leaves, f"position {position} of {leaves}")
    node, width, siblings = sha256(position.to_bytes(4, "big"), leaf), leaves, list(siblings)
    while width > 1:
        if position % 2 == 0 and position + 1 == width:
            node = sha256(node, node)
        else:
            need(siblings, "the path is too short")
            other = siblings.pop(0)
            node = sha256(node, other) if position % 2 == 0 else sha256(other, node)
        position, width = position // 2, (width + 1) // 2
    need(not siblings, "the path is too long")
    need(sha256(leaves.to_bytes(4, "big"), node) == root, "the path does not lead to the header's root")


def check_signature(key, genesis, certificate):
    """e(H(message), key) = e(signature, generator)."""
    namespace = b"ding/1/consensus/" + genesis + b"_FINALIZE"
    message = varint(len(namespace)) + namespace + certificate["signed"]
    point = decompress_G2((int.from_bytes(key[:48], "big"), int.from_bytes(key[48:], "big")))
    signature = decompress_G1(int.from_bytes(certificate["signature"], "big"))
    for name, member in (("key", point), ("signature", signature)):
        need(not is_inf(member) and is_inf(multiply(member, curve_order)), f"the {name} is not in the group")
    hashed = hash_to_G1(message, DOMAIN, hashlib.sha256)
    need(pairing(point, hashed) == pairing(G2, signature), "the members of this chain did not sign this")


def check(data, pinned):
    """What a package proves, as lines of text, and the digests it shows as first deposited."""
    need(data[:5] == b"ding\x01", "no package of version 1")
    need(sha256(data[:-32]) == data[-32:], "the checksum does not match")
    reader = Reader(data[5:-32])
    name = reader.take(reader.number(1)).decode()
    genesis, key = reader.take(32), reader.take(96)
    need(pinned is None or pinned == key, "the package is of another chain than the key given")
    headers = [read_header(reader) for _ in range(reader.number(1))]
    need(headers, "no header")
    certificate = read_certificate(reader)
    for parent, child in zip(headers, headers[1:]):
        need(child["parent"] == parent["hash"], "a header is not the parent of the next")
    need(headers[-1]["hash"] == certificate["block"], "the certificate is of another block")
    block, digests, lines = headers[0], [], []
    for _ in range(reader.number(1)):
        kind = reader.number(1)
        if kind == 1:
            transaction, log = reader.varint(), reader.varint()
            receipt, logs = read_receipt(reader)
            check_path(block["receipts"], transaction, sha256(receipt), read_path(reader))
            need(log < len(logs), "the receipt has no such log")
            address, topics, _ = logs[log]
            if address == EVIDENCE and topics[0] == DEPOSITED:
                digests.append(topics[1])
            shown = " ".join("0x" + topic.hex() for topic in topics)
            lines.append(f"log {log} of transaction {transaction}: 0x{address.hex()} emitted {shown}")
        elif kind == 2:
            position, form = reader.varint(), reader.number(1)
            need(form == 0, "this script takes transactions by their hash only")
            leaf = reader.take(32)
            check_path(block["transactions"], position, leaf, read_path(reader))
            lines.append(f"transaction {position}: 0x{leaf.hex()}")
        else:
            raise Wrong(f"statements of kind {kind} are not checked by this script; use `ding verify`")
    need(reader.at == len(reader.data), "bytes after the last statement")
    check_signature(key, genesis, certificate)
    whose = "the key you gave" if pinned else f"the key 0x{key.hex()}, taken from the package"
    lines.append(f"in block {block['height']} at {block['time_ms']} ms since 1970, of the chain with {whose}")
    lines.append(f"(the package calls it {name})")
    return lines, digests


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("--chain-key", help="192 hexadecimal digits, from a source you trust")
    parser.add_argument("--file", help="the file that the package should be about")
    options = parser.parse_args()
    pinned = bytes.fromhex(options.chain_key.removeprefix("0x")) if options.chain_key else None
    with open(options.package, "rb") as package:
        data = package.read()
    try:
        lines, digests = check(data, pinned)
        if options.file:
            with open(options.file, "rb") as file:
                need(hashlib.sha256(file.read()).digest() in digests, f"{options.file} is not what was deposited")
    except (Wrong, ValueError, AssertionError) as error:
        sys.exit(f"{options.package} does not hold: {error}")
    print("\n".join([f"{options.package} holds:", *lines]))


if __name__ == "__main__":
    main()
