//! Who this chain is, how this member is doing, and what program it runs.

use crate::{Rpc, client_version as version, dispatch::METHODS, error::RpcError, json::Hex, params::Params};
use ding_chain::reader;
use ding_primitives::{Address, B256, Bytes, keccak256};
use serde::Serialize;
use std::collections::BTreeMap;

pub(crate) async fn client_version(_: &Rpc, params: Params<'_>) -> Result<String, RpcError> {
    params.none()?;
    Ok(version())
}

pub(crate) async fn sha3(_: &Rpc, params: Params<'_>) -> Result<B256, RpcError> {
    let data: Bytes = params.one("data")?;
    Ok(keccak256(data))
}

pub(crate) async fn network_version(rpc: &Rpc, params: Params<'_>) -> Result<String, RpcError> {
    params.none()?;
    Ok(rpc.reader().spec().chain_id.to_string())
}

pub(crate) async fn listening(_: &Rpc, params: Params<'_>) -> Result<bool, RpcError> {
    params.none()?;
    Ok(true)
}

pub(crate) async fn peer_count(rpc: &Rpc, params: Params<'_>) -> Result<Hex, RpcError> {
    params.none()?;
    Ok(rpc.reader().status().peers.into())
}

/// Method families and their versions, as other nodes tell them.
pub(crate) async fn modules(
    _: &Rpc,
    params: Params<'_>,
) -> Result<BTreeMap<&'static str, &'static str>, RpcError> {
    params.none()?;
    Ok(METHODS.iter().filter_map(|name| Some((name.split_once('_')?.0, "1.0"))).collect())
}

pub(crate) async fn chain_id(rpc: &Rpc, params: Params<'_>) -> Result<Hex, RpcError> {
    params.none()?;
    Ok(Hex(rpc.reader().spec().chain_id))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    starting_block: Hex,
    current_block: Hex,
    highest_block: Hex,
}

/// `false`, or how far this member is.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Syncing {
    No(bool),
    Yes(Progress),
}

impl Syncing {
    fn of(status: &reader::Status) -> Self {
        status.syncing().map_or(Self::No(false), |(current, highest)| {
            Self::Yes(Progress {
                starting_block: Hex(0),
                current_block: current.into(),
                highest_block: highest.into(),
            })
        })
    }
}

pub(crate) async fn syncing(rpc: &Rpc, params: Params<'_>) -> Result<Syncing, RpcError> {
    params.none()?;
    Ok(Syncing::of(&rpc.reader().status()))
}

/// This node holds no keys.
pub(crate) async fn accounts(_: &Rpc, params: Params<'_>) -> Result<[Address; 0], RpcError> {
    params.none()?;
    Ok([])
}

pub(crate) async fn mining(_: &Rpc, params: Params<'_>) -> Result<bool, RpcError> {
    params.none()?;
    Ok(false)
}

/// `ding_chain`: everything a stranger needs to recognise the chain again.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Chain {
    name: String,
    chain_id: Hex,
    /// With this key alone every proof of the chain can be checked.
    public_key: Bytes,
    genesis_hash: B256,
    timestamp_ms: Hex,
    members: Vec<Member>,
    /// Of so many members, this many may fail in any way.
    faults_tolerated: usize,
    gas_limit: Hex,
    development: bool,
    version: String,
}

#[derive(Debug, Serialize)]
struct Member {
    name: String,
    key: B256,
    /// `miner` of the blocks it proposed.
    address: Address,
}

pub(crate) async fn describe(rpc: &Rpc, params: Params<'_>) -> Result<Chain, RpcError> {
    params.none()?;
    let spec = rpc.reader().spec();
    Ok(Chain {
        name: spec.name.clone(),
        chain_id: Hex(spec.chain_id),
        public_key: rpc.reader().chain_key(),
        genesis_hash: rpc.reader().genesis_hash(),
        timestamp_ms: Hex(spec.timestamp_ms),
        members: spec
            .validators
            .iter()
            .map(|member| Member {
                name: member.name.clone(),
                key: member.key.0,
                address: member.key.address(),
            })
            .collect(),
        faults_tolerated: spec.validators.len().saturating_sub(1) / 3,
        gas_limit: Hex(spec.gas_limit),
        development: spec.development,
        version: version(),
    })
}

/// `ding_status`: how this member is doing.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    chain: String,
    member: Option<String>,
    height: Hex,
    hash: B256,
    timestamp_ms: Hex,
    highest: Hex,
    syncing: Syncing,
    peers: Hex,
    pool: PoolStatus,
    read_model: Option<ReadModelStatus>,
    version: String,
}

#[derive(Debug, Serialize)]
struct PoolStatus {
    pending: Hex,
    queued: Hex,
    bytes: Hex,
}

#[derive(Debug, Serialize)]
struct ReadModelStatus {
    /// Highest block it has rows of.
    height: Hex,
    /// Final blocks it has no rows of yet.
    behind: Hex,
}

pub(crate) async fn status(rpc: &Rpc, params: Params<'_>) -> Result<Status, RpcError> {
    params.none()?;
    let rows = rpc.query().map(|query| query.height());
    let head = rpc.reader().head();
    let status = rpc.reader().status();
    let pool = rpc.pool().status();
    let height = head.header.height;
    Ok(Status {
        chain: rpc.chain_name().to_owned(),
        height: height.into(),
        hash: head.header.hash(),
        timestamp_ms: Hex(head.header.timestamp_ms),
        highest: status.highest.max(height).into(),
        syncing: Syncing::of(&status),
        peers: status.peers.into(),
        member: status.member,
        pool: PoolStatus {
            pending: pool.pending.into(),
            queued: pool.queued.into(),
            bytes: pool.bytes.into(),
        },
        read_model: rows.map(|rows| ReadModelStatus {
            height: rows.into(),
            behind: Hex(height.get().saturating_sub(rows.get())),
        }),
        version: version(),
    })
}
