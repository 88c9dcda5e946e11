//! Lives of services from beginning to end, as bytes.

/// A call sent straight: its kind, who, which, and three bytes about it.
fn send(kind: u8, who: u8, what: u8, rest: [u8; 3]) -> Vec<u8> {
    [&[kind, who, 0, what][..], &rest].concat()
}

/// The same, only asked.
fn ask(kind: u8, who: u8, what: u8, rest: [u8; 3]) -> Vec<u8> {
    send(kind + 7, who, what, rest)
}

/// Everything that can be read of the first ten of everything.
fn look() -> Vec<Vec<u8>> {
    (0..17)
        .flat_map(|what| (0..10).map(move |id| vec![6, what, id]))
        .collect::<Vec<_>>()
        .chunks(16)
        .map(<[Vec<u8>]>::concat)
        .collect()
}

pub(in crate::targets) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = look();
    // Providers: every subject, from an account that is free and one that is not.
    let subjects: Vec<u8> = (0..8).chain(200..223).collect();
    seeds.extend(
        subjects.chunks(16).map(|part| part.iter().flat_map(|kind| ask(0, 5, 2, [0, *kind, 0])).collect()),
    );
    seeds.extend(
        subjects.chunks(16).map(|part| part.iter().flat_map(|kind| ask(0, 3, 3, [1, *kind, 0])).collect()),
    );
    // Forms and attachments.
    let forms: Vec<u8> = (0..16).chain(200..241).collect();
    seeds.extend(
        forms.chunks(16).map(|part| part.iter().flat_map(|kind| ask(1, 3, 0, [1, *kind, 0])).collect()),
    );
    let files: Vec<u8> = (0..1).chain(200..217).collect();
    seeds.extend(
        files.chunks(16).map(|part| part.iter().flat_map(|kind| ask(1, 3, 1, [0, *kind, 0])).collect()),
    );
    // Numbers.
    let numbers: Vec<u8> = (119..140).collect();
    for confirmed in 0..2 {
        seeds.extend(
            numbers
                .chunks(16)
                .map(|part| part.iter().flat_map(|kind| ask(1, 0, 7, [0, *kind, confirmed])).collect()),
        );
    }
    // The end announced for each day around the last that can be announced today.
    let planned: Vec<u8> = (0..32).collect();
    seeds.extend(
        planned.chunks(16).map(|part| part.iter().flat_map(|kind| ask(2, 3, 6, [0, *kind, 0])).collect()),
    );
    seeds.extend(lives());
    // In every way that a call can come.
    seeds.extend((1..10).map(|way| {
        [
            vec![3, 0, way, 0, 0, 5, 0],
            vec![1, 3, way, 2, 1, 2, 0],
            vec![2, 5, way, 1, 0, 0, 0],
            vec![4, 1, way, 1, 0, 0, 0],
            vec![11, 1, way, 2, 0, 0, 0],
            vec![6, 16, 0],
        ]
        .concat()
    }));
    seeds
}

