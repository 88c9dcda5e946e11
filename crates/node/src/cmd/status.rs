//! `ding status`: which chain a member serves and how the member is doing.

use crate::{
    client::{Chain, Client, Endpoint, NO_PARAMS, block_on},
    failure::Failure,
    text::{both_times, grouped, plural, say, say_json, table, time_json},
};
use alloy_primitives::U64;
use ding_primitives::B256;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Show how a member is doing.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding status                                  the member on this machine\n  ding status --watch                          a line a second, until Ctrl-C\n  ding status --rpc http://10.0.0.7:8545       another one\n  ding status --json | jq .height              for scripts"
)]
pub(crate) struct Args {
    #[command(flatten)]
    endpoint: Endpoint,
    /// Ask again and again, a line each time, until Ctrl-C.
    #[arg(long)]
    watch: bool,
    /// Seconds between two questions of --watch.
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    every: u64,
}

/// The answer of `ding_status`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    member: Option<String>,
    height: U64,
    hash: B256,
    timestamp_ms: U64,
    highest: U64,
    /// `false`, or how far the member is.
    syncing: Value,
    peers: U64,
    pool: Pool,
    read_model: Option<ReadModel>,
    version: String,
}

#[derive(Debug, Deserialize)]
struct Pool {
    pending: U64,
    queued: U64,
    bytes: U64,
}

#[derive(Debug, Deserialize)]
struct ReadModel {
    height: Option<U64>,
    behind: U64,
}

/// Runs the command.
///
/// # Errors
///
/// The member does not answer, or is of another kind of ledger.
pub(crate) fn run(args: Args, json: bool) -> Result<(), Failure> {
    let client = Client::new(&args.endpoint.rpc)?;
    block_on(async {
        let chain = client.chain().await?;
        if args.watch {
            return watch(&client, Duration::from_secs(args.every), json).await;
        }
        let status = client.call("ding_status", NO_PARAMS).await?;
        if json {
            say_json(&full_json(client.url(), &chain, &status))
        } else {
            say(&text(client.url(), &chain, &status))
        }
    })?
}

/// A line for each answer. A member that does not answer is told and asked again: that is when
/// people watch.
async fn watch(client: &Client, pause: Duration, json: bool) -> Result<(), Failure> {
    loop {
        let line = match client.call::<Status>("ding_status", NO_PARAMS).await {
            Ok(status) if json => status_json(&status).to_string(),
            Ok(status) => status.line(),
            Err(error) if json => json!({ "error": error.to_string() }).to_string(),
            Err(error) => error.to_string(),
        };
        say(&line)?;
        tokio::time::sleep(pause).await;
    }
}

impl Status {
    fn is_syncing(&self) -> bool {
        self.syncing != Value::Bool(false)
    }

    fn age_ms(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        u64::try_from(now).unwrap_or(u64::MAX).saturating_sub(self.timestamp_ms.to())
    }

    fn sync_text(&self) -> String {
        if !self.is_syncing() {
            return "in step".into();
        }
        let behind = self.highest.to::<u64>().saturating_sub(self.height.to());
        format!("catching up, {} blocks behind {}", grouped(behind), grouped(self.highest.to()))
    }

    fn line(&self) -> String {
        format!(
            "{}  height {}  age {}  peers {}  pool {} + {}  {}",
            crate::text::beijing(self.timestamp_ms.to()),
            self.height,
            age(self.age_ms()),
            self.peers,
            self.pool.pending,
            self.pool.queued,
            self.sync_text()
        )
    }
}

fn age(ms: u64) -> String {
    match ms / 1000 {
        0..=99 => format!("{}.{} s", ms / 1000, ms / 100 % 10),
        s @ 100..=5_999 => format!("{} min", s / 60),
        s => format!("{} h {} min", s / 3600, s / 60 % 60),
    }
}

fn text(url: &str, chain: &Chain, status: &Status) -> String {
    let members: Vec<&str> = chain.members.iter().map(|member| member.name.as_str()).collect();
    let mut about = format!("{}, chain id {}", chain.name, chain.chain_id);
    if chain.development {
        about.push_str(", for development: the test accounts sign, nothing is of value");
    }
    let faults = chain.faults_tolerated;
    let read_model = match &status.read_model {
        None => "none; look-ups by hash reach recent blocks only".into(),
        Some(ReadModel { behind, .. }) if behind.is_zero() => "in step".into(),
        Some(ReadModel { behind, .. }) => format!("{} blocks behind", grouped(behind.to())),
    };
    let rows = [
        ("chain", about),
        ("chain key", chain.public_key.to_string()),
        ("genesis", chain.genesis_hash.to_string()),
        ("members", format!("{}, of which {faults} may fail: {}", chain.members.len(), members.join(", "))),
        ("this member", status.member.clone().unwrap_or_else(|| "an observer".into())),
        ("height", format!("{}, {}", grouped(status.height.to()), status.sync_text())),
        (
            "last block",
            format!(
                "{} ago, {}\n{}",
                age(status.age_ms()),
                both_times(status.timestamp_ms.to()),
                status.hash
            ),
        ),
        ("peers", plural(status.peers.to(), "other member") + " connected"),
        (
            "pool",
            format!(
                "{} ready, {} waiting for a lower nonce, {} bytes",
                grouped(status.pool.pending.to()),
                grouped(status.pool.queued.to()),
                grouped(status.pool.bytes.to())
            ),
        ),
        ("read model", read_model),
        ("program", status.version.clone()),
    ];
    format!("{url}\n{}", table(&rows))
}

