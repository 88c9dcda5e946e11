//! The tables that come with genesis: holidays and make-up working days as the General Office of
//! the State Council announced them (the notice for 2026 is of 2025-11-04).

/// Month and day of the month.
pub type Date = (u8, u8);

/// One year as announced: stretches of holidays, first and last day as (month, day), and single
/// make-up working days.
#[derive(Clone, Copy, Debug)]
pub struct Announced {
    /// The year.
    pub year: u32,
    /// Holidays, weekends inside a stretch included.
    pub holidays: &'static [(Date, Date)],
    /// Saturdays and Sundays on which people work.
    pub makeup: &'static [Date],
}

/// Tables that every chain has from its first block on.
pub const ANNOUNCED: [Announced; 2] = [
    Announced {
        year: 2025,
        holidays: &[
            ((1, 1), (1, 1)),
            ((1, 28), (2, 4)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((5, 31), (6, 2)),
            ((10, 1), (10, 8)),
        ],
        makeup: &[(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
    },
    Announced {
        year: 2026,
        holidays: &[
            ((1, 1), (1, 3)),
            ((2, 15), (2, 23)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 19), (6, 21)),
            ((9, 25), (9, 27)),
            ((10, 1), (10, 7)),
        ],
        makeup: &[(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)],
    },
];
