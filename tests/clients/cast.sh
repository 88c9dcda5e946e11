#!/usr/bin/env bash
# cast, as its documentation uses it. The last line is `N passed, N failed`.
set -uo pipefail

URL=${DING_URLS%%,*}
export ETH_RPC_URL=$DING_NAMED_URL
export FOUNDRY_DISABLE_NIGHTLY_WARNING=1
# The fifth and the ninth account of the test mnemonic.
KEY=0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a
FRIEND_KEY=0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97
EVIDENCE=0x00000000000000000000000000000000000d0002
ZERO=0x0000000000000000000000000000000000000000000000000000000000000000
passed=0
failed=0
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT

# Runs one test: a sentence and a function, in a shell of its own where the first failure ends it.
check() {
  local out code
  # Not inside an `if`: there bash would not end a function at its first failure.
  out=$(set -eE; trap 'echo "failed at line $LINENO: $BASH_COMMAND"' ERR; "$2" 2>&1)
  code=$?
  if [ $code = 0 ]; then
    passed=$((passed + 1))
    echo "ok - $1"
  else
    failed=$((failed + 1))
    printf 'not ok - %s\n%s\n' "$1" "$out"
  fi
}

same() { [ "$1" = "$2" ] || { echo "got $1, want $2"; return 1; }; }
has() { grep -qi -- "$2" <<<"$1" || { echo "no \"$2\" in: $1"; return 1; }; }
json() { node -e 'let s="";process.stdin.on("data",d=>s+=d).on("end",()=>{let v=JSON.parse(s);for(const k of process.argv[1].split("."))v=v?.[k];console.log(typeof v==="object"?JSON.stringify(v):String(v))})' "$1"; }
# The first word: cast writes `42 [4.2e1]`.
word() { awk '{print $1; exit}'; }
# Polls a command until it succeeds, at most twenty seconds.
until_true() {
  local end=$((SECONDS + 20))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "not within 20 s: $*"; return 1; }
  done
}
send() { cast send --json --private-key "$KEY" "$@"; }
# The command must fail, and say this.
refused() {
  local want=$1 out
  shift
  if out=$("$@" 2>&1); then echo "accepted: $out"; return 1; fi
  has "$out" "$want"
}

ME=$(cast wallet address --private-key $KEY)
FRIEND=$(cast wallet address --private-key $FRIEND_KEY)
BYTECODE=$(json bytecode <"$DING_ARTIFACTS/Counter.json")
deployed=$(send --create "$BYTECODE" 'constructor(uint256)' 7) || echo "deployment failed: $deployed"
COUNTER=$(json contractAddress <<<"$deployed")
INCREASED='Increased(address indexed,uint256 indexed,uint256,string)'
value() { cast call "$COUNTER" 'value()(uint256)' | word; }
increase() { send "$COUNTER" 'increase(uint256,string)' "$@"; }

the_network() {
  same "$(cast chain-id)" "$DING_CHAIN_ID"
  same "$(cast chain-id --rpc-url "$URL")" "$DING_CHAIN_ID"
  has "$(cast client)" '/v[0-9]'
  [ "$(cast block-number)" -gt 0 ]
}
check 'the network is the one of the genesis file, at / and under its name' the_network

deployment() {
  same "$(json status <<<"$deployed")" 0x1
  [ "$(cast codesize "$COUNTER")" -gt 100 ]
  same "$(value)" 7
}
check 'a compiled contract is deployed' deployment

in_a_row() {
  local before nonce hashes=() i places receipt
  before=$(value)
  nonce=$(cast nonce --block pending "$ME")
  for i in $(seq 0 9); do
    # cast itself asks for the nonce of the last final block.
    hashes+=("$(cast send --async --nonce $((nonce + i)) --private-key $KEY "$COUNTER" 'increase(uint256,string)' 1 "step $i")")
  done
  same "$(cast nonce --block pending "$ME")" $((nonce + 10))
  for i in "${hashes[@]}"; do
    receipt=$(cast receipt --json "$i")
    same "$(json status <<<"$receipt")" 0x1
    places+="$(printf '%08d %08d' "$(json blockNumber <<<"$receipt")" "$(json transactionIndex <<<"$receipt")")"$'\n'
  done
  same "$places" "$(sort <<<"${places%$'\n'}")"$'\n'
  same "$(value)" $((before + 10))
  same "$(cast nonce "$ME")" $((nonce + 10))
}
check 'transactions sent one after the other without waiting all get in, in order, and the pending nonce counts them' in_a_row

