// ethers v6, as its documentation uses it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  Contract, ContractFactory, HDNodeWallet, JsonRpcProvider, Mnemonic, NonceManager, Wallet, WebSocketProvider,
  ZeroHash, isError,
} from 'ethers';
import { EVIDENCE, MNEMONIC, artifact, chainId, freshDigest, named, native, until, url, urls, wsUrl } from './scene.mjs';

const { abi, bytecode } = artifact('Counter');
const options = { pollingInterval: 20, cacheTimeout: -1 };
const provider = new JsonRpcProvider(url, undefined, options);
const account = (index) =>
  HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(MNEMONIC), `m/44'/60'/0'/0/${index}`).connect(provider);
const signer = account(1);
const friend = account(5);
let counter;

before(async () => {
  const factory = new ContractFactory(abi, bytecode, signer);
  counter = await (await factory.deploy(7n)).waitForDeployment();
});
after(() => provider.destroy());

/** The error that `promise` ends with. */
const failure = async (promise) => {
  const [outcome] = await Promise.allSettled([promise]);
  assert.equal(outcome.status, 'rejected', 'it was accepted');
  return outcome.reason;
};

test('the network is the one of the genesis file, at / and under its name', async () => {
  assert.equal((await provider.getNetwork()).chainId, BigInt(chainId));
  const other = new JsonRpcProvider(named, undefined, options);
  assert.equal((await other.getNetwork()).chainId, BigInt(chainId));
  other.destroy();
  assert.match(await provider.send('web3_clientVersion', []), /\w+\/v\d/);
});

test('a compiled contract is deployed', async () => {
  const receipt = await counter.deploymentTransaction().wait();
  assert.equal(receipt.status, 1);
  assert.equal(receipt.contractAddress, await counter.getAddress());
  assert.ok((await provider.getCode(counter)).length > 100);
  assert.equal(await counter.value(), 7n);
});

test('transactions sent one after the other without waiting all get in, in order', async () => {
  const before = await counter.value();
  const sent = [];
  for (let i = 0; i < 20; i += 1) sent.push(await counter.increase(1n, `step ${i}`));
  assert.deepEqual(sent.map((tx) => tx.nonce - sent[0].nonce), [...sent.keys()]);
  const receipts = await Promise.all(sent.map((tx) => tx.wait()));
  const places = receipts.map((receipt) => receipt.blockNumber * 100_000 + receipt.index);
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
  assert.equal(await counter.value(), before + 20n);
});

test('transactions sent all at once get in', async () => {
  const managed = counter.connect(new NonceManager(signer));
  const before = await counter.value();
  const sent = await Promise.all(Array.from({ length: 20 }, () => managed.increase(2n, 'at once', { gasLimit: 100_000 })));
  await Promise.all(sent.map((tx) => tx.wait()));
  assert.equal(await counter.value(), before + 40n);
});

test('the pending nonce counts what was just sent', async () => {
  const nonce = await signer.getNonce('pending');
  const sent = await counter.increase(1n, 'nonce');
  assert.equal(sent.nonce, nonce);
  assert.equal(await signer.getNonce('pending'), nonce + 1);
  await sent.wait();
  assert.equal(await signer.getNonce('latest'), nonce + 1);
});

test('logs are found by topics, by block range and by block hash', async () => {
  const receipt = await (await counter.increase(42n, 'look for me')).wait();
  const mine = counter.filters.Increased(signer.address, 42n);
  const found = (await counter.queryFilter(mine, receipt.blockNumber, 'latest')).at(-1);
  assert.equal(found.transactionHash, receipt.hash);
  assert.deepEqual(found.args.toArray().slice(0, 2), [signer.address, 42n]);
  assert.equal(found.args.note, 'look for me');
  assert.deepEqual(await counter.queryFilter(counter.filters.Increased(friend.address), 0, 'latest'), []);
  const byHash = await provider.getLogs({ address: await counter.getAddress(), blockHash: receipt.blockHash });
  assert.ok(byHash.some((log) => log.transactionHash === receipt.hash));
  assert.deepEqual(receipt.logs[0].topics, [...found.topics]);
});

test('a filter on the node tells new events and no old ones', async () => {
  const seen = [];
  await counter.on('Increased', (by, step, value, note) => seen.push(note));
  // The listener is in place once its filter is; the first event it tells shows that.
  await until(async () => {
    await (await counter.increase(1n, 'for the filter')).wait();
    return seen.length > 0;
  }, 'an event through a filter');
  assert.ok(seen.every((note) => note === 'for the filter'));
  await counter.removeAllListeners();
  const filter = await provider.send('eth_newFilter', [{ address: await counter.getAddress() }]);
  const sent = await (await counter.increase(3n, 'once')).wait();
  const changes = await until(async () => {
    const found = await provider.send('eth_getFilterChanges', [filter]);
    return found.length && found;
  }, 'changes of a filter');
  assert.deepEqual(changes.map((log) => log.transactionHash), [sent.hash]);
  assert.deepEqual(await provider.send('eth_getFilterChanges', [filter]), []);
  assert.equal(await provider.send('eth_uninstallFilter', [filter]), true);
});

