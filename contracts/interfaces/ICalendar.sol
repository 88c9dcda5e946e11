// SPDX-License-Identifier: Apache-2.0
// Written by `cargo xtask interfaces`. Do not edit.
pragma solidity ^0.8.4;

/// @title Working days in Beijing time: yearly tables of holidays and make-up days, and periods.
/// @notice A day is the number of days since 1970-01-01 in Beijing time (UTC+8). A period begins
/// the day after the event and ends at 24:00 of its last day. A year without a table counts as
/// Monday to Friday, and the answer says so: it is provisional.
interface ICalendar {
    /// @param version 1 for the first table of the year, one more for each correction; 0 if there is none.
    /// @param effectiveDay Computations use the table from this day on.
    /// @param workingDays Number of working days.
    /// @param bits Bit d - 1 is set if day d of the year, from 1 on, is a working day: the low word,
    /// days 1 to 256, first.
    struct Table {
        uint32 version;
        uint32 effectiveDay;
        uint16 workingDays;
        uint256[2] bits;
    }

    /// @notice By decision of the supervisors. Loads the table of a year, or corrects it.
    /// @param holidays Days of rest, counted from 1 January as 1, ascending, weekends inside a stretch
    /// of holidays included.
    /// @param makeupDays Saturdays and Sundays on which people work, counted and ordered the same way.
    /// @param effectiveDay Computations use the table from this day on; the day of loading if earlier.
    /// @param source SHA-256 of the notice that announces it.
    function loadTable(uint16 year, uint16[] calldata holidays, uint16[] calldata makeupDays, uint32 effectiveDay, bytes32 source) external returns (uint32 version);

    /// @notice The day of this block.
    function today() external view returns (uint32 day);
    /// @notice The day of a date; it must exist.
    function dayOf(uint16 year, uint8 month, uint8 dayOfMonth) external view returns (uint32 day);
    /// @notice The date of a day, and its day of the week: 1 Monday to 7 Sunday.
    function dateOf(uint32 day) external view returns (uint32 year, uint8 month, uint8 dayOfMonth, uint8 weekday);
    /// @notice Whether a day is a working day, by the table or, if `known` is false, as Monday to Friday.
    function isWorkingDay(uint32 day) external view returns (bool known, bool working);
    /// @notice The last day of a period of working days after `start`, which does not count.
    function deadline(uint32 start, uint16 workingDays) external view returns (uint32 day, bool provisional);
    /// @notice The latest day of a notice that is due a number of working days before `planned`,
    /// which does not count.
    function noticeDay(uint32 planned, uint16 workingDays) external view returns (uint32 day, bool provisional);
    /// @notice The last day of a period of calendar days; if that is a day of rest, the next working day.
    function deadlineInDays(uint32 start, uint32 calendarDays) external view returns (uint32 day, bool provisional);
    /// @notice The last day of a period of months; if that is a day of rest, the next working day.
    function deadlineInMonths(uint32 start, uint16 months) external view returns (uint32 day, bool provisional);
    /// @notice Number of working days after `from`, up to and including `to`.
    function workingDaysBetween(uint32 from, uint32 to) external view returns (uint32 workingDays, bool provisional);
    /// @notice Years that have a table, ascending.
    function tableYears() external view returns (uint16[] memory years_);
    /// @notice The table of a year, and the correction that takes effect later, if there is one.
    function table(uint16 year) external view returns (Table memory current, Table memory next);

    /// @notice A table was loaded. Versions from `replaces` on, if it is not 0, were to take effect later
    /// and never will; `proposal` decided it.
    event TableLoaded(uint16 indexed year, uint32 indexed version, uint32 effectiveDay, uint16 workingDays, uint16[] holidays, uint16[] makeupDays, bytes32 source, uint32 replaces, uint64 proposal);

    /// @notice The ledger keeps no table of this year.
    error YearOutOfRange(uint16 year, uint16 min, uint16 max);
    /// @notice The year has no day with this number.
    error NoSuchDay(uint16 year, uint16 day, uint16 last);
    /// @notice A day comes twice or out of order in a list.
    error NotAscending(uint16 previous, uint16 day);
    /// @notice A day is a holiday and a make-up day.
    error BothLists(uint16 day);
    /// @notice A make-up day is a Monday (1) to Friday (5).
    error MakeupOnWorkingDay(uint16 day, uint8 weekday);
    /// @notice The table would take effect only after its year is over.
    error EffectiveTooLate(uint32 effectiveDay, uint32 lastDay);
    /// @notice The digest of the notice is all zero.
    error ZeroSource();
    /// @notice The period is longer than the ledger computes.
    error PeriodTooLong(uint32 length, uint32 max);
    /// @notice There is no such date from 1970 on.
    error NoSuchDate(uint16 year, uint8 month, uint8 dayOfMonth);
}

// The module, at its address on every chain.
ICalendar constant CALENDAR = ICalendar(0x00000000000000000000000000000000000d0003);
