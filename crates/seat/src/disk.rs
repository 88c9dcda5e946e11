//! A member's disk: what was synced survives a crash, what was not may be lost or torn.
//!
//! Every write is seen at once by whoever reads the open file, and is durable only after a sync. A
//! crash throws the unsynced writes onto the table and keeps some of them: none, all, the first
//! few, or any bytes of any of them, as the contract of [`Blob`] allows. While the member runs, the
//! disk can fail, be full, be slow, or read a wrong bit; while it is down, bits can rot.

use crate::{dice::Dice, events::BEGIN};
use commonware_runtime::{
    Blob, BlobVersion, BufMut as _, Clock as _, Error, Handle, IoBufs, IoBufsMut, ReadOptions, Storage,
    WriteOptions, deterministic,
};
use commonware_utils::sync::Mutex;
use ding_primitives::planted::{self, Planted};
use std::{
    collections::BTreeMap,
    io,
    ops::RangeInclusive,
    sync::{Arc, Weak},
    time::{Duration, UNIX_EPOCH},
};

/// What is wrong with a disk just now. Rates are per thousand operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Reads fail.
    pub read_errors: u64,
    /// Writes and resizes fail, some of them half done.
    pub write_errors: u64,
    /// Syncs fail.
    pub sync_errors: u64,
    /// Reads come back with one bit flipped.
    pub flips: u64,
    /// Nothing more fits.
    pub full: bool,
    /// Each sync takes this long, milliseconds.
    pub sync_ms: u64,
    /// Each read takes this long, milliseconds.
    pub read_ms: u64,
}

/// What a crash leaves of the writes that were not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// Nothing.
    Lost,
    /// Everything.
    Kept,
    /// The first few, the last of them in part.
    Prefix,
    /// Any of them, any bytes.
    Torn,
}

#[derive(Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Resize(usize),
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => put(content, *offset, bytes),
            Self::Resize(length) => content.resize(*length, 0),
        }
    }
}

fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    if let Some(place) = content.get_mut(offset..end) {
        place.copy_from_slice(bytes);
    }
}

#[derive(Debug, Default)]
struct File {
    /// What the open file shows.
    live: Vec<u8>,
    /// What survives everything.
    durable: Vec<u8>,
    /// What lies between the two, in order; with each, whether it is durable already.
    pending: Vec<(Change, bool)>,
}

impl File {
    fn sync(&mut self) {
        for (change, _) in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// A sync failed: some of what it was to make durable counts as written from now on and is not, as
    /// where the system drops the pages that it could not write. A later sync has nothing to do with
    /// them; they are seen until power is cut.
    fn fail_sync(&mut self, dice: &mut Dice) {
        self.pending.retain(|(_, durable)| *durable || dice.chance(500));
    }

    fn crash(&mut self, crash: Crash, dice: &mut Dice) {
        let pending = core::mem::take(&mut self.pending);
        let first_few = match crash {
            Crash::Lost => 0,
            Crash::Prefix => dice.index(pending.len() + 1),
            Crash::Kept | Crash::Torn => pending.len(),
        };
        for (index, (change, durable)) in pending.iter().enumerate() {
            match crash {
                // Again, over what came before it.
                _ if *durable => change.apply(&mut self.durable),
                Crash::Lost => {}
                Crash::Kept => change.apply(&mut self.durable),
                Crash::Prefix if index < first_few => change.apply(&mut self.durable),
                Crash::Prefix if index == first_few => tear(change, &mut self.durable, dice),
                Crash::Prefix => {}
                Crash::Torn => match dice.below(3) {
                    0 => {}
                    1 => change.apply(&mut self.durable),
                    _ => tear(change, &mut self.durable, dice),
                },
            }
        }
        self.live = self.durable.clone();
    }
}

/// Keeps the beginning of a write, or pieces of it.
fn tear(change: &Change, content: &mut Vec<u8>, dice: &mut Dice) {
    let Change::Write { offset, bytes } = change else { return };
    if dice.chance(500) {
        let kept = dice.index(bytes.len() + 1);
        put(content, *offset, bytes.get(..kept).unwrap_or_default());
        return;
    }
    let piece = usize::try_from(dice.between(1, 512)).unwrap_or(1);
    for (index, part) in bytes.chunks(piece).enumerate() {
        if dice.chance(500) {
            put(content, *offset + index * piece, part);
        }
    }
}

struct Entry {
    version: BlobVersion,
    file: Arc<Mutex<File>>,
    /// The one open handle, while it lives.
    open: Weak<()>,
}

struct State {
    partitions: BTreeMap<String, BTreeMap<Vec<u8>, Entry>>,
    trouble: Trouble,
    dice: Dice,
    /// Which start of the member may touch the files. Handles of earlier starts are dead.
    mount: u64,
    /// What went wrong by this disk's doing since the member started.
    done: Vec<Done>,
    /// Whether something was wrong with it since the member started.
    troubled: bool,
    /// Whether bits of it rotted, or were read wrong, since it was new: a start repairs what it reads, so
    /// a bit that was read wrong once may be wrong for good.
    spoiled: bool,
}

/// Something that went wrong by a disk's doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// When, milliseconds since the world began.
    pub at_ms: u64,
    /// What, in words.
    pub what: String,
    /// Of which kind.
    pub how: How,
}

