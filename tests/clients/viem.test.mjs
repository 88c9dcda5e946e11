// viem, as its documentation uses it.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  BaseError, ContractFunctionRevertedError, InsufficientFundsError, NonceTooLowError, createPublicClient,
  createWalletClient, decodeErrorResult, defineChain, http, keccak256, nonceManager, parseEventLogs, toHex, webSocket,
  zeroHash,
} from 'viem';
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { EVIDENCE, MNEMONIC, artifact, chainId, freshDigest, named, native, until, url, urls, wsUrl } from './scene.mjs';

const { abi, bytecode } = artifact('Counter');
const chain = defineChain({
  id: chainId,
  name: 'ding',
  nativeCurrency: { name: 'Unit', symbol: 'UNIT', decimals: 18 },
  rpcUrls: { default: { http: [named] } },
});
const client = createPublicClient({ chain, transport: http(), pollingInterval: 20, cacheTime: 0 });
const me = mnemonicToAccount(MNEMONIC, { addressIndex: 2 });
const friend = mnemonicToAccount(MNEMONIC, { addressIndex: 6 });
const wallet = createWalletClient({ chain, account: me, transport: http() });
let address;

const receiptOf = (hash) => client.waitForTransactionReceipt({ hash });
const write = (functionName, args, more = {}) =>
  wallet.writeContract({ address, abi, functionName, args, ...more });
const read = (functionName, args = []) => client.readContract({ address, abi, functionName, args });

before(async () => {
  const receipt = await receiptOf(await wallet.deployContract({ abi, bytecode, args: [7n] }));
  assert.equal(receipt.status, 'success');
  address = receipt.contractAddress;
});

/** The error that `promise` ends with. */
const failure = async (promise) => {
  const [outcome] = await Promise.allSettled([promise]);
  assert.equal(outcome.status, 'rejected', 'it was accepted');
  return outcome.reason;
};

/** What the contract reverted with, as viem decoded it. */
const revertOf = async (promise) => {
  const error = await failure(promise);
  assert.ok(error instanceof BaseError, String(error));
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  assert.ok(reverted, String(error));
  return reverted;
};

test('the network is the one of the genesis file, at / and under its name', async () => {
  assert.equal(await client.getChainId(), chainId);
  assert.equal(await createPublicClient({ transport: http(url) }).getChainId(), chainId);
});

test('a compiled contract is deployed', async () => {
  assert.ok((await client.getCode({ address })).length > 100);
  assert.equal(await read('value'), 7n);
});

test('transactions sent one after the other without waiting all get in, in order', async () => {
  const before = await read('value');
  const sent = [];
  for (let i = 0; i < 20; i += 1) sent.push(await write('increase', [1n, `step ${i}`]));
  const receipts = await Promise.all(sent.map(receiptOf));
  const places = receipts.map((receipt) => Number(receipt.blockNumber) * 100_000 + receipt.transactionIndex);
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
  assert.equal(await read('value'), before + 20n);
});

test('transactions sent all at once get in', async () => {
  const before = await read('value');
  const account = mnemonicToAccount(MNEMONIC, { addressIndex: 2, nonceManager });
  const sent = await Promise.all(
    Array.from({ length: 20 }, () => write('increase', [2n, 'at once'], { account, gas: 100_000n })),
  );
  await Promise.all(sent.map(receiptOf));
  assert.equal(await read('value'), before + 40n);
});

test('the pending nonce counts what was just sent', async () => {
  const nonceAt = (blockTag) => client.getTransactionCount({ address: me.address, blockTag });
  const nonce = await nonceAt('pending');
  const sent = await write('increase', [1n, 'nonce']);
  assert.equal(await nonceAt('pending'), nonce + 1);
  await receiptOf(sent);
  assert.equal(await nonceAt('latest'), nonce + 1);
  assert.equal(await nonceAt('finalized'), await nonceAt('safe'));
});

test('logs are found by topics, by block range and by block hash', async () => {
  const receipt = await receiptOf(await write('increase', [42n, 'look for me']));
  const find = (more) => client.getContractEvents({ address, abi, eventName: 'Increased', ...more });
  const found = (await find({ args: { by: me.address, step: [41n, 42n] }, fromBlock: receipt.blockNumber })).at(-1);
  assert.equal(found.transactionHash, receipt.transactionHash);
  assert.equal(found.args.note, 'look for me');
  assert.deepEqual(await find({ args: { by: friend.address }, fromBlock: 0n }), []);
  assert.ok((await client.getLogs({ address, blockHash: receipt.blockHash })).length >= 1);
  const [event] = parseEventLogs({ abi, logs: receipt.logs });
  assert.deepEqual(event.args, found.args);
});