logs() {
  local receipt block found topic
  receipt=$(increase 42 'look for me')
  block=$(json blockNumber <<<"$receipt" | cast to-dec)
  topic=$(cast to-uint256 42)
  found=$(cast logs --json --from-block "$block" --address "$COUNTER" "$INCREASED" "$ME" "$topic")
  same "$(json 0.transactionHash <<<"$found")" "$(json transactionHash <<<"$receipt")"
  has "$(cast decode-abi 'f()(uint256,string)' "$(json 0.data <<<"$found")")" 'look for me'
  same "$(cast logs --json --from-block 0 --address "$COUNTER" "$INCREASED" "$FRIEND")" '[]'
}
check 'logs are found by topics and block range' logs

filters() {
  local filter receipt changes
  filter=$(cast rpc eth_newFilter "{\"address\":\"$COUNTER\"}" | tr -d '"')
  receipt=$(increase 3 'for the filter')
  changes=$(cast rpc eth_getFilterChanges "$filter")
  same "$(json 0.transactionHash <<<"$changes")" "$(json transactionHash <<<"$receipt")"
  same "$(cast rpc eth_getFilterChanges "$filter")" '[]'
  same "$(cast rpc eth_uninstallFilter "$filter")" true
}
check 'a filter on the node tells new events and no old ones' filters

# Sends until the subscription shows an event, as there is no telling when it is in place.
live() {
  cast logs --subscribe --rpc-url "${URL/http/ws}" --address "$COUNTER" "$INCREASED" >"$work/live" 2>&1 &
  local listener=$!
  sent_and_seen() { increase 5 'live' >/dev/null && grep -q "$(cast keccak 'Increased(address,uint256,uint256,string)')" "$work/live"; }
  until_true sent_and_seen
  kill $listener
}
check 'events come over a WebSocket' live

gas() {
  local estimate used
  estimate=$(cast estimate --from "$ME" "$COUNTER" 'increase(uint256,string)' 9 estimate)
  used=$(increase 9 estimate --gas-limit "$estimate" | json gasUsed | cast to-dec)
  [ "$used" -le "$estimate" ]
  [ $((estimate * 5)) -le $((used * 6)) ]
  same "$(cast estimate --from "$ME" "$FRIEND" --value 1)" 21000
}
check 'estimated gas is enough and not far above what is used' gas

errors() {
  local data
  data=$(cast calldata 'TooLarge(uint256,uint256)' 101 100)
  refused "$data" cast call "$COUNTER" 'increase(uint256,string)' 101 ''
  refused 'revert' increase 101 ''
  refused 'never this far' cast call "$COUNTER" 'refuse()'
  refused '0x11\|overflow' cast call "$COUNTER" 'overflow()'
  has "$(cast decode-error --sig 'TooLarge(uint256,uint256)' "$data")" 101
}
check 'a custom error, a text and a panic are shown' errors

reverted() {
  local before hash
  before=$(value)
  hash=$(cast send --async --private-key $KEY --gas-limit 100000 "$COUNTER" 'increase(uint256,string)' 101 '')
  same "$(cast receipt --json "$hash" | json status)" 0x0
  same "$(value)" "$before"
}
check 'a transaction that reverts is final with status 0 and changes nothing' reverted

