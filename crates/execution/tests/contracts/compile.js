// npm install solc@0.8.30 && node compile.js
// Writes the creation code of each contract beside its source, as one line of hex.
const fs = require('fs');
const solc = require('solc');

const names = ['Token', 'Prober'];
const sources = Object.fromEntries(names.map((n) => [`${n}.sol`, { content: fs.readFileSync(`${__dirname}/${n}.sol`, 'utf8') }]));
const settings = {
  evmVersion: 'osaka',
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
};
const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })));
for (const error of output.errors ?? []) console.error(error.formattedMessage);
for (const name of names) {
  fs.writeFileSync(`${__dirname}/${name}.hex`, output.contracts[`${name}.sol`][name].evm.bytecode.object + '\n');
}