test('a filter on the node tells new events and no old ones', async () => {
  const filter = await client.createContractEventFilter({ address, abi, eventName: 'Increased' });
  const blocks = await client.createBlockFilter();
  const receipt = await receiptOf(await write('increase', [3n, 'for the filter']));
  const changes = await until(async () => {
    const found = await client.getFilterChanges({ filter });
    return found.length && found;
  }, 'changes of a filter');
  assert.deepEqual(changes.map((log) => [log.transactionHash, log.args.note]), [[receipt.transactionHash, 'for the filter']]);
  assert.deepEqual(await client.getFilterChanges({ filter }), []);
  assert.ok((await client.getFilterLogs({ filter })).some((log) => log.transactionHash === receipt.transactionHash));
  assert.ok((await client.getFilterChanges({ filter: blocks })).includes(receipt.blockHash));
  assert.equal(await client.uninstallFilter({ filter }), true);
  assert.equal(await client.uninstallFilter({ filter }), false);
});

test('new blocks and events come over a WebSocket', async () => {
  const socket = createPublicClient({ chain, transport: webSocket(wsUrl) });
  const heads = [];
  const events = [];
  const failures = [];
  const stopHeads = socket.watchBlocks({ onBlock: (block) => heads.push(block), onError: (error) => failures.push(error) });
  const stopEvents = socket.watchContractEvent({
    address, abi, eventName: 'Increased', onLogs: (logs) => events.push(...logs), onError: (error) => failures.push(error),
  });
  // Both subscriptions are on their way before this call, so they are in place when it is answered.
  await socket.getBlockNumber();
  const receipt = await receiptOf(await write('increase', [5n, 'live']));
  await until(() => failures.length || events.length, 'an event over the WebSocket');
  assert.deepEqual([failures, events.map((log) => [log.args.note, log.transactionHash])], [[], [['live', receipt.transactionHash]]]);
  await until(() => heads.some((block) => block.hash === receipt.blockHash), 'a block over the WebSocket');
  heads.slice(1).forEach((block, i) => assert.equal(block.parentHash, heads[i].hash));
  stopHeads();
  stopEvents();
  (await socket.transport.getRpcClient()).close();
});

test('estimated gas is enough and not far above what is used', async () => {
  const gas = await client.estimateContractGas({ address, abi, functionName: 'increase', args: [9n, 'estimate'], account: me });
  const receipt = await receiptOf(await write('increase', [9n, 'estimate'], { gas }));
  assert.equal(receipt.status, 'success');
  assert.ok(receipt.gasUsed <= gas && gas <= (receipt.gasUsed * 6n) / 5n, `${receipt.gasUsed} of ${gas}`);
  assert.equal(await client.estimateGas({ account: me, to: friend.address, value: 1n }), 21_000n);
});

test('a custom error, a text and a panic are decoded', async () => {
  const simulate = (functionName, args = []) => client.simulateContract({ address, abi, functionName, args, account: me });
  for (const call of [simulate('increase', [101n, '']), write('increase', [101n, ''])]) {
    const { data } = await revertOf(call);
    assert.equal(data.errorName, 'TooLarge');
    assert.deepEqual(data.args, [101n, 100n]);
  }
  assert.equal((await revertOf(simulate('refuse'))).reason, 'never this far');
  assert.match((await revertOf(simulate('overflow'))).reason, /overflow/);
});

test('a transaction that reverts is final with status 0 and changes nothing', async () => {
  const before = await read('value');
  const receipt = await receiptOf(await write('increase', [101n, ''], { gas: 100_000n }));
  assert.equal(receipt.status, 'reverted');
  assert.deepEqual(receipt.logs, []);
  assert.equal(await read('value'), before);
});

test('block, transaction and receipt agree', async () => {
  const hash = await write('increase', [4n, 'agree']);
  const receipt = await receiptOf(hash);
  const block = await client.getBlock({ blockNumber: receipt.blockNumber, includeTransactions: true });
  assert.equal(block.hash, receipt.blockHash);
  assert.equal((await client.getBlock({ blockHash: block.hash })).number, receipt.blockNumber);
  assert.equal(block.transactions[receipt.transactionIndex].hash, hash);
  const transaction = await client.getTransaction({ hash });
  assert.equal(transaction.from, me.address.toLowerCase());
  assert.deepEqual(transaction, block.transactions[receipt.transactionIndex]);
  assert.equal(keccak256(await client.request({ method: 'eth_getRawTransactionByHash', params: [hash] }).catch(() => wallet.signTransaction({ ...transaction, data: transaction.input }))), hash);
  assert.equal(await client.getBlockTransactionCount({ blockNumber: block.number }), block.transactions.length);
  const parent = await client.getBlock({ blockNumber: block.number - 1n });
  assert.equal(block.parentHash, parent.hash);
  assert.equal((await client.getBlock({ blockTag: 'finalized' })).number >= block.number || !native, true);
});

test('value moves between accounts and into a contract, and gas costs nothing', async () => {
  const stranger = privateKeyToAccount(generatePrivateKey());
  const balance = (of) => client.getBalance({ address: of });
  const theirs = createWalletClient({ chain, account: friend, transport: http() });
  const before = await balance(friend.address);
  const receipt = await receiptOf(await theirs.sendTransaction({ to: stranger.address, value: 1_000n }));
  assert.equal(await balance(stranger.address), 1_000n);
  const fee = receipt.gasUsed * receipt.effectiveGasPrice;
  assert.equal(before - (await balance(friend.address)), 1_000n + fee);
  if (native) {
    assert.equal(fee, 0n);
    const poor = createWalletClient({ chain, account: stranger, transport: http() });
    const back = await receiptOf(await poor.sendTransaction({ to: friend.address, value: 1_000n }));
    assert.equal(back.status, 'success');
    assert.equal(await balance(stranger.address), 0n);
  }
  const paid = await receiptOf(await theirs.sendTransaction({ to: address, value: 5n }));
  assert.equal(parseEventLogs({ abi, logs: paid.logs })[0].eventName, 'Paid');
});

