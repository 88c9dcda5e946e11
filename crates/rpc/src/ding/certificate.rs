//! Certificates: the members' signature under a final block.

use crate::{
    Rpc,
    error::RpcError,
    json::{Hex, SignedHeaderJson},
    params::{Block, Params},
};
use alloy_primitives::FixedBytes;
use ding_light::{Certificate, certificate::SIGNATURE_BYTES};
use ding_primitives::{B256, Bytes, codes};
use serde::Serialize;

/// A certificate with its bytes and its fields.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateJson {
    encoded: Bytes,
    epoch: Hex,
    view: Hex,
    parent_view: Hex,
    block_hash: B256,
    signature: FixedBytes<SIGNATURE_BYTES>,
}

impl From<&Certificate> for CertificateJson {
    fn from(certificate: &Certificate) -> Self {
        Self {
            encoded: certificate.to_bytes().into(),
            epoch: Hex(certificate.epoch),
            view: Hex(certificate.view),
            parent_view: Hex(certificate.parent_view),
            block_hash: certificate.payload,
            signature: certificate.signature.into(),
        }
    }
}

/// `ding_getCertificate`: the block's header, those up to the certified one, and the certificate.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    number: Hex,
    hash: B256,
    chain_key: Bytes,
    headers: Vec<SignedHeaderJson>,
    certificate: CertificateJson,
}

pub(crate) async fn get(rpc: &Rpc, params: Params<'_>) -> Result<Answer, RpcError> {
    let block: Block = params.one("block")?;
    let latest = rpc.reader().head().header.height;
    let block = crate::eth::block::find(rpc, block)
        .await?
        .ok_or_else(|| RpcError::unknown_block("the block asked for", latest))?;
    let height = block.header.height;
    let certified = rpc.reader().certificate(height).await?.ok_or_else(|| {
        let why = if height.get() == 0 {
            "block 0 has no certificate: its hash is part of what members agree on beforehand".to_owned()
        } else {
            format!("the certificate of block {height} is not there yet or no longer; the latest final block is {latest}")
        };
        RpcError::new(codes::RESOURCE_NOT_FOUND, why)
    })?;
    let certificate = Certificate::from_bytes(&certified.certificate)
        .map_err(|error| RpcError::internal("reading the certificate", error))?;
    Ok(Answer {
        number: height.into(),
        hash: block.header.hash(),
        chain_key: rpc.reader().chain_key(),
        headers: certified.headers.iter().map(SignedHeaderJson::from).collect(),
        certificate: (&certificate).into(),
    })
}
