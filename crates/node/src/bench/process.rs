//! What processes of this machine use: CPU time and peak memory, from `/proc`.

use super::client::Endpoint;
use std::{collections::BTreeSet, fs};

/// Clock ticks per second in `/proc`: `USER_HZ`, 100 on every architecture that Linux runs Rust on.
const TICKS_PER_SECOND: u64 = 100;

/// CPU time, user and system, of a process and all its threads, in microseconds.
pub(super) fn cpu_us(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    parse_cpu_us(&stat)
}

/// proc(5): after the name in parentheses, which may hold anything, fields 14 and 15 of the line.
fn parse_cpu_us(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(ticks * 1_000_000 / TICKS_PER_SECOND)
}

/// Most memory that a process ever held, in bytes (`VmHWM`).
pub(super) fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// Name of a process.
pub(super) fn name(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).map_or_else(|_| "?".into(), |name| name.trim().into())
}

/// Processes of this machine that listen where these endpoints are.
pub(super) fn listening(endpoints: &[Endpoint]) -> Vec<u32> {
    let local = |host: &str| matches!(host, "localhost" | "::1") || host.starts_with("127.");
    let ports: BTreeSet<u16> =
        endpoints.iter().filter(|endpoint| local(&endpoint.host)).map(|endpoint| endpoint.port).collect();
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).unwrap_or_default());
    let sockets: BTreeSet<String> = tables
        .iter()
        .flat_map(|table| listeners(table, &ports))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    if sockets.is_empty() {
        return Vec::new();
    }
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut found: Vec<u32> = pids.filter(|pid| holds(*pid, &sockets)).collect();
    found.sort_unstable();
    found
}

/// Inodes of the sockets in a table of proc(5) that listen (state 0A) on one of `ports`.
fn listeners(table: &str, ports: &BTreeSet<u16>) -> Vec<String> {
    let inode = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let (_, port) = fields.get(1)?.rsplit_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        let listens = *fields.get(3)? == "0A" && ports.contains(&port);
        listens.then(|| fields.get(9).map(|inode| (*inode).to_owned())).flatten()
    };
    table.lines().skip(1).filter_map(inode).collect()
}

fn holds(pid: u32, sockets: &BTreeSet<String>) -> bool {
    let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    open.flatten().any(|file| {
        fs::read_link(file.path())
            .is_ok_and(|target| target.to_str().is_some_and(|name| sockets.contains(name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_process_with_a_difficult_name_is_read() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 250 31 0 0 20 0 9 0 100 1 2";
        assert_eq!(parse_cpu_us(stat), Some(2_810_000));
    }

    #[test]
    fn this_process_is_found_by_the_port_it_listens_on() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint: Endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        assert_eq!(listening(&[endpoint]), [std::process::id()]);
        let elsewhere: Endpoint = "http://192.0.2.1:1".parse().unwrap();
        assert_eq!(listening(&[elsewhere]), [0u32; 0]);
    }

    #[test]
    fn this_process_has_a_name_cpu_time_and_memory() {
        let pid = std::process::id();
        assert!(cpu_us(pid).is_some() && peak_memory(pid).unwrap() > 100_000 && name(pid) != "?");
        assert_eq!((cpu_us(0), peak_memory(0)), (None, None));
    }
}
