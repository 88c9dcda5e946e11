//! Values day by day, and the times that the supervisors set, as bytes.

use super::stories::*;

pub(super) fn values() -> Vec<Vec<u8>> {
    vec![
        // A day closes with its first value; a correction refers to the last one.
        [
            send(REPORT, BANK, [n(5), 0, 7]),
            ask(REPORT, BANK, [n(5), 0, 7]),
            ask(CORRECT, BANK, [n(5), 0, 232]),
            send(CORRECT, BANK, [n(5), 0, 7]),
            send(CORRECT, BANK, [n(5), 0, 0]),
            read(8, 5, 1),
            read(8, 5, 3),
            read(9, 5, 2),
            days(1),
            ask(REPORT, BANK, [n(5), 0, 4]),
            ask(REPORT, BANK, [n(5), 0, 7]),
            send(REPORT, BANK, [n(5), 0, 0]),
            read(7, 5, 0),
        ]
        .concat(),
        // Days that nobody reported in time, and days that are open still.
        [
            days(4),
            ask(REPORT, HOSPITAL, [n(6), 1, 1]),
            ask(REPORT, HOSPITAL, [n(6), 2, 1]),
            ask(CORRECT, HOSPITAL, [n(6), 0, 1]),
            ask(CORRECT, HOSPITAL, [n(6), 1, 1]),
            send(CORRECT, HOSPITAL, [n(6), 2, 1]),
            ask(CORRECT, HOSPITAL, [n(6), 3, 3]),
            send(CORRECT, HOSPITAL, [n(6), 3, 1]),
            ask(REPORT, HOSPITAL, [n(6), 1, 3]),
            send(REPORT, HOSPITAL, [n(6), 1, 1]),
            send(REPORT, HOSPITAL, [n(6), 0, 2]),
            read(9, 6, 4),
            read(7, 6, 0),
        ]
        .concat(),
        // A later day is not of a lower height.
        [
            days(1),
            ask(REPORT, HOSPITAL, [n(6), 0, 3]),
            send(REPORT, HOSPITAL, [n(6), 0, 1]),
            send(CORRECT, HOSPITAL, [n(6), 1, 3]),
            days(1),
            ask(REPORT, HOSPITAL, [n(6), 0, 3]),
            send(REPORT, HOSPITAL, [n(6), 0, 2]),
            read(7, 6, 0),
        ]
        .concat(),
        // Than the height of the latest day as it was corrected last: lower here,
        [
            send(CORRECT, HOSPITAL, [n(6), 0, 3]),
            days(1),
            ask(REPORT, HOSPITAL, [n(6), 0, 7]),
            ask(REPORT, HOSPITAL, [n(6), 0, 1]),
            send(REPORT, HOSPITAL, [n(6), 0, 3]),
            read(9, 6, 2),
        ]
        .concat(),
        // and higher here.
        [
            send(CORRECT, HOSPITAL, [n(6), 0, 2]),
            days(1),
            ask(REPORT, HOSPITAL, [n(6), 0, 1]),
            send(REPORT, HOSPITAL, [n(6), 0, 2]),
            send(CORRECT, HOSPITAL, [n(6), 1, 6]),
            days(1),
            send(REPORT, HOSPITAL, [n(6), 0, 2]),
            read(8, 6, 4),
        ]
        .concat(),
        // Heights of another chain begin anew: with the first value there, or a correction.
        [
            ask(DESCRIBE, HOSPITAL, [n(6), 2, 0]),
            send(ORDER, MINISTRY, [n(6), 3, 0]),
            send(DESCRIBE, HOSPITAL, [n(6), 2, 0]),
            days(1),
            send(REPORT, HOSPITAL, [n(6), 0, 7]),
            read(9, 6, 2),
            days(1),
            send(REPORT, HOSPITAL, [n(6), 0, 7]),
        ]
        .concat(),
        [
            send(ORDER, MINISTRY, [n(6), 3, 0]),
            send(DESCRIBE, HOSPITAL, [n(6), 2, 0]),
            send(CORRECT, HOSPITAL, [n(6), 0, 3]),
            days(1),
            ask(REPORT, HOSPITAL, [n(6), 0, 7]),
            send(DESCRIBE, HOSPITAL, [n(6), 1, 0]),
            send(REPORT, HOSPITAL, [n(6), 0, 7]),
            read(8, 6, 3),
        ]
        .concat(),
        // Not before it began, and not after it ended.
        [
            ask(REPORT, HOSPITAL, [n(6), 5, 1]),
            days(255),
            days(145),
            send(REPORT, HOSPITAL, [n(6), 0, 1]),
            days(1),
            ask(REPORT, HOSPITAL, [n(6), 0, 1]),
            ask(REPORT, HOSPITAL, [n(6), 1, 1]),
            send(CORRECT, HOSPITAL, [n(6), 1, 2]),
        ]
        .concat(),
    ]
}

