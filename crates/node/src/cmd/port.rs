//! A development member in the process of a test, with a real ledger behind a real port.

use super::init::{Plan, write_network};
use crate::{
    config::Home,
    start::{Member, Options},
};
use std::{fs, net::TcpListener, path::PathBuf, time::Duration};
use tokio::sync::watch;

/// What one test waits for the member.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running member; stopped and removed at the end.
pub(in crate::cmd) struct Port {
    pub(in crate::cmd) url: String,
    stop: watch::Sender<bool>,
    member: Option<Member>,
    folder: PathBuf,
}

impl Port {
    /// Starts a new development chain.
    pub(in crate::cmd) fn open(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ding-port-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        write_network(&Plan {
            members: 1,
            dir: folder.clone(),
            name: "port".into(),
            chain_id: 1337,
            hosts: vec!["127.0.0.1".into()],
            http_port: 8545,
            p2p_port: 0,
            development: true,
            cache_mib: 8,
            listen_all: false,
        })
        .unwrap();
        let mut home = Home::open(&folder.join("member-1")).unwrap();
        home.settings.http = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let options = Options { workers: 2, parallelism: 1, await_first_block: true };
        let mut member = Member::spawn(home, options, stopped);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let up = runtime.block_on(async { tokio::time::timeout(PATIENCE, member.ready()).await });
        let up = up.expect("a member is up within its time").expect("the member starts");
        Self { url: format!("http://{}", up.http), stop, member: Some(member), folder }
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        let ended = self.member.take().map(Member::join);
        let _ = fs::remove_dir_all(&self.folder);
        if !std::thread::panicking() {
            ended.expect("a member").unwrap();
        }
    }
}
