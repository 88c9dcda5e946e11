//! Lives of pilots from a recommendation to the end, as bytes.

use super::stories::*;

pub(super) fn lives() -> Vec<Vec<u8>> {
    [before_the_list(), on_the_list()].concat()
}

fn before_the_list() -> Vec<Vec<u8>> {
    vec![
        // Goals, a description and filing numbers, a review, and the shortlist.
        [
            send(GOAL, HOSPITAL, [n(1), 5, 0]),
            send(CHANGE_GOAL, PROVINCE, [n(1), 1, 0]),
            send(DESCRIBE, HOSPITAL, [n(1), 1, 0]),
            send(NAME_FILING, HOSPITAL, [n(1), 0, 0]),
            send(NAME_FILING, PROVINCE, [n(1), 6, 0]),
            ask(NAME_FILING, PROVINCE, [n(1), 15, 0]),
            send(DROP_FILING, HOSPITAL, [n(1), 4, 0]),
            read(10, 1, 0),
            ask(DROP_FILING, HOSPITAL, [n(1), 0, 0]),
            send(REVIEW, CHIEF, [n(1), 0, 0]),
            ask(GOAL, HOSPITAL, [n(1), 5, 0]),
            send(ASSIGN, OTHER, [n(1), 1, 0]),
            send(PUBLISH, OTHER, [n(1), 0, 0]),
            see(1),
        ]
        .concat(),
        // The last filing number takes the place of the one that goes.
        [
            send(NAME_FILING, BANK, [n(4), 1, 0]),
            send(NAME_FILING, MINISTRY, [n(4), 16, 0]),
            read(10, 4, 0),
            send(DROP_FILING, BANK, [n(4), 0, 0]),
            read(10, 4, 0),
            send(DROP_FILING, BANK, [n(4), 1, 0]),
            read(10, 4, 0),
        ]
        .concat(),
        // Comments, until an account has made all that it may.
        [
            send(COMMENT, BANK, [n(3), 2, 0]),
            send(COMMENT, BANK, [n(3), 2, 0]),
            send(COMMENT, OFFICE, [n(3), 1, 0]),
            send(COMMENT, PROVINCE, [n(3), 0, 249]),
            read(11, 3, 11),
            ask(LIST, OTHER, [n(3), 0, 0]),
            send(ANSWER, CHIEF, [n(3), 10, 201]),
            send(ANSWER, CHIEF, [n(3), 10, 205]),
            ask(ANSWER, CHIEF, [n(3), 10, 0]),
            see(3),
        ]
        .concat(),
        // The public's time ends, by the calendar; who reviewed does not list.
        [
            send(ANSWER, CHIEF, [n(3), 0, 0]),
            vec![5, 0, 1],
            ask(COMMENT, OFFICE, [n(3), 0, 0]),
            ask(LIST, OTHER, [n(3), 0, 0]),
            days(8),
            ask(COMMENT, OFFICE, [n(3), 0, 0]),
            ask(LIST, CHIEF, [n(3), 0, 0]),
            ask(LIST, DEPUTY, [n(3), 0, 0]),
            ask(LIST, OTHER, [n(3), 203, 0]),
            ask(LIST, OTHER, [n(3), 202, 0]),
            ask(LIST, OTHER, [n(3), 200, 0]),
            ask(LIST, OTHER, [n(3), 0, 201]),
            send(LIST, OTHER, [n(3), 0, 0]),
            see(3),
            read(6, 4, 0),
        ]
        .concat(),
        // An objection without an answer; one that is right; and the zone is free again.
        [
            days(30),
            ask(LIST, OTHER, [n(3), 0, 0]),
            send(ANSWER, CHIEF, [n(3), 16, 0]),
            ask(LIST, OTHER, [n(3), 0, 0]),
            ask(RECOMMEND, PROVINCE, [2, 0, 0]),
            send(DECLINE, OTHER, [n(3), 0, 0]),
            read(5, 10, 0),
            send(RECOMMEND, PROVINCE, [2, 0, 0]),
            ask(REVIEW, CHIEF, [n(21), 0, 0]),
            read(5, 10, 0),
            see(21),
            read(2, 0, 0),
        ]
        .concat(),
        [
            send(ANSWER, CHIEF, [n(3), 32, 0]),
            see(3),
            send(WITHDRAW, PROVINCE, [n(3), 0, 0]),
            send(WITHDRAW, PROVINCE, [n(1), 0, 0]),
            read(4, 0, 12),
            see(1),
            ask(WITHDRAW, PROVINCE, [n(1), 0, 0]),
        ]
        .concat(),
        // As many are listed as the list counts.
        [
            send(PUBLISH, CHIEF, [n(2), 0, 0]),
            days(9),
            send(LIST, OTHER, [n(13), 0, 0]),
            ask(LIST, OTHER, [n(2), 0, 0]),
            ask(LIST, OTHER, [n(2), 203, 0]),
            ask(LIST, OTHER, [n(2), 203, 200]),
            send(LIST, OTHER, [n(2), 203, 0]),
            read(6, 3, 0),
            read(6, 4, 0),
        ]
        .concat(),
        [
            send(RECOMMEND, CHIEF, [3, 0, 0]),
            send(GOAL, CHIEF, [n(21), 5, 0]),
            send(REVIEW, OTHER, [n(21), 0, 0]),
            send(PUBLISH, OTHER, [n(21), 0, 0]),
            send(ANSWER, CHIEF, [n(3), 0, 0]),
            days(10),
            send(LIST, OTHER, [n(3), 0, 0]),
            ask(LIST, OTHER, [n(21), 0, 0]),
            ask(LIST, DEPUTY, [n(21), 0, 0]),
            send(LIST, CHIEF, [n(21), 203, 0]),
            see(21),
        ]
        .concat(),
        // Entered beside the other one of its entity in its field; its service was suspended.
        [
            ask(ENTER, CHIEF, [n(2), 0, 0]),
            ask(ENTER, DEPUTY, [n(2), 0, 0]),
            send(ENTER, OTHER, [n(2), 0, 0]),
            see(2),
            ask(START, BANK, [n(2), 0, 0]),
            send(DESCRIBE, BANK, [n(2), 0, 0]),
            ask(START, BANK, [n(2), 0, 0]),
            send(DROP_FILING, MINISTRY, [n(2), 2, 0]),
            send(START, BANK, [n(2), 0, 0]),
            see(2),
            read(4, 1, 13),
        ]
        .concat(),
        // An entity has eight live pilots in a field.
        [
            send(RECOMMEND, MINISTRY, [1, 0, 0]),
            ask(RECOMMEND, MINISTRY, [1, 0, 0]),
            read(4, 1, 16),
            send(DECLINE, CHIEF, [n(16), 0, 0]),
            read(4, 1, 16),
            send(RECOMMEND, MINISTRY, [1, 0, 203]),
            read(4, 1, 16),
        ]
        .concat(),
        // Goals until there are no more.
        [
            send(GOAL, BANK, [n(14), 5, 0]),
            ask(GOAL, BANK, [n(14), 5, 0]),
            send(CHANGE_GOAL, CHIEF, [n(14), 0, 0]),
            read(7, 14, 63),
            read(7, 14, 64),
            read(7, 14, 0),
        ]
        .concat(),
        // A goal whose time is up, and a pilot whose time is up before it begins.
        [
            days(255),
            days(145),
            ask(GOAL, HOSPITAL, [n(1), 217, 0]),
            ask(START, BANK, [n(4), 0, 0]),
            days(1),
            ask(GOAL, HOSPITAL, [n(1), 217, 0]),
            ask(GOAL, HOSPITAL, [n(1), 215, 0]),
            ask(START, BANK, [n(4), 0, 0]),
            send(REVIEW, CHIEF, [n(1), 0, 0]),
            send(ENTER, OTHER, [n(1), 0, 0]),
            see(1),
        ]
        .concat(),
        // Entities: who acts for them changes.
        [
            send(REGISTER, PROVINCE, [0, 0, 7]),
            send(CHANGE_ENTITY, HOSPITAL, [0, 0, 8]),
            ask(DESCRIBE, HOSPITAL, [n(6), 1, 0]),
            send(DESCRIBE, OFFICE, [n(6), 1, 0]),
            send(CHANGE_ENTITY, CHIEF, [0, 249, 5]),
            send(CHANGE_ENTITY, CHIEF, [0, 246, 5]),
            send(REGISTER, CHIEF, [1, 2, 9]),
            read(3, 5, 0),
            read(3, 8, 0),
            read(3, 9, 0),
            read(2, 0, 0),
            read(2, 4, 0),
            read(15, 0, 0),
            send(RECOMMEND, CHIEF, [7, 0, 0]),
        ]
        .concat(),
        // Documents.
        [
            send(DOCUMENT, OTHER, [1, 1, 0]),
            send(DOCUMENT, CHIEF, [2, 2, 1]),
            send(DOCUMENT, CHIEF, [4, 2, 2]),
            read(6, 7, 0),
            read(6, 8, 0),
            ask(ENTER, OTHER, [n(2), 208, 0]),
            ask(ENTER, OTHER, [n(2), 209, 0]),
            send(PUBLISH, CHIEF, [n(2), 207, 0]),
            see(2),
            read(15, 0, 0),
        ]
        .concat(),
    ]
}