/// How an operation went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It gave an error, and is no sync.
    Failed,
    /// A sync gave an error: what it was to make durable may be gone with the power.
    FailedSync,
    /// It gave wrong bytes, and no error.
    Wrong,
}

impl State {
    /// Notes an operation that went wrong.
    fn note(&mut self, clock: &deterministic::Context, how: How, what: String) {
        self.done.push(Done { at_ms: now_ms(clock), what, how });
    }
}

fn now_ms(clock: &deterministic::Context) -> u64 {
    let since = clock.current().duration_since(UNIX_EPOCH + BEGIN).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The disk of one member. It outlives the member's crashes.
pub struct Disk {
    state: Mutex<State>,
    /// Only to wait on.
    clock: deterministic::Context,
}

impl core::fmt::Debug for Disk {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Disk").field("trouble", &self.state.lock().trouble).finish_non_exhaustive()
    }
}

/// One start's access to a disk.
#[derive(Clone, Debug)]
pub struct Mount {
    disk: Arc<Disk>,
    mount: u64,
}

fn failure(kind: io::ErrorKind, what: &str) -> Error {
    Error::from(io::Error::new(kind, what))
}

impl Disk {
    /// An empty disk.
    pub fn new(clock: deterministic::Context, dice: Dice) -> Self {
        let state = State {
            partitions: BTreeMap::new(),
            trouble: Trouble::default(),
            dice,
            mount: 0,
            done: Vec::new(),
            troubled: false,
            spoiled: false,
        };
        Self { state: Mutex::new(state), clock }
    }

    /// Gives a member that starts access to the files; whoever had it before has it no more.
    pub fn mount(self: &Arc<Self>) -> Mount {
        let mut state = self.state.lock();
        state.mount += 1;
        state.done.clear();
        state.troubled = state.trouble != Trouble::default();
        Mount { disk: self.clone(), mount: state.mount }
    }

    /// Power is cut.
    pub fn crash(&self, crash: Crash) {
        let state = &mut *self.state.lock();
        state.mount += 1;
        for entry in state.partitions.values_mut().flat_map(|partition| partition.values_mut()) {
            entry.file.lock().crash(crash, &mut state.dice);
            entry.open = Weak::new();
        }
    }

    /// From now on this is wrong with it.
    pub fn set_trouble(&self, trouble: Trouble) {
        let mut state = self.state.lock();
        state.trouble = trouble;
        state.troubled |= trouble != Trouble::default();
    }

