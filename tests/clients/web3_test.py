"""web3.py, as its documentation uses it."""

import asyncio
import json
import os
import unittest
from pathlib import Path

from eth_account import Account
from web3 import AsyncWeb3, HTTPProvider, Web3, WebSocketProvider
from web3.exceptions import BlockNotFound, ContractCustomError, ContractLogicError, ContractPanicError
from web3.exceptions import TransactionNotFound, Web3RPCError
from web3.logs import STRICT

URLS = os.environ["DING_URLS"].split(",")
NAMED_URL = os.environ["DING_NAMED_URL"]
CHAIN_ID = int(os.environ["DING_CHAIN_ID"])
NATIVE = os.environ["DING_NATIVE"] == "1"
EVIDENCE = Web3.to_checksum_address("0x00000000000000000000000000000000000d0002")
MNEMONIC = "test test test test test test test test test test test junk"
ZERO = bytes(32)
LIMIT_S = 20

Account.enable_unaudited_hdwallet_features()


def artifact(name):
    return json.loads((Path(os.environ["DING_ARTIFACTS"]) / f"{name}.json").read_text())


def account(index):
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")


ABI = artifact("Counter")["abi"]


class Web3Test(unittest.TestCase):
    """One contract, one account; the tests run in order of their names and do not need it."""

    @classmethod
    def setUpClass(cls):
        cls.w3 = Web3(HTTPProvider(NAMED_URL))
        cls.me, cls.friend = account(3), account(7)
        factory = cls.w3.eth.contract(abi=ABI, bytecode=artifact("Counter")["bytecode"])
        cls.deployed = cls.wait(cls.send(factory.constructor(7)))
        cls.counter = cls.w3.eth.contract(address=cls.deployed["contractAddress"], abi=ABI)

    @classmethod
    def send(cls, function, by=None, **fields):
        """Builds, signs and sends; nonce, gas and fees are web3's choice unless given."""
        by = by or cls.me
        nonce = cls.w3.eth.get_transaction_count(by.address, "pending")
        built = function.build_transaction({"from": by.address, "nonce": nonce, "chainId": CHAIN_ID} | fields)
        return cls.w3.eth.send_raw_transaction(by.sign_transaction(built).raw_transaction)

    @classmethod
    def transfer(cls, by, to, value, **fields):
        nonce = cls.w3.eth.get_transaction_count(by.address, "pending")
        price = cls.w3.eth.gas_price
        fields = {"to": to, "value": value, "nonce": nonce, "gas": 21_000, "gasPrice": price, "chainId": CHAIN_ID} | fields
        return cls.w3.eth.send_raw_transaction(by.sign_transaction(fields).raw_transaction)

    @classmethod
    def wait(cls, tx_hash):
        return cls.w3.eth.wait_for_transaction_receipt(tx_hash, timeout=LIMIT_S, poll_latency=0.01)

    def increase(self, step, note, **fields):
        return self.send(self.counter.functions.increase(step, note), **fields)

    def test_the_network_is_the_one_of_the_genesis_file_at_the_root_and_under_its_name(self):
        self.assertTrue(self.w3.is_connected())
        self.assertEqual(self.w3.eth.chain_id, CHAIN_ID)
        self.assertEqual(Web3(HTTPProvider(URLS[0])).eth.chain_id, CHAIN_ID)
        self.assertRegex(self.w3.client_version, r"\w+/v\d")

    def test_a_compiled_contract_is_deployed(self):
        self.assertEqual(self.deployed["status"], 1)
        self.assertGreater(len(self.w3.eth.get_code(self.counter.address)), 100)
        self.assertGreaterEqual(self.counter.functions.value().call(), 7)

    def test_transactions_sent_one_after_the_other_without_waiting_all_get_in_in_order(self):
        before = self.counter.functions.value().call()
        sent = [self.increase(1, f"step {i}") for i in range(20)]
        receipts = [self.wait(tx_hash) for tx_hash in sent]
        places = [(receipt["blockNumber"], receipt["transactionIndex"]) for receipt in receipts]
        self.assertEqual(places, sorted(places))
        self.assertEqual(self.counter.functions.value().call(), before + 20)

    def test_the_pending_nonce_counts_what_was_just_sent(self):
        nonce = self.w3.eth.get_transaction_count(self.me.address, "pending")
        sent = self.increase(1, "nonce")
        self.assertEqual(self.w3.eth.get_transaction_count(self.me.address, "pending"), nonce + 1)
        self.wait(sent)
        self.assertEqual(self.w3.eth.get_transaction_count(self.me.address), nonce + 1)

    def test_logs_are_found_by_topics_by_block_range_and_by_block_hash(self):
        receipt = self.wait(self.increase(42, "look for me"))
        event = self.counter.events.Increased
        found = event.get_logs(from_block=receipt["blockNumber"], argument_filters={"by": self.me.address, "step": 42})[-1]
        self.assertEqual(found["transactionHash"], receipt["transactionHash"])
        self.assertEqual(found["args"]["note"], "look for me")
        self.assertEqual(event.get_logs(from_block=0, argument_filters={"by": self.friend.address}), [])
        self.assertTrue(event.get_logs(block_hash=receipt["blockHash"]))
        self.assertEqual(event.process_receipt(receipt, errors=STRICT)[0]["args"], found["args"])

    def test_a_filter_on_the_node_tells_new_events_and_no_old_ones(self):
        by_event = self.counter.events.Increased.create_filter(from_block="latest")
        by_block = self.w3.eth.filter("latest")
        receipt = self.wait(self.increase(3, "for the filter"))
        self.assertIn(receipt["transactionHash"], [log["transactionHash"] for log in by_event.get_new_entries()])
        self.assertEqual(by_event.get_new_entries(), [])
        self.assertIn(receipt["transactionHash"], [log["transactionHash"] for log in by_event.get_all_entries()])
        self.assertIn(receipt["blockHash"], by_block.get_new_entries())
        self.assertTrue(self.w3.eth.uninstall_filter(by_event.filter_id))

    def test_new_blocks_and_events_come_over_a_websocket(self):
        async def listen():
            async with AsyncWeb3(WebSocketProvider(URLS[0].replace("http", "ws", 1))) as w3:
                heads = await w3.eth.subscribe("newHeads")
                logs = await w3.eth.subscribe("logs", {"address": self.counter.address})
                receipt = await asyncio.to_thread(lambda: self.wait(self.increase(5, "live")))
                head = log = None
                async for message in w3.socket.process_subscriptions():
                    result = message["result"]
                    if message["subscription"] == heads and result["hash"] == receipt["blockHash"]:
                        head = result
                    if message["subscription"] == logs and result["transactionHash"] == receipt["transactionHash"]:
                        log = self.counter.events.Increased().process_log(result)
                    if head and log:
                        return receipt, head, log

        receipt, head, log = asyncio.run(asyncio.wait_for(listen(), LIMIT_S))
        self.assertEqual(head["number"], receipt["blockNumber"])
        self.assertEqual(log["args"]["note"], "live")

    def test_estimated_gas_is_enough_and_not_far_above_what_is_used(self):
        function = self.counter.functions.increase(9, "estimate")
        gas = function.estimate_gas({"from": self.me.address})
        receipt = self.wait(self.send(function, gas=gas))
        self.assertEqual(receipt["status"], 1)
        self.assertLessEqual(receipt["gasUsed"], gas)
        self.assertLessEqual(gas, receipt["gasUsed"] * 1.2)
        plain = {"from": self.me.address, "to": self.friend.address, "value": 1}
        self.assertEqual(self.w3.eth.estimate_gas(plain), 21_000)

    def test_a_custom_error_a_text_and_a_panic_are_decoded(self):
        selector = Web3.keccak(text="TooLarge(uint256,uint256)")[:4]
        data = "0x" + (selector + (101).to_bytes(32, "big") + (100).to_bytes(32, "big")).hex()
        too_large = self.counter.functions.increase(101, "")
        for attempt in (lambda: too_large.call({"from": self.me.address}), lambda: self.send(too_large)):
            with self.assertRaises(ContractCustomError) as caught:
                attempt()
            self.assertEqual(caught.exception.data, data)
        with self.assertRaises(ContractLogicError) as caught:
            self.counter.functions.refuse().call()
        self.assertIn("never this far", str(caught.exception))
        with self.assertRaises(ContractPanicError) as caught:
            self.counter.functions.overflow().call()
        self.assertIn("overflow", str(caught.exception))

    def test_a_transaction_that_reverts_is_final_with_status_0_and_changes_nothing(self):
        before = self.counter.functions.value().call()
        receipt = self.wait(self.increase(101, "", gas=100_000))
        self.assertEqual((receipt["status"], receipt["logs"]), (0, []))
        self.assertEqual(self.counter.functions.value().call(), before)

    def test_block_transaction_and_receipt_agree(self):
        receipt = self.wait(self.increase(4, "agree"))
        block = self.w3.eth.get_block(receipt["blockNumber"], full_transactions=True)
        self.assertEqual(block["hash"], receipt["blockHash"])
        transaction = self.w3.eth.get_transaction(receipt["transactionHash"])
        self.assertEqual(block["transactions"][receipt["transactionIndex"]], transaction)
        self.assertEqual(transaction["from"], self.me.address)
        self.assertEqual(self.counter.decode_function_input(transaction["input"])[1], {"step": 4, "note": "agree"})
        self.assertEqual(self.w3.eth.get_transaction_by_block(block["hash"], receipt["transactionIndex"]), transaction)
        self.assertEqual(self.w3.eth.get_block_transaction_count(block["number"]), len(block["transactions"]))
        self.assertIn(receipt, self.w3.eth.get_block_receipts(block["number"]))
        self.assertEqual(self.w3.eth.get_block(block["number"] - 1)["hash"], block["parentHash"])
        with self.assertRaises(TransactionNotFound):
            self.w3.eth.get_transaction(ZERO)
        with self.assertRaises(BlockNotFound):
            self.w3.eth.get_block(block["number"] + 1_000_000)

    def test_value_moves_between_accounts_and_into_a_contract_and_gas_costs_nothing(self):
        stranger = Account.create()
        before = self.w3.eth.get_balance(self.friend.address)
        receipt = self.wait(self.transfer(self.friend, stranger.address, 1_000))
        fee = receipt["gasUsed"] * receipt["effectiveGasPrice"]
        self.assertEqual(self.w3.eth.get_balance(stranger.address), 1_000)
        self.assertEqual(before - self.w3.eth.get_balance(self.friend.address), 1_000 + fee)
        if NATIVE:
            self.assertEqual(fee, 0)
            self.wait(self.transfer(stranger, self.friend.address, 1_000))
            self.assertEqual(self.w3.eth.get_balance(stranger.address), 0)
        paid = self.wait(self.transfer(self.friend, self.counter.address, 5, gas=60_000))
        self.assertEqual(len(self.counter.events.Paid().process_receipt(paid)), 1)

    def test_every_kind_of_envelope_is_accepted(self):
        price = self.w3.eth.gas_price
        access = [{"address": self.counter.address, "storageKeys": ["0x" + ZERO.hex()]}]
        kinds = {
            0: {"gasPrice": price},
            1: {"type": 1, "gasPrice": price, "accessList": access},
            2: {"type": 2, "maxFeePerGas": 2 * price, "maxPriorityFeePerGas": 0, "accessList": access},
        }
        for kind, fields in kinds.items():
            receipt = self.wait(self.increase(1, f"type {kind}", **fields))
            self.assertEqual((receipt["status"], receipt["type"]), (1, kind))

    def test_refusals_say_what_tools_look_for(self):
        with self.assertRaisesRegex(Web3RPCError, "nonce too low"):
            self.transfer(self.me, self.friend.address, 0, nonce=0)
        with self.assertRaisesRegex(Web3RPCError, "(?i)insufficient funds"):
            self.transfer(Account.create(), self.friend.address, 1)
        with self.assertRaisesRegex(Web3RPCError, "(?i)intrinsic gas"):
            self.transfer(self.me, self.friend.address, 0, gas=20_999)
        with self.assertRaisesRegex(Web3RPCError, "(?i)chain.?id"):
            self.transfer(self.me, self.friend.address, 0, chainId=CHAIN_ID + 1)

    def test_requests_in_a_batch_are_answered_in_order(self):
        with self.w3.batch_requests() as batch:
            batch.add(self.w3.eth.get_block("latest"))
            batch.add(self.counter.functions.value())
            batch.add(self.counter.functions.STEP_MAX())
            block, value, step = batch.execute()
        self.assertGreater(block["number"], 0)
        self.assertGreaterEqual(value, 7)
        self.assertEqual(step, 100)

    @unittest.skipUnless(NATIVE, "no native modules there")
    def test_a_native_module_is_called_directly_and_through_a_contract(self):
        evidence = self.w3.eth.contract(address=EVIDENCE, abi=artifact("IEvidence")["abi"])
        direct, through = os.urandom(32), os.urandom(32)
        deposit = lambda digest: evidence.functions.deposit(digest, ZERO, 0, ZERO, ZERO, ZERO)  # noqa: E731
        receipt = self.wait(self.send(deposit(direct)))
        event = evidence.events.Deposited().process_receipt(receipt, errors=STRICT)[0]
        self.assertEqual((event["args"]["digest"], event["args"]["depositor"]), (direct, self.me.address))
        record = evidence.functions.recordOf(direct).call()
        self.assertEqual(record[:2], (self.me.address, receipt["blockNumber"]))
        self.wait(self.send(self.counter.functions.deposit(through)))
        self.assertEqual(self.counter.functions.depositorOf(through).call(), self.counter.address)
        again = self.wait(self.send(deposit(through)))
        self.assertEqual(len(evidence.events.DepositedAgain().process_receipt(again, errors=STRICT)), 1)

    @unittest.skipUnless(NATIVE, "no native modules there")
    def test_the_errors_of_a_native_module_are_decoded_also_through_a_contract(self):
        evidence = self.w3.eth.contract(address=EVIDENCE, abi=artifact("IEvidence")["abi"])
        selector = "0x" + Web3.keccak(text="ZeroDigest()")[:4].hex()
        direct = evidence.functions.deposit(ZERO, ZERO, 0, ZERO, ZERO, ZERO)
        for function in (direct, self.counter.functions.deposit(ZERO)):
            with self.assertRaises(ContractCustomError) as caught:
                function.call({"from": self.me.address})
            self.assertEqual(caught.exception.data, selector)

    def test_all_members_give_the_same_receipts_and_logs(self):
        receipt = self.wait(self.increase(6, "everywhere"))
        logs = self.counter.events.Increased.get_logs(from_block=0, to_block=receipt["blockNumber"])
        for url in URLS[1:]:
            member = Web3(HTTPProvider(url))
            theirs = member.eth.wait_for_transaction_receipt(receipt["transactionHash"], LIMIT_S, 0.01)
            self.assertEqual(theirs, receipt)
            contract = member.eth.contract(address=self.counter.address, abi=ABI)
            found = contract.events.Increased.get_logs(from_block=0, to_block=receipt["blockNumber"])
            self.assertEqual(found, logs)


if __name__ == "__main__":
    unittest.main()