test('new blocks and events come over a WebSocket', async () => {
  const socket = new WebSocketProvider(wsUrl);
  const blocks = [];
  const events = [];
  await socket.on('block', (number) => blocks.push(number));
  const listening = new Contract(await counter.getAddress(), abi, socket);
  await listening.on('Increased', (by, step, value, note, { log }) => events.push({ note, hash: log.transactionHash }));
  // `on` may return before the node has confirmed; a call answered after it shows that it has.
  assert.equal(await listening.value(), await counter.value());
  const receipt = await (await counter.connect(signer.connect(socket)).increase(5n, 'live')).wait();
  await until(() => events.some((event) => event.note === 'live'), 'an event over the WebSocket');
  assert.equal(events.find((event) => event.note === 'live').hash, receipt.hash);
  await until(() => blocks.some((number) => number >= receipt.blockNumber), 'a block over the WebSocket');
  assert.deepEqual(blocks, [...new Set(blocks)].sort((a, b) => a - b));
  await socket.destroy();
});

test('estimated gas is enough and not far above what is used', async () => {
  const estimate = await counter.increase.estimateGas(9n, 'estimate');
  const receipt = await (await counter.increase(9n, 'estimate', { gasLimit: estimate })).wait();
  assert.equal(receipt.status, 1);
  assert.ok(receipt.gasUsed <= estimate && estimate <= (receipt.gasUsed * 6n) / 5n, `${receipt.gasUsed} of ${estimate}`);
  assert.equal(await provider.estimateGas({ from: signer.address, to: friend.address, value: 1n }), 21_000n);
});

test('a custom error, a text and a panic are decoded', async () => {
  for (const call of [counter.increase.staticCall(101n, ''), counter.increase(101n, '')]) {
    const error = await failure(call);
    assert.ok(isError(error, 'CALL_EXCEPTION'), String(error));
    const { name, args } = counter.interface.parseError(error.data);
    assert.deepEqual([name, ...args], ['TooLarge', 101n, 100n]);
  }
  assert.equal((await failure(counter.increase.staticCall(101n, ''))).revert.name, 'TooLarge');
  assert.equal((await failure(counter.refuse())).reason, 'never this far');
  assert.match((await failure(counter.overflow())).reason, /OVERFLOW/);
});

test('a transaction that reverts is final with status 0 and changes nothing', async () => {
  const before = await counter.value();
  const sent = await counter.increase(101n, '', { gasLimit: 100_000 });
  const error = await failure(sent.wait());
  assert.ok(isError(error, 'CALL_EXCEPTION'), String(error));
  assert.equal(error.receipt.status, 0);
  assert.equal(error.receipt.logs.length, 0);
  assert.equal(await counter.value(), before);
});

test('block, transaction and receipt agree', async () => {
  const receipt = await (await counter.increase(4n, 'agree')).wait();
  const block = await provider.getBlock(receipt.blockNumber, true);
  const byHash = await provider.getBlock(receipt.blockHash);
  assert.equal(block.hash, receipt.blockHash);
  assert.equal(byHash.number, receipt.blockNumber);
  assert.equal(block.transactions[receipt.index], receipt.hash);
  const transaction = await provider.getTransaction(receipt.hash);
  assert.equal(transaction.from, signer.address);
  assert.equal(transaction.blockHash, block.hash);
  assert.equal(transaction.index, receipt.index);
  assert.deepEqual(counter.interface.parseTransaction(transaction).args.toArray(), [4n, 'agree']);
  assert.equal(block.prefetchedTransactions[receipt.index].hash, receipt.hash);
  assert.ok(receipt.gasUsed <= block.gasUsed);
  const parent = await provider.getBlock(receipt.blockNumber - 1);
  assert.equal(block.parentHash, parent.hash);
  assert.ok(block.timestamp >= parent.timestamp);
  assert.equal(await provider.getTransactionReceipt(ZeroHash), null);
  assert.equal(await provider.getBlock(receipt.blockNumber + 1_000_000), null);
});