agree() {
  local receipt hash block
  receipt=$(increase 4 agree)
  hash=$(json transactionHash <<<"$receipt")
  block=$(cast block --json "$(json blockNumber <<<"$receipt")")
  same "$(json hash <<<"$block")" "$(json blockHash <<<"$receipt")"
  has "$block" "$hash"
  same "$(cast tx "$hash" from)" "$ME"
  same "$(cast tx "$hash" blockHash)" "$(json blockHash <<<"$receipt")"
  same "$(cast block "$(json blockHash <<<"$receipt")" --field number)" "$(json blockNumber <<<"$receipt" | cast to-dec)"
  [ "$(cast age "$(json blockNumber <<<"$receipt")" | wc -c)" -gt 10 ]
}
check 'block, transaction and receipt agree' agree

transfers() {
  local stranger before fee
  stranger=$(cast wallet new --json | json 0.address)
  before=$(cast balance "$FRIEND")
  fee=$(cast send --json --private-key $FRIEND_KEY "$stranger" --value 1000 | json effectiveGasPrice)
  same "$(cast balance "$stranger")" 1000
  if [ "$DING_NATIVE" = 1 ]; then
    same "$fee" 0x0
    same "$(cast balance "$FRIEND")" "$(node -p "(${before}n - 1000n).toString()")"
  fi
  same "$(cast send --json --private-key $FRIEND_KEY "$COUNTER" --value 5 | json status)" 0x1
  same "$(cast balance "$COUNTER")" 5
}
check 'value moves between accounts and into a contract, and gas costs nothing' transfers

envelopes() {
  same "$(increase 1 legacy --legacy | json type)" 0x0
  same "$(increase 1 listed --gas-price "$(cast gas-price)" --access-list "[{\"address\":\"$COUNTER\",\"storageKeys\":[\"$ZERO\"]}]" | json status)" 0x1
  same "$(increase 1 dynamic | json type)" 0x2
}
check 'every kind of envelope is accepted' envelopes

refusals() {
  refused 'nonce too low' cast send --async --private-key $KEY --nonce 0 --gas-limit 21000 "$FRIEND"
  refused 'insufficient funds' cast send --async --private-key "$(cast wallet new --json | json 0.private_key)" --nonce 0 --gas-limit 21000 --value 1 "$FRIEND"
}
check 'refusals say what tools look for' refusals

storage() {
  same "$(cast storage "$COUNTER" 0 | cast to-dec)" "$(value)"
  has "$(cast access-list "$COUNTER" 'value()')" "$COUNTER"
}
check 'storage is read and an access list is made' storage

if [ "$DING_NATIVE" = 1 ]; then
  DEPOSIT='deposit(bytes32,bytes32,uint8,bytes32,bytes32,bytes32)'
  native() {
    local direct through receipt
    direct=0x$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
    through=0x$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
    receipt=$(send "$EVIDENCE" "$DEPOSIT" "$direct" $ZERO 0 $ZERO $ZERO $ZERO)
    same "$(json status <<<"$receipt")" 0x1
    same "$(json logs.0.topics.1 <<<"$receipt")" "$direct"
    same "$(cast call "$COUNTER" 'depositorOf(bytes32)(address)' "$direct")" "$ME"
    send "$COUNTER" 'deposit(bytes32)' "$through" >/dev/null
    same "$(cast call "$COUNTER" 'depositorOf(bytes32)(address)' "$through" | tr A-F a-f)" "$(tr A-F a-f <<<"$COUNTER")"
  }
  check 'a native module is called directly and through a contract' native

  native_errors() {
    local data
    data=$(cast sig 'ZeroDigest()')
    refused "$data" cast call "$EVIDENCE" "$DEPOSIT" $ZERO $ZERO 0 $ZERO $ZERO $ZERO
    refused "$data" cast call "$COUNTER" 'deposit(bytes32)' $ZERO
  }
  check 'the errors of a native module are shown, also through a contract' native_errors
fi

everywhere() {
  local receipt hash member
  receipt=$(increase 6 everywhere)
  hash=$(json transactionHash <<<"$receipt")
  for member in ${DING_URLS//,/ }; do
    until_true cast receipt --rpc-url "$member" "$hash"
    same "$(cast receipt --json --rpc-url "$member" "$hash")" "$(cast receipt --json "$hash")"
  done
}
check 'all members give the same receipts' everywhere

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