    /// What went wrong by the disk's doing since the member started.
    pub fn done(&self) -> Vec<Done> {
        self.state.lock().done.clone()
    }

    /// Whether nothing was wrong with it since the member started, and nothing of what is on it is.
    pub fn is_sound(&self) -> bool {
        let state = self.state.lock();
        !state.troubled && !state.spoiled
    }

    /// Flips up to `bits` bits of what is durable, while the member is down. Says where.
    pub fn rot(&self, bits: u64) -> Vec<String> {
        let state = &mut *self.state.lock();
        let mut places = Vec::new();
        for _ in 0..bits {
            let total: usize = state
                .partitions
                .values()
                .flat_map(BTreeMap::values)
                .map(|entry| entry.file.lock().durable.len())
                .sum();
            let mut at = state.dice.index(total);
            let bit = state.dice.below(8);
            for (partition, files) in &state.partitions {
                for (name, entry) in files {
                    let file = &mut *entry.file.lock();
                    if let Some(byte) = file.durable.get_mut(at) {
                        *byte ^= 1 << bit;
                        file.live = file.durable.clone();
                        places.push(format!("{partition}/{} byte {at} bit {bit}", text(name)));
                        at = usize::MAX;
                    } else if at != usize::MAX {
                        at -= file.durable.len();
                    }
                }
            }
        }
        state.spoiled |= !places.is_empty();
        places
    }

    /// A new disk is put in.
    pub fn wipe(&self) {
        let mut state = self.state.lock();
        state.mount += 1;
        state.partitions.clear();
        state.spoiled = false;
    }

    /// Bytes on it.
    pub fn size(&self) -> usize {
        let state = self.state.lock();
        state.partitions.values().flat_map(BTreeMap::values).map(|entry| entry.file.lock().live.len()).sum()
    }
}