fn status_json(status: &Status) -> Value {
    json!({
        "member": status.member,
        "height": status.height.to::<u64>(),
        "hash": status.hash,
        "time": time_json(status.timestamp_ms.to()),
        "ageMs": status.age_ms(),
        "highest": status.highest.to::<u64>(),
        "syncing": status.is_syncing(),
        "peers": status.peers.to::<u64>(),
        "pool": {
            "pending": status.pool.pending.to::<u64>(),
            "queued": status.pool.queued.to::<u64>(),
            "bytes": status.pool.bytes.to::<u64>(),
        },
        "readModel": status.read_model.as_ref().map(|rows| json!({
            "height": rows.height.map(|height| height.to::<u64>()),
            "behind": rows.behind.to::<u64>(),
        })),
        "version": status.version,
    })
}

fn full_json(url: &str, chain: &Chain, status: &Status) -> Value {
    let mut value = status_json(status);
    let members = chain.members.iter().map(|member| json!({ "name": member.name, "key": member.key }));
    value["url"] = url.into();
    value["chain"] = json!({
        "name": chain.name,
        "chainId": chain.chain_id.to::<u64>(),
        "key": chain.public_key,
        "genesisHash": chain.genesis_hash,
        "development": chain.development,
        "members": members.collect::<Vec<_>>(),
        "faultsTolerated": chain.faults_tolerated,
    });
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Chain {
        serde_json::from_value(json!({
            "name": "harbour", "chainId": "0x539", "publicKey": format!("0x{}", "ab".repeat(96)),
            "genesisHash": B256::repeat_byte(7), "timestampMs": "0x1",
            "members": [{ "name": "port", "key": B256::repeat_byte(1), "address": "0x0000000000000000000000000000000000000001" }],
            "faultsTolerated": 0, "gasLimit": "0x1dcd6500", "development": true, "version": "ding/v0.1.0",
        }))
        .unwrap()
    }

    fn status(syncing: Value, highest: &str) -> Status {
        serde_json::from_value(json!({
            "chain": "harbour", "member": "port", "height": "0x1f", "hash": B256::repeat_byte(9),
            "timestampMs": "0x18d4a51280a", "highest": highest, "syncing": syncing, "peers": "0x3",
            "pool": { "pending": "0x5", "queued": "0x0", "bytes": "0x400" },
            "readModel": { "height": "0x1e", "behind": "0x1" }, "version": "ding/v0.1.0",
        }))
        .unwrap()
    }

    #[test]
    fn what_a_member_answers_is_shown_for_people_and_scripts() {
        let (chain, status) = (chain(), status(json!(false), "0x1f"));
        let shown = text("http://x", &chain, &status);
        for want in [
            "harbour, chain id 1337",
            "for development",
            "31, in step",
            "3 other members",
            "5 ready",
            "1 blocks behind",
        ] {
            assert!(shown.contains(want), "{want} is missing in\n{shown}");
        }
        let value = full_json("http://x", &chain, &status);
        assert_eq!((&value["height"], &value["chain"]["chainId"]), (&json!(31), &json!(1337)));
        assert_eq!((&value["syncing"], &value["readModel"]["behind"]), (&json!(false), &json!(1)));
    }

    #[test]
    fn a_member_that_catches_up_says_how_far_it_is() {
        let progress = json!({ "startingBlock": "0x0", "currentBlock": "0x1f", "highestBlock": "0x7d0" });
        let status = status(progress, "0x7d0");
        assert!(status.line().contains("catching up, 1 969 blocks behind 2 000"), "{}", status.line());
        assert_eq!(status_json(&status)["syncing"], json!(true));
    }

    #[test]
    fn ages_are_short() {
        assert_eq!([950, 99_900, 100_000, 7_260_000].map(age), ["0.9 s", "99.9 s", "1 min", "2 h 1 min"]);
    }
}