test('every kind of envelope is accepted', async () => {
  const gasPrice = await client.getGasPrice();
  const accessList = [{ address, storageKeys: [zeroHash] }];
  const kinds = { legacy: { gasPrice }, eip2930: { gasPrice, accessList }, eip1559: { accessList } };
  for (const [type, more] of Object.entries(kinds)) {
    const receipt = await receiptOf(await write('increase', [1n, type], { type, ...more }));
    assert.deepEqual([receipt.status, receipt.type], ['success', type]);
  }
});

test('an access list is made for a call', async () => {
  const { accessList, gasUsed } = await client.createAccessList({ account: me, to: address, data: '0x3fa4f245' });
  assert.deepEqual(accessList, [{ address, storageKeys: [zeroHash] }]);
  assert.ok(gasUsed > 21_000n);
});

test('refusals are those that viem knows by name', async () => {
  const send = (account, more) =>
    createWalletClient({ chain, account, transport: http() }).sendTransaction({ to: friend.address, gas: 21_000n, ...more });
  const low = await failure(send(me, { nonce: 0 }));
  assert.ok(low.walk((cause) => cause instanceof NonceTooLowError), String(low));
  const poor = await failure(send(privateKeyToAccount(generatePrivateKey()), { value: 1n }));
  assert.ok(poor.walk((cause) => cause instanceof InsufficientFundsError), String(poor));
});

test('requests in a batch are answered one by one', async () => {
  const batched = createPublicClient({ chain, transport: http(url, { batch: true }) });
  const [number, balance, value, wrong] = await Promise.allSettled([
    batched.getBlockNumber(),
    batched.getBalance({ address: me.address }),
    batched.readContract({ address, abi, functionName: 'value' }),
    batched.request({ method: 'eth_noSuchMethod', retryCount: 0 }),
  ]);
  assert.ok(number.value > 0n && balance.value > 0n && value.value > 0n);
  assert.equal(wrong.status, 'rejected');
});

test('a native module is called directly and through a contract', { skip: !native }, async () => {
  const evidence = { address: EVIDENCE, abi: artifact('IEvidence').abi };
  const deposit = (digest) =>
    wallet.writeContract({ ...evidence, functionName: 'deposit', args: [digest, zeroHash, 0, zeroHash, zeroHash, zeroHash] });
  const recordOf = (digest) => client.readContract({ ...evidence, functionName: 'recordOf', args: [digest] });
  const [direct, through] = [freshDigest(), freshDigest()];
  const receipt = await receiptOf(await deposit(direct));
  const [event] = parseEventLogs({ abi: evidence.abi, logs: receipt.logs });
  assert.deepEqual([event.eventName, event.args.digest, event.args.depositor], ['Deposited', direct, me.address]);
  const record = await recordOf(direct);
  assert.deepEqual([record.depositor, record.height], [me.address, receipt.blockNumber]);
  await receiptOf(await write('deposit', [through]));
  assert.equal((await read('depositorOf', [through])).toLowerCase(), address.toLowerCase());
  const again = await receiptOf(await deposit(through));
  assert.equal(parseEventLogs({ abi: evidence.abi, logs: again.logs })[0].eventName, 'DepositedAgain');
});

test('the errors of a native module are decoded, also through a contract', { skip: !native }, async () => {
  const evidence = { address: EVIDENCE, abi: artifact('IEvidence').abi };
  const args = [zeroHash, zeroHash, 0, zeroHash, zeroHash, zeroHash];
  const direct = await revertOf(client.simulateContract({ ...evidence, functionName: 'deposit', args, account: me }));
  assert.equal(direct.data.errorName, 'ZeroDigest');
  const through = await revertOf(client.simulateContract({ address, abi, functionName: 'deposit', args: [zeroHash], account: me }));
  assert.equal(decodeErrorResult({ abi: evidence.abi, data: through.raw }).errorName, 'ZeroDigest');
});

test('all members give the same receipts and logs', async () => {
  const receipt = await receiptOf(await write('increase', [6n, 'everywhere']));
  for (const other of urls.slice(1)) {
    const member = createPublicClient({ chain, transport: http(other), pollingInterval: 20 });
    const theirs = await member.waitForTransactionReceipt({ hash: receipt.transactionHash });
    assert.deepEqual(theirs, receipt);
    const query = { address, abi, eventName: 'Increased', fromBlock: 0n, toBlock: receipt.blockNumber };
    assert.deepEqual(await member.getContractEvents(query), await client.getContractEvents(query));
  }
  assert.equal(toHex(chainId), await client.request({ method: 'eth_chainId' }));
});