fn text(name: &[u8]) -> String {
    name.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Mount {
    /// The state, if this start may still touch it.
    fn enter<R>(&self, work: impl FnOnce(&mut State) -> Result<R, Error>) -> Result<R, Error> {
        let mut state = self.disk.state.lock();
        if state.mount != self.mount {
            return Err(failure(io::ErrorKind::BrokenPipe, "the member crashed"));
        }
        work(&mut state)
    }

    async fn wait(&self, ms: u64) {
        if ms > 0 {
            self.disk.clock.sleep(Duration::from_millis(ms)).await;
        }
    }
}

impl Storage for Mount {
    type Blob = OpenFile;

    async fn open_versioned(
        &self,
        partition: &str,
        name: &[u8],
        versions: RangeInclusive<BlobVersion>,
    ) -> Result<(OpenFile, u64, BlobVersion), Error> {
        let sound = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if partition.is_empty() || !partition.chars().all(sound) {
            return Err(Error::PartitionNameInvalid(partition.into()));
        }
        self.enter(|state| {
            let files = state.partitions.entry(partition.into()).or_default();
            if !files.contains_key(name) {
                if state.trouble.full {
                    let what = format!("no room for file {partition}/{}", text(name));
                    state.note(&self.disk.clock, How::Failed, what);
                    return Err(failure(io::ErrorKind::StorageFull, "no space left on device"));
                }
                let file = Arc::new(Mutex::new(File::default()));
                files.insert(name.into(), Entry { version: *versions.end(), file, open: Weak::new() });
            }
            let entry = files.get_mut(name).expect("just put there");
            if !versions.contains(&entry.version) {
                return Err(Error::BlobVersionMismatch { expected: versions.clone(), found: entry.version });
            }
            if entry.open.strong_count() > 0 {
                return Err(Error::BlobAlreadyOpen(partition.into(), text(name)));
            }
            let open = Arc::new(());
            entry.open = Arc::downgrade(&open);
            let length = entry.file.lock().live.len() as u64;
            let place = format!("{partition}/{}", text(name));
            let file = OpenFile { mount: self.clone(), file: entry.file.clone(), place, _open: open };
            Ok((file, length, entry.version))
        })
    }

    async fn remove(&self, partition: &str, name: Option<&[u8]>) -> Result<(), Error> {
        self.enter(|state| {
            let Some(name) = name else {
                let removed = state.partitions.remove(partition);
                return removed.map(drop).ok_or(Error::PartitionMissing(partition.into()));
            };
            let files =
                state.partitions.get_mut(partition).ok_or(Error::PartitionMissing(partition.into()))?;
            let removed = files.remove(name);
            removed.map(drop).ok_or(Error::BlobMissing(partition.into(), text(name)))
        })
    }

    async fn scan(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        self.enter(|state| {
            let files = state.partitions.get(partition).ok_or(Error::PartitionMissing(partition.into()))?;
            Ok(files.keys().cloned().collect())
        })
    }
}

/// A file that a member has open.
pub struct OpenFile {
    mount: Mount,
    file: Arc<Mutex<File>>,
    place: String,
    _open: Arc<()>,
}

impl OpenFile {
    async fn flush(&self) -> Result<(), Error> {
        let wait = self.mount.enter(|state| Ok(state.trouble.sync_ms))?;
        // What is asked for now is what was written until now; what comes meanwhile may wait.
        self.mount.wait(wait).await;
        self.mount.enter(|state| {
            if state.trouble.sync_errors > 0 && state.dice.chance(state.trouble.sync_errors) {
                state.note(&self.mount.disk.clock, How::FailedSync, format!("sync of {} failed", self.place));
                self.file.lock().fail_sync(&mut state.dice);
                return Err(failure(io::ErrorKind::Other, "input/output error"));
            }
            self.file.lock().sync();
            Ok(())
        })
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, Error> {
        let wait = self.mount.enter(|state| Ok(state.trouble.read_ms))?;
        self.mount.wait(wait).await;
        self.mount.enter(|state| {
            let start = usize::try_from(offset).map_err(|_| Error::OffsetOverflow)?;
            let end = start.checked_add(length).ok_or(Error::OffsetOverflow)?;
            let file = self.file.lock();
            let mut bytes = file.live.get(start..end).ok_or(Error::BlobInsufficientLength)?.to_vec();
            drop(file);
            if state.trouble.read_errors > 0 && state.dice.chance(state.trouble.read_errors) {
                state.note(&self.mount.disk.clock, How::Failed, format!("read of {} failed", self.place));
                return Err(failure(io::ErrorKind::Other, "input/output error"));
            }
            if state.trouble.flips > 0 && length > 0 && state.dice.chance(state.trouble.flips) {
                let (at, bit) = (state.dice.index(length), state.dice.below(8));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
                let what = format!("bit {bit} of byte {} of {} read wrong", start + at, self.place);
                state.note(&self.mount.disk.clock, How::Wrong, what);
                state.spoiled = true;
            }
            Ok(bytes)
        })
    }

    fn change(&self, change: Change, durable: bool) -> Result<(), Error> {
        self.mount.enter(|state| {
            let file = &mut *self.file.lock();
            let end = match &change {
                Change::Write { offset, bytes } => {
                    offset.checked_add(bytes.len()).ok_or(Error::OffsetOverflow)?
                }
                Change::Resize(length) => *length,
            };
            if state.trouble.full && end > file.live.len() {
                state.note(&self.mount.disk.clock, How::Failed, format!("no room in {}", self.place));
                return Err(failure(io::ErrorKind::StorageFull, "no space left on device"));
            }
            if state.trouble.write_errors > 0 && state.dice.chance(state.trouble.write_errors) {
                state.note(&self.mount.disk.clock, How::Failed, format!("write to {} failed", self.place));
                if state.dice.chance(500) {
                    // Some of it reached the disk all the same.
                    let mut content = file.live.clone();
                    tear(&change, &mut content, &mut state.dice);
                    file.pending.push((Change::Resize(content.len()), false));
                    file.pending.push((Change::Write { offset: 0, bytes: content.clone() }, false));
                    file.live = content;
                }
                return Err(failure(io::ErrorKind::Other, "input/output error"));
            }
            change.apply(&mut file.live);
            if durable {
                change.apply(&mut file.durable);
            }
            file.pending.push((change, durable));
            Ok(())
        })
    }
}

impl Blob for OpenFile {
    async fn read_at_buf(
        &self,
        offset: u64,
        len: usize,
        bufs: impl Into<IoBufsMut> + Send,
        _options: ReadOptions,
    ) -> Result<IoBufsMut, Error> {
        let mut bufs = bufs.into();
        let bytes = self.read(offset, len).await?;
        if bufs.len() == len {
            bufs.copy_from_slice(&bytes);
        } else if bufs.is_empty() && bufs.capacity() >= len {
            bufs.put_slice(&bytes);
        } else {
            bufs = IoBufsMut::from(bytes);
        }
        Ok(bufs)
    }

    async fn read_at(&self, offset: u64, len: usize, _options: ReadOptions) -> Result<IoBufsMut, Error> {
        Ok(IoBufsMut::from(self.read(offset, len).await?))
    }

    async fn write_at(
        &self,
        offset: u64,
        bufs: impl Into<IoBufs> + Send,
        options: WriteOptions,
    ) -> Result<(), Error> {
        let offset = usize::try_from(offset).map_err(|_| Error::OffsetOverflow)?;
        let bytes = bufs.into().coalesce().as_ref().to_vec();
        if bytes.is_empty() {
            return Ok(());
        }
        let durable = options.contains(WriteOptions::SYNC);
        if durable {
            let wait = self.mount.enter(|state| Ok(state.trouble.sync_ms))?;
            self.mount.wait(wait).await;
        }
        self.change(Change::Write { offset, bytes }, durable)
    }

    async fn resize(&self, len: u64) -> Result<(), Error> {
        let length = usize::try_from(len).map_err(|_| Error::OffsetOverflow)?;
        self.change(Change::Resize(length), false)
    }

    async fn sync(&self) -> Result<(), Error> {
        match self.flush().await {
            Err(_) if planted::is(Planted::SwallowSync) => self.flush().await,
            flushed => flushed,
        }
    }

    async fn start_sync(&self) -> Handle<()> {
        Handle::ready(self.sync().await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commonware_runtime::{DEFAULT_BLOB_VERSION, Runner as _, Supervisor as _};

    const PIECES: u64 = 64;

    async fn open(mount: &Mount) -> OpenFile {
        let versions = DEFAULT_BLOB_VERSION..=DEFAULT_BLOB_VERSION;
        mount.open_versioned("part", b"file", versions).await.unwrap().0
    }

    #[test]
    fn what_a_failed_sync_dropped_goes_with_the_power_though_a_later_sync_succeeds() {
        deterministic::Runner::default().start(|context| async move {
            let disk = Arc::new(Disk::new(context.child("disk"), Dice::new(1)));
            let file = open(&disk.mount()).await;
            for piece in 0..PIECES {
                file.write_at(piece, vec![7], WriteOptions::default()).await.unwrap();
            }
            disk.set_trouble(Trouble { sync_errors: 1_000, ..Trouble::default() });
            file.sync().await.unwrap_err();
            disk.set_trouble(Trouble::default());
            file.sync().await.unwrap();
            let length = usize::try_from(PIECES).unwrap();
            assert_eq!(file.read(0, length).await.unwrap(), vec![7; length], "seen while it runs");
            drop(file);
            disk.crash(Crash::Kept);
            let file = open(&disk.mount()).await;
            let kept = file.read(0, length / 2).await.unwrap();
            let kept = kept.iter().filter(|byte| **byte == 7).count();
            assert!((1..length / 2).contains(&kept), "{kept} of {} pieces are left", length / 2);
        });
    }
}