pub(super) fn rules() -> Vec<Vec<u8>> {
    vec![
        // Short times: of comments, to report, of a pilot, between assessments.
        [
            ask(PARAMETERS, CHIEF, [0, 0, 0]),
            send(PARAMETERS, CHIEF, [0, 0, 0]),
            read(16, 0, 0),
            ask(PARAMETERS, CHIEF, [0, 0, 0]),
            ask(RECOMMEND, CHIEF, [0, 212, 0]),
            ask(RECOMMEND, CHIEF, [0, 213, 0]),
            send(PUBLISH, CHIEF, [n(2), 0, 0]),
            see(2),
            send(START, BANK, [n(4), 0, 0]),
            see(4),
            days(1),
            ask(REPORT, BANK, [n(4), 1, 1]),
            send(CORRECT, BANK, [n(4), 1, 1]),
            send(SETTLE, MINISTRY, [n(9), 4, 0]),
        ]
        .concat(),
        // Long ones, carried out by another; decided anew after it was done.
        [
            send(PARAMETERS, BANK, [0, 1, 0]),
            ask(PARAMETERS, BANK, [0, 1, 0]),
            ask(PARAMETERS, OTHER, [0, 1, 0]),
            send(PARAMETERS, OTHER, [0, 1, 0]),
            read(16, 0, 0),
            send(PARAMETERS, DEPUTY, [0, 1, 0]),
            send(START, BANK, [n(4), 0, 0]),
            see(4),
            days(20),
            send(REPORT, BANK, [n(4), 6, 1]),
            read(9, 4, 2),
        ]
        .concat(),
        // A decision lapses.
        [
            send(PARAMETERS, COMPANY, [0, 9, 0]),
            vec![5, 1, 3],
            ask(PARAMETERS, CHIEF, [0, 9, 0]),
            vec![5, 0, 3],
            ask(PARAMETERS, CHIEF, [0, 9, 0]),
            send(PARAMETERS, CHIEF, [0, 9, 0]),
            read(16, 0, 0),
            send(PARAMETERS, CHIEF, [0, 2, 0]),
            send(PARAMETERS, CHIEF, [0, 11, 2]),
            read(16, 0, 0),
        ]
        .concat(),
        // A half-year that would end with the pilot has no clock of its own.
        [
            send(PARAMETERS, CHIEF, [0, 10, 0]),
            send(START, BANK, [n(4), 0, 0]),
            see(4),
            send(ORDER, MINISTRY, [n(4), 3, 0]),
            send(REPLY, BANK, [n(4), 0, 0]),
            send(SETTLE, MINISTRY, [n(4), 10, 0]),
            see(4),
            days(89),
            see(4),
        ]
        .concat(),
        // What began keeps the times that it began with.
        [
            send(PARAMETERS, CHIEF, [0, 0, 0]),
            see(3),
            see(6),
            days(1),
            ask(REPORT, HOSPITAL, [n(6), 1, 1]),
            ask(REPORT, HOSPITAL, [n(6), 9, 1]),
            send(COMMENT, OFFICE, [n(3), 0, 0]),
            see(6),
        ]
        .concat(),
        // The public's time ends on a working day, by whichever table holds.
        [
            send(PARAMETERS, CHIEF, [0, 9, 0]),
            send(PUBLISH, CHIEF, [n(2), 0, 0]),
            see(2),
            days(10),
            see(2),
            see(7),
            days(11),
            see(2),
            days(1),
            see(2),
        ]
        .concat(),
        [
            days(4),
            send(PUBLISH, CHIEF, [n(2), 0, 0]),
            see(2),
            days(6),
            see(2),
            days(3),
            ask(COMMENT, OFFICE, [n(2), 0, 0]),
            ask(LIST, OTHER, [n(2), 203, 0]),
            days(1),
            send(COMMENT, OFFICE, [n(2), 0, 0]),
            days(1),
            ask(COMMENT, OFFICE, [n(2), 0, 0]),
            send(LIST, OTHER, [n(2), 203, 0]),
        ]
        .concat(),
    ]
}
