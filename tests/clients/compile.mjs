// Compiles the contracts of the tests and every example with the `solc` of npm.
//
//   node compile.mjs <folder for the artifacts>
//
// Warnings fail too. The checked-in Token.bin must be what its source compiles to.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const here = dirname(fileURLToPath(import.meta.url));
const contracts = join(here, '../../contracts');
const folders = { tests: join(here, 'contracts'), examples: join(contracts, 'examples') };
const out = process.argv[2];

const sources = {};
for (const [name, folder] of Object.entries(folders)) {
  for (const file of readdirSync(folder).filter((file) => file.endsWith('.sol'))) {
    sources[`${name}/${file}`] = { content: readFileSync(join(folder, file), 'utf8') };
  }
}

const input = {
  language: 'Solidity',
  sources,
  settings: { optimizer: { enabled: true }, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
};

// Imports name `interfaces/…` as a project would that has contracts/ on its path.
const find = (path) => {
  try {
    return { contents: readFileSync(join(contracts, path.replace(/^(\.\.\/)+/, '')), 'utf8') };
  } catch (error) {
    return { error: String(error) };
  }
};

const output = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));
for (const { formattedMessage } of output.errors ?? []) console.error(formattedMessage);
if (output.errors?.length) process.exit(1);

mkdirSync(out, { recursive: true });
for (const [file, found] of Object.entries(output.contracts)) {
  for (const [name, { abi, evm }] of Object.entries(found)) {
    if (evm.bytecode.object === '' && !file.startsWith('interfaces/')) continue;
    writeFileSync(join(out, `${name}.json`), JSON.stringify({ abi, bytecode: `0x${evm.bytecode.object}` }, null, 1));
  }
}

const checkedIn = readFileSync(join(folders.examples, 'Token.bin'), 'utf8').trim();
const made = output.contracts['examples/Token.sol'].Token.evm.bytecode.object;
// The last 53 bytes or so are the metadata: a digest of paths and sources. The code is what counts.
const code = (bytecode) => bytecode.slice(0, -2 * (parseInt(bytecode.slice(-4), 16) + 2));
if (code(checkedIn) !== code(made)) {
  console.error('contracts/examples/Token.bin is not what Token.sol compiles to; make it again as its README says');
  process.exit(1);
}
console.log(`compiled with solc ${solc.version()}: ${Object.keys(sources).join(', ')}`);