test('value moves between accounts and into a contract, and gas costs nothing', async () => {
  const stranger = Wallet.createRandom();
  const before = await provider.getBalance(friend.address);
  const receipt = await (await friend.sendTransaction({ to: stranger.address, value: 1_000n })).wait();
  assert.equal(await provider.getBalance(stranger.address), 1_000n);
  assert.equal(before - (await provider.getBalance(friend.address)), 1_000n + receipt.fee);
  if (native) assert.equal(receipt.fee, 0n);
  const paid = await (await friend.sendTransaction({ to: await counter.getAddress(), value: 5n })).wait();
  assert.equal(counter.interface.parseLog(paid.logs[0]).name, 'Paid');
  assert.ok((await provider.getBalance(counter)) >= 5n);
});

test('every kind of envelope is accepted', async () => {
  const address = await counter.getAddress();
  for (const type of [0, 1, 2]) {
    const prices = type === 2 ? {} : { gasPrice: (await provider.getFeeData()).gasPrice };
    const accessList = type === 0 ? undefined : [{ address, storageKeys: [ZeroHash] }];
    const sent = await counter.increase(1n, `type ${type}`, { type, accessList, ...prices });
    const receipt = await sent.wait();
    assert.equal(receipt.type, type);
    assert.equal((await provider.getTransaction(sent.hash)).type, type);
  }
});

test('refusals are those that ethers knows by name', async () => {
  const send = (wallet, fields) =>
    wallet.connect(provider).sendTransaction({ to: friend.address, gasLimit: 21_000, ...fields });
  const low = await failure(send(signer, { nonce: 0 }));
  assert.ok(isError(low, 'NONCE_EXPIRED'), String(low));
  const poor = await failure(send(Wallet.createRandom(), { value: 1n }));
  assert.ok(isError(poor, 'INSUFFICIENT_FUNDS'), String(poor));
  const prices = { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
  const waiting = native ? Wallet.createRandom() : account(9);
  const fees = native ? prices : {};
  const nonce = (await provider.getTransactionCount(waiting.address)) + 3;
  await send(waiting, { nonce, ...fees });
  const cheap = await failure(send(waiting, { nonce, data: '0x01', gasLimit: 30_000, ...fees }));
  assert.ok(isError(cheap, 'REPLACEMENT_UNDERPRICED'), String(cheap));
});

test('a native module is called directly and through a contract', { skip: !native }, async () => {
  const evidence = new Contract(EVIDENCE, artifact('IEvidence').abi, signer);
  const [direct, through] = [freshDigest(), freshDigest()];
  const deposited = await (await evidence.deposit(direct, ZeroHash, 0, ZeroHash, ZeroHash, ZeroHash)).wait();
  const event = evidence.interface.parseLog(deposited.logs[0]);
  assert.equal(event.name, 'Deposited');
  assert.equal(event.args.digest, direct);
  const record = await evidence.recordOf(direct);
  assert.deepEqual([record.depositor, record.height], [signer.address, BigInt(deposited.blockNumber)]);
  const block = await provider.getBlock(deposited.blockNumber);
  assert.equal(Number(record.timestampMs / 1_000n), block.timestamp);
  await (await counter.deposit(through)).wait();
  assert.equal(await counter.depositorOf(through), await counter.getAddress());
  const again = await (await evidence.deposit(through, ZeroHash, 0, ZeroHash, ZeroHash, ZeroHash)).wait();
  assert.equal(evidence.interface.parseLog(again.logs[0]).name, 'DepositedAgain');
});

test('the errors of a native module are decoded, also through a contract', { skip: !native }, async () => {
  const evidence = new Contract(EVIDENCE, artifact('IEvidence').abi, signer);
  const direct = await failure(evidence.deposit(ZeroHash, ZeroHash, 0, ZeroHash, ZeroHash, ZeroHash));
  assert.equal(evidence.interface.parseError(direct.data).name, 'ZeroDigest');
  const kind = await failure(evidence.deposit.staticCall(freshDigest(), ZeroHash, 99, ZeroHash, ZeroHash, ZeroHash));
  assert.deepEqual([kind.revert.name, ...kind.revert.args], ['UnknownKind', 99n]);
  const through = await failure(counter.deposit(ZeroHash));
  assert.equal(evidence.interface.parseError(through.data).name, 'ZeroDigest');
});

test('all members give the same receipts and logs', async () => {
  const receipt = await (await counter.increase(6n, 'everywhere')).wait();
  for (const other of urls.slice(1)) {
    const member = new JsonRpcProvider(other, undefined, options);
    const ask = (from, method) => from.send(method, method.includes('Block') ? [receipt.blockHash, true] : [receipt.hash]);
    await until(() => ask(member, 'eth_getTransactionReceipt'), `the receipt at ${other}`);
    for (const method of ['eth_getTransactionReceipt', 'eth_getTransactionByHash', 'eth_getBlockByHash']) {
      assert.deepEqual(await ask(member, method), await ask(provider, method));
    }
    member.destroy();
  }
});
