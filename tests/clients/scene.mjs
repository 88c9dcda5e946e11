// What the JavaScript suites share: where the ledger is, accounts, artifacts, waiting.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run tests/clients/run`);
  return value;
};

/** Doors of the ledger: the first is used, the others are asked whether they agree. */
export const urls = need('DING_URLS').split(',');
export const url = urls[0];
export const wsUrl = url.replace(/^http/, 'ws');
/** The same door under the name of its chain. */
export const named = need('DING_NAMED_URL');
export const chainId = Number(need('DING_CHAIN_ID'));
/** Whether the native modules are there; they are not when the suites are tried on another program. */
export const native = need('DING_NATIVE') === '1';

export const MNEMONIC = 'test test test test test test test test test test test junk';
export const EVIDENCE = '0x00000000000000000000000000000000000d0002';

export const artifact = (name) => JSON.parse(readFileSync(join(need('DING_ARTIFACTS'), `${name}.json`), 'utf8'));

/** Waits until `condition` gives something true, and returns that. */
export async function until(condition, what, withinMs = 20_000) {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

/** A digest that no other run deposits. */
export const freshDigest = () => `0x${randomBytes(32).toString('hex')}`;
