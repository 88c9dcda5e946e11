use super::*;
use crate::{
    Config,
    chain::{GENESIS, RandomChain, Shelf},
};
use ding_primitives::Height;

/// A writer whose file may grow by `pages` pages.
fn small(path: &std::path::Path, pages: i64) -> Writer {
    let writer = Writer::open(path, &Config { genesis_hash: GENESIS, spec: crate::chain::spec() }).unwrap();
    writer.limit_pages(pages);
    writer
}

#[test]
fn a_full_disk_stalls_and_work_goes_on_when_there_is_space_again() {
    let chain = RandomChain::of(71, 300);
    let folder = std::env::temp_dir().join(format!("ding-readmodel-full-{}", std::process::id()));
    let path = folder.join("readmodel.sqlite");
    let writer = small(&path, 40);
    let inbox = Arc::new(Inbox::new(writer.next()));
    let (stop, stopped) = futures::channel::oneshot::channel();
    let projector = Projector::new(writer, Shelf::of(&chain.blocks), inbox.clone(), stopped);
    let thread = std::thread::spawn(move || projector.run());
    let begin = Instant::now();
    let why = loop {
        if let State::Stalled(why) = inbox.status().state {
            break why;
        }
        assert!(begin.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(1));
    };
    assert!(why.contains("full"), "{why}");
    let before = inbox.status().height;
    inbox.stop();
    drop(stop);
    let writer = thread.join().unwrap();
    assert_eq!(writer.next().checked_sub(1).map(Height::new), before, "nothing is half written");

    writer.limit_pages(1 << 20);
    inbox.restart();
    let (stop, stopped) = futures::channel::oneshot::channel();
    let projector = Projector::new(writer, Shelf::of(&chain.blocks), inbox.clone(), stopped);
    let thread = std::thread::spawn(move || projector.run());
    assert!(inbox.wait_for(Height::new(300), Duration::from_secs(30)));
    inbox.stop();
    drop(stop);
    drop(thread.join().unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
}