fn on_the_list() -> Vec<Vec<u8>> {
    vec![
        // From the list to a start.
        [
            ask(REPORT, BANK, [n(4), 0, 1]),
            send(START, BANK, [n(4), 0, 0]),
            see(4),
            ask(START, BANK, [n(4), 0, 0]),
            ask(CHANGE_GOAL, BANK, [n(4), 0, 0]),
            ask(NAME_FILING, BANK, [n(4), 2, 0]),
            send(NAME_FILING, BANK, [n(4), 1, 0]),
            send(REPORT, BANK, [n(4), 0, 1]),
            send(ASSESS, BANK, [n(4), 1, 0]),
            ask(DESCRIBE, BANK, [n(4), 1, 0]),
            send(EVALUATE, MINISTRY, [n(4), 1, 0]),
            ask(EVALUATE, MINISTRY, [n(4), 1, 0]),
            send(ACCEPT, OTHER, [n(4), 206, 0]),
            see(4),
        ]
        .concat(),
        // An order replied to in time, refused, replied to too late, and accepted with another end.
        [
            see(7),
            ask(SETTLE, MINISTRY, [n(7), 0, 0]),
            send(CHANGE_GOAL, BANK, [n(7), 0, 0]),
            send(REPLY, BANK, [n(7), 0, 0]),
            ask(REPLY, BANK, [n(7), 0, 0]),
            see(7),
            send(SETTLE, CHIEF, [n(7), 1, 0]),
            see(7),
            read(12, 7, 1),
            days(40),
            see(7),
            send(REPLY, BANK, [n(7), 0, 0]),
        ]
        .concat(),
        [
            days(13),
            see(7),
            days(1),
            see(7),
            days(1),
            see(7),
            days(5),
            send(REPLY, BANK, [n(7), 0, 0]),
            send(SETTLE, MINISTRY, [n(7), 10, 0]),
            read(12, 7, 1),
            send(ORDER, CHIEF, [n(7), 3, 0]),
            see(7),
        ]
        .concat(),
        // The clock of a refused reply begins with the refusal.
        [
            days(4),
            send(SETTLE, CHIEF, [n(9), 1, 0]),
            see(9),
            read(12, 9, 1),
            days(14),
            see(9),
            send(REPLY, BANK, [n(9), 0, 0]),
            read(12, 9, 1),
        ]
        .concat(),
        // On the last day of the clock.
        [days(16), send(REPLY, BANK, [n(7), 0, 0]), see(7)].concat(),
        // A pilot that goes on from where it was judged is judged anew.
        [
            ask(ACCEPT, OTHER, [n(8), 0, 0]),
            send(EVALUATE, MINISTRY, [n(8), 1, 0]),
            send(ORDER, MINISTRY, [n(8), 4, 0]),
            see(8),
            send(REPLY, HOSPITAL, [n(8), 1, 0]),
            send(SETTLE, CHIEF, [n(8), 4, 0]),
            see(8),
            send(ASSESS, HOSPITAL, [n(8), 1, 0]),
            ask(ACCEPT, OTHER, [n(8), 0, 0]),
            send(EVALUATE, MINISTRY, [n(8), 0, 0]),
            read(13, 8, 0),
            send(ACCEPT, CHIEF, [n(8), 0, 0]),
        ]
        .concat(),
        // Who evaluated does not accept, nor does another account of the same person; goals that were not met.
        [
            ask(ACCEPT, CHIEF, [n(10), 0, 0]),
            ask(ACCEPT, DEPUTY, [n(10), 0, 0]),
            ask(ACCEPT, OTHER, [n(12), 0, 0]),
            send(PROPOSE_REMOVAL, MINISTRY, [n(12), 3, 0]),
            ask(ACCEPT, OTHER, [n(12), 0, 0]),
            send(PROPOSE_REMOVAL, CHIEF, [n(10), 3, 0]),
            ask(ACCEPT, OTHER, [n(10), 0, 0]),
            send(DROP_REMOVAL, OTHER, [n(10), 0, 0]),
            send(ACCEPT, OTHER, [n(10), 0, 0]),
            read(0, 10, 0),
            send(REMOVE, CHIEF, [n(12), 0, 0]),
            read(0, 12, 0),
            read(14, 12, 0),
            read(4, 0, 8),
        ]
        .concat(),
        // A removal by two hands, dropped and proposed anew.
        [
            ask(REMOVE, CHIEF, [n(11), 0, 0]),
            ask(REMOVE, DEPUTY, [n(11), 0, 0]),
            ask(REMOVE, OTHER, [n(11), 203, 0]),
            send(DROP_REMOVAL, MINISTRY, [n(11), 0, 0]),
            ask(DROP_REMOVAL, MINISTRY, [n(11), 0, 0]),
            ask(REMOVE, OTHER, [n(11), 0, 0]),
            read(14, 11, 0),
            send(PROPOSE_REMOVAL, OTHER, [n(11), 0, 0]),
            send(ORDER, CHIEF, [n(11), 3, 0]),
            send(REMOVE, DEPUTY, [n(11), 205, 0]),
            read(6, 3, 0),
            see(11),
            ask(REPLY, BANK, [n(11), 0, 0]),
            ask(PROPOSE_REMOVAL, CHIEF, [n(11), 0, 0]),
            send(RECOMMEND, CHIEF, [5, 0, 0]),
        ]
        .concat(),
        // Half-years, in time and late, none before it begins; the last would end after the pilot.
        [
            send(ASSESS, HOSPITAL, [n(6), 0, 0]),
            ask(ASSESS, HOSPITAL, [n(6), 0, 0]),
            days(180),
            ask(ASSESS, HOSPITAL, [n(6), 0, 0]),
            days(1),
            see(6),
            send(ASSESS, HOSPITAL, [n(6), 0, 0]),
            see(6),
            days(190),
            send(ASSESS, HOSPITAL, [n(6), 0, 0]),
            see(6),
            days(40),
            send(ASSESS, HOSPITAL, [n(6), 0, 0]),
        ]
        .concat(),
        [
            days(181),
            see(6),
            days(1),
            see(6),
            send(ASSESS, HOSPITAL, [n(6), 0, 0]),
            days(255),
            see(6),
            send(ASSESS, HOSPITAL, [n(6), 0, 0]),
            see(6),
            ask(ASSESS, HOSPITAL, [n(6), 0, 0]),
        ]
        .concat(),
        // On the last day of a half-year, and on the first after it.
        [days(181), send(ASSESS, HOSPITAL, [n(6), 0, 0]), days(185), send(ASSESS, HOSPITAL, [n(6), 0, 0])]
            .concat(),
        // The last assessment needs a value of every goal.
        [
            ask(ASSESS, HOSPITAL, [n(6), 1, 0]),
            send(REPORT, HOSPITAL, [n(6), 8, 1]),
            days(255),
            days(150),
            see(6),
            send(ASSESS, HOSPITAL, [n(6), 1, 0]),
            see(6),
            send(CORRECT, HOSPITAL, [n(6), 6, 1]),
            ask(REPORT, HOSPITAL, [n(6), 0, 1]),
            ask(CORRECT, HOSPITAL, [n(6), 0, 1]),
        ]
        .concat(),
        // On its last day.
        [send(REPORT, BANK, [n(5), 0, 7]), days(255), days(145), send(ASSESS, BANK, [n(5), 1, 0]), see(5)]
            .concat(),
        // Another department follows it.
        [
            ask(EVALUATE, CHIEF, [n(8), 0, 0]),
            send(ASSIGN, CHIEF, [n(8), 2, 0]),
            ask(EVALUATE, MINISTRY, [n(8), 0, 0]),
            send(EVALUATE, OTHER, [n(8), 0, 0]),
            ask(ACCEPT, OTHER, [n(8), 0, 0]),
            send(ACCEPT, DEPUTY, [n(8), 206, 0]),
            see(8),
        ]
        .concat(),
        // The port acts through its contract.
        [
            days(9),
            send(LIST, OTHER, [n(13), 0, 0]),
            send_by(9, DESCRIBE, OFFICE, [n(13), 1, 0]),
            send_by(9, START, OFFICE, [n(13), 0, 0]),
            see(13),
            send_by(9, REPORT, OFFICE, [n(13), 0, 1]),
            read(9, 13, 2),
            send_by(1, ORDER, OFFICE, [n(13), 3, 0]),
            send_by(9, REPLY, OFFICE, [n(13), 0, 0]),
            send_by(8, SETTLE, OFFICE, [n(13), 0, 0]),
            send_by(1, SETTLE, OFFICE, [n(13), 0, 0]),
            see(13),
        ]
        .concat(),
    ]
}
