"""Contracts that use up gas, each by another kind of work, until little is left."""

from eth_account import Account
from eth_utils import keccak
from py_ecc import bls12_381, bn128


def _words(*numbers, bytes_each=32):
    return b"".join(int(number).to_bytes(bytes_each, "big") for number in numbers)


def _ecrecover():
    signed = Account.from_key(b"\x01" * 32).unsafe_sign_hash(keccak(b"gas"))
    return keccak(b"gas") + _words(signed.v, signed.r, signed.s)


def _p256():
    # The base point as public key: it parses, so that the signature, a wrong one, is really checked.
    x = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    y = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    return keccak(b"gas") + b"\x01" * 64 + bytes.fromhex(x + y)


def _bn_pairing():
    (x, y), (qx, qy) = bn128.G1, bn128.G2
    return _words(x, y, *(part for q in (qx, qy) for part in reversed(q.coeffs)))


def _bls_pairing():
    (x, y), (qx, qy) = bls12_381.G1, bls12_381.G2
    return _words(x, y, *(part for q in (qx, qy) for part in q.coeffs), bytes_each=64)


def _call(address, size):
    # STATICCALL(GAS, address, 0, size, 0, 0), POP
    return bytes.fromhex(f"5f5f61{size:04x}5f61{address:04x}5afa50")


def _precompile(address, memory):
    return _call(address, len(memory)), memory


KINDS = {
    # Nothing but the loop around it.
    "loop": (b"", b""),
    # KECCAK256 of 16 KiB, POP.
    "keccak": (bytes.fromhex("6140005f2050"), b"\x01" * 0x4000),
    # A new slot each time: SSTORE(GAS + CALLDATALOAD(0), GAS).
    "store": (bytes.fromhex("5a5a5f350155"), b""),
    # BALANCE of an account that nobody asked for yet: GAS + CALLDATALOAD(0), POP.
    "account": (bytes.fromhex("5a5f35013150"), b""),
    "ecrecover": _precompile(0x01, _ecrecover()),
    "modexp": _precompile(0x05, _words(32, 32, 32) + b"\xff" * 31 + b"\xfe" + b"\xff" * 64),
    "bn_pairing": _precompile(0x08, _bn_pairing()),
    "bls_pairing": _precompile(0x0F, _bls_pairing()),
    "p256": _precompile(0x100, _p256()),
}
"""Kind of work to the code of one turn, and the memory that it works on."""


def burner(kind, left):
    """Code that repeats one kind of work until `left` gas is left, and then ends well.

    Its call data, one word, makes the slots and accounts of one transaction others than those of the next.
    """
    turn, memory = KINDS[kind]
    start, tail = 8, 11
    at = start + 1 + len(turn) + tail
    # CODECOPY(0, at, size); JUMPDEST; the turn; JUMPI(start, GAS > left); STOP
    copy = bytes.fromhex(f"61{len(memory):04x}61{at:04x}5f39")
    loop = b"\x5b" + turn + bytes.fromhex(f"62{left:06x}5a1160{start:02x}570000")
    return copy + loop + memory


def deployer(code):
    """Init code of a contract with this code: CODECOPY(0, 12, size), RETURN(0, size)."""
    return bytes.fromhex(f"61{len(code):04x}600c5f3961{len(code):04x}5ff3") + code