fn lives() -> Vec<Vec<u8>> {
    let read = |what: u8, id: u8| vec![6, what, id];
    vec![
        // A filing passed on, proposed and recorded by two hands, and published.
        [
            send(1, 2, 6, [0, 0, 0]),
            send(1, 0, 7, [0, 0, 0]),
            read(6, 1),
            ask(1, 0, 8, [0, 0, 0]),
            send(1, 1, 8, [0, 0, 0]),
            read(3, 1),
            send(2, 0, 0, [0, 0, 0]),
            read(9, 2),
        ]
        .concat(),
        // Returned and filed again, too late.
        [
            send(1, 3, 5, [0, 1, 0]),
            send(1, 0, 4, [0, 0, 0]),
            read(8, 1),
            vec![5, 40, 2],
            send(1, 3, 5, [0, 2, 0]),
            read(8, 1),
        ]
        .concat(),
        // Declared, filed late; taken back.
        [
            send(1, 3, 0, [1, 5, 0]),
            read(8, 7),
            send(1, 3, 1, [1, 0, 0]),
            read(3, 7),
            send(1, 3, 3, [0, 0, 0]),
            send(1, 3, 3, [5, 0, 0]),
            read(3, 1),
        ]
        .concat(),
        // A number that was kept too long, and one that is kept for another.
        [
            send(1, 0, 7, [0, 120, 0]),
            send(1, 3, 2, [1, 2, 0]),
            ask(1, 0, 7, [1, 120, 0]),
            ask(1, 0, 7, [1, 121, 0]),
            vec![5, 31, 2],
            read(6, 1),
            ask(1, 0, 7, [1, 120, 0]),
            send(1, 1, 8, [0, 0, 0]),
            ask(1, 0, 7, [0, 120, 0]),
            read(3, 1),
        ]
        .concat(),
        // Filed again although it is recorded, declared, or taken back.
        [
            ask(1, 3, 5, [242, 1, 0]),
            ask(1, 3, 5, [244, 1, 0]),
            send(1, 3, 3, [0, 0, 0]),
            ask(1, 3, 5, [241, 1, 0]),
            send(1, 3, 5, [241, 1, 0]),
        ]
        .concat(),
        // A correction and an answer that come too late, and what they cost.
        [
            send(3, 0, 5, [0, 0, 0]),
            vec![5, 0, 0],
            ask(4, 0, 3, [0, 0, 9]),
            vec![5, 20, 2],
            ask(4, 0, 3, [0, 0, 9]),
            send(3, 3, 6, [0, 0, 0]),
            send(4, 0, 3, [0, 0, 9]),
            send(4, 1, 4, [0, 0, 0]),
            ask(3, 0, 5, [3, 0, 0]),
            send(3, 4, 2, [0, 0, 0]),
            read(11, 2),
            read(12, 1),
        ]
        .concat(),
        // Filed at once, and a contract of the provider's own.
        [
            send(1, 3, 2, [1, 15, 0]),
            read(7, 7),
            send(1, 3, 2, [1, 15, 0]),
            send(1, 0, 7, [1, 0, 0]),
            send(1, 1, 8, [1, 0, 0]),
            read(7, 7),
            read(7, 8),
        ]
        .concat(),
        // Imported.
        [send(1, 0, 9, [1, 122, 0]), read(3, 7), send(1, 1, 8, [9, 0, 0]), read(0, 3), read(4, 134)].concat(),
        // An objection in time, upheld, and the end.
        [
            send(2, 5, 1, [0, 0, 0]),
            ask(2, 5, 1, [0, 0, 0]),
            read(10, 1),
            send(2, 0, 2, [0, 0, 0]),
            send(2, 0, 8, [0, 1, 0]),
            read(3, 2),
        ]
        .concat(),
        [vec![5, 0, 1], ask(2, 5, 1, [0, 0, 0]), vec![5, 0, 0], ask(2, 5, 1, [0, 0, 0])].concat(),
        // Changes.
        [
            send(2, 3, 3, [0, 12, 0]),
            read(8, 2),
            ask(2, 3, 3, [0, 12, 0]),
            send(2, 2, 4, [0, 0, 0]),
            send(2, 3, 3, [0, 8, 1]),
            send(2, 0, 5, [0, 0, 0]),
            read(3, 2),
        ]
        .concat(),
        // The end is announced, taken back, announced again, and comes.
        [
            send(2, 3, 6, [0, 31, 0]),
            read(8, 2),
            send(2, 3, 7, [0, 0, 0]),
            send(2, 3, 6, [0, 31, 0]),
            vec![5, 61, 2],
            ask(2, 0, 8, [0, 0, 0]),
            vec![5, 1, 2],
            send(2, 0, 8, [0, 0, 0]),
            read(3, 2),
        ]
        .concat(),
        // An inspection, answered and passed.
        [
            send(3, 4, 2, [0, 0, 0]),
            read(3, 6),
            send(3, 0, 3, [0, 0, 0]),
            read(13, 1),
            send(3, 0, 4, [0, 0, 0]),
            send(3, 2, 0, [0, 5, 0]),
            send(3, 2, 1, [0, 0, 0]),
        ]
        .concat(),
        // A correction, refused and accepted.
        [
            send(3, 0, 5, [0, 0, 0]),
            read(11, 1),
            send(3, 3, 6, [0, 0, 0]),
            send(3, 0, 7, [0, 1, 0]),
            send(3, 3, 6, [0, 0, 0]),
            send(3, 0, 7, [0, 0, 0]),
            read(3, 1),
        ]
        .concat(),
        // Warned, suspended, restored.
        [
            send(4, 0, 0, [0, 0, 0]),
            read(8, 2),
            send(4, 0, 1, [0, 0, 0]),
            read(5, 137),
            ask(4, 2, 2, [0, 0, 0]),
            send(4, 0, 2, [0, 0, 0]),
            read(11, 1),
        ]
        .concat(),
        // Fines.
        [
            send(4, 0, 3, [1, 0, 0]),
            ask(4, 0, 4, [0, 0, 0]),
            send(4, 1, 4, [0, 0, 0]),
            send(4, 0, 6, [0, 0, 0]),
            send(4, 2, 3, [1, 0, 1]),
            send(4, 0, 5, [0, 0, 0]),
            read(11, 1),
            read(11, 2),
        ]
        .concat(),
        // Assessments.
        [
            send(3, 3, 8, [0, 0, 0]),
            send(3, 0, 9, [0, 0, 0]),
            send(3, 3, 8, [0, 1, 0]),
            send(3, 2, 9, [0, 1, 0]),
            read(12, 1),
        ]
        .concat(),
        // An objection of an office, which another decides.
        [
            send(2, 0, 1, [0, 0, 0]),
            ask(2, 0, 2, [0, 0, 0]),
            send(2, 0, 2, [0, 1, 0]),
            read(10, 1),
            send(2, 1, 2, [0, 1, 0]),
            read(10, 1),
        ]
        .concat(),
        // An answer that does not do, and no answer: a correction ends the inspection of its campaign.
        [
            send(3, 4, 2, [0, 0, 0]),
            ask(3, 0, 4, [0, 0, 0]),
            send(3, 0, 5, [5, 0, 0]),
            read(13, 1),
            send(3, 0, 4, [0, 0, 0]),
            read(13, 1),
        ]
        .concat(),
        [
            ask(3, 0, 5, [5, 0, 0]),
            vec![5, 40, 2],
            send(3, 0, 5, [5, 0, 0]),
            read(13, 1),
            send(3, 0, 4, [0, 0, 0]),
            read(13, 1),
        ]
        .concat(),
        // What was proposed and is returned, or taken back, gives its number free.
        [
            send(1, 0, 7, [0, 120, 0]),
            send(1, 0, 4, [0, 0, 0]),
            read(6, 1),
            send(1, 3, 2, [1, 2, 0]),
            ask(1, 0, 7, [0, 120, 0]),
            send(1, 0, 7, [0, 120, 0]),
            send(1, 3, 3, [241, 0, 0]),
            send(1, 3, 3, [247, 0, 0]),
            read(6, 7),
            read(4, 120),
        ]
        .concat(),
        // Published as of an earlier day, which only what was imported may be.
        [
            vec![5, 10, 2],
            ask(2, 0, 0, [2, 0, 3]),
            send(2, 0, 0, [2, 0, 3]),
            send(1, 0, 9, [1, 122, 0]),
            send(1, 1, 8, [9, 0, 0]),
            ask(2, 0, 0, [3, 0, 3]),
            send(2, 0, 0, [2, 0, 0]),
            read(9, 2),
        ]
        .concat(),
        // A fine that was in its article's range when it was proposed.
        [
            send(4, 0, 3, [1, 0, 0]),
            send(0, 0, 0, [0, 40, 0]),
            read(14, 1),
            ask(4, 1, 4, [0, 0, 0]),
            send(4, 1, 4, [0, 0, 0]),
            send(4, 0, 5, [0, 0, 0]),
            read(11, 1),
        ]
        .concat(),
        // Rules, by decision.
        [
            send(0, 0, 0, [0, 5, 0]),
            read(14, 1),
            send(0, 0, 0, [3, 5, 2]),
            send(0, 1, 0, [3, 40, 3]),
            read(14, 4),
            send(0, 0, 1, [3, 4, 0]),
            read(15, 3),
            send(0, 0, 1, [3, 5, 2]),
            read(15, 3),
            vec![5, 1, 2],
            read(15, 3),
        ]
        .concat(),
        // Providers.
        [
            send(0, 5, 2, [0, 1, 0]),
            send(0, 3, 3, [1, 5, 0]),
            ask(0, 3, 4, [1, 5, 0]),
            send(0, 3, 4, [1, 7, 0]),
            read(0, 1),
            ask(0, 3, 3, [1, 6, 0]),
            send(0, 0, 3, [1, 6, 0]),
            read(0, 1),
        ]
        .concat(),
    ]
}
