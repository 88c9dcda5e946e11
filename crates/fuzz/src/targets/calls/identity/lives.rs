//! Lives of accounts and authorities from binding to end, as the bytes of stories.

/// Places of accounts in `somebody`.
mod places {
    pub(super) const ROOT: u8 = 0;
    pub(super) const UNDER: u8 = 1;
    pub(super) const SIX: u8 = 2;
    pub(super) const SEVEN: u8 = 3;
    /// The contract that forwards once.
    pub(super) const CONTRACT: u8 = 4;
    pub(super) const UNDER_CONTRACT: u8 = 5;
    pub(super) const CROWDED: u8 = 6;
    pub(super) const FROZEN: u8 = 7;
    pub(super) const FROZEN_STRANGER: u8 = 8;
    pub(super) const NOBODY: u8 = 9;
    pub(super) const NEW: u8 = 10;
    pub(super) const FILLER: u8 = 11;
    pub(super) const OTHER_FILLER: u8 = 12;
    /// An account of the first authority.
    pub(super) const OFFICER: u8 = 14;
    pub(super) const MODULE: u8 = 16;
    pub(super) const ZERO: u8 = 17;
}

/// One move: kind, who, which way, and what belongs to it.
mod moves {
    pub(super) fn appoint(who: u8, organisation: u8, name: u8, from: u8) -> Vec<u8> {
        vec![0, who, 0, 0, 0, organisation, name, from]
    }

    pub(super) fn dismiss(who: u8, authority: u8, successor: u8, reason: u8) -> Vec<u8> {
        vec![0, who, 0, 0, 1, authority, successor, reason]
    }

    /// With an odd end a firm, else a person.
    pub(super) fn bind(who: u8, account: u8, subject: u8, end: u8, odd: u8) -> Vec<u8> {
        vec![1, who, 0, 0, account, subject, 2, end, odd]
    }

    pub(super) fn renew(who: u8, binding: u8, level: u8, end: u8) -> Vec<u8> {
        vec![1, who, 0, 2, binding, level, end]
    }

    pub(super) fn add(who: u8, root: u8, account: u8) -> Vec<u8> {
        vec![2, who, 0, 0, 0, root, account]
    }

    pub(super) fn rotate(who: u8, account: u8, successor: u8, reason: u8) -> Vec<u8> {
        vec![2, who, 0, 0, 1, account, successor, reason]
    }

    /// 0 suspend, 1 restore, 2 revoke.
    pub(super) fn step(who: u8, what: u8, account: u8, reason: u8) -> Vec<u8> {
        vec![3, who, 0, what, account, reason]
    }

    /// To act (0) or to succeed (1).
    pub(super) fn invite(who: u8, account: u8, purpose: u8) -> Vec<u8> {
        vec![4, who, 0, 0, account, purpose]
    }

    pub(super) fn accept(who: u8, inviter: u8) -> Vec<u8> {
        vec![4, who, 0, 1, inviter]
    }

    pub(super) fn withdraw(who: u8, account: u8) -> Vec<u8> {
        vec![4, who, 0, 2, account]
    }

    /// Carries out what was decided.
    pub(super) fn carry_out(who: u8, place: u8) -> Vec<u8> {
        vec![4, who, 0, 3, 0, place]
    }

    pub(super) fn look(what: u8, first: u8, second: u8) -> Vec<u8> {
        vec![6, what, first, second]
    }

    /// The same without sending.
    pub(super) fn ask(mut call: Vec<u8>) -> Vec<u8> {
        if let Some(kind) = call.first_mut() {
            *kind += 7;
        }
        call
    }

    /// The same another way.
    pub(super) fn by(way: u8, mut call: Vec<u8>) -> Vec<u8> {
        if let Some(at) = call.get_mut(2) {
            *at = way;
        }
        call
    }

    /// To the time of a kind, of the thing at a place; or a moment before it.
    pub(super) fn wait(kind: u8, place: u8, early: u8) -> Vec<u8> {
        vec![5, kind * 8 + place, early]
    }
}

/// How an account stands, and its binding.
fn looks(account: u8, binding: u8) -> Vec<u8> {
    use moves::look;
    [look(0, account, 0), look(5, binding, 0), look(6, binding, 0)].concat()
}

fn seeds_of_bindings() -> Vec<Vec<u8>> {
    use moves::{add, ask, bind, look, renew, rotate, step, wait};
    use places::{
        CONTRACT, CROWDED, FILLER, FROZEN, FROZEN_STRANGER, MODULE, NEW, NOBODY, OFFICER, OTHER_FILLER, ROOT,
        SEVEN, SIX, UNDER, UNDER_CONTRACT, ZERO,
    };
    vec![
        // Persons and firms, and each subject once.
        [
            bind(0, SIX, 3, 1, 0),
            looks(SIX, 4),
            bind(0, SEVEN, 3, 0, 0),
            bind(1, SEVEN, 3, 0, 0),
            looks(SEVEN, 5),
        ]
        .concat(),
        [bind(0, SIX, 0, 0, 1), look(4, SIX, CONTRACT), look(4, SIX, ROOT), bind(1, SEVEN, 0, 0, 1)].concat(),
        [
            bind(0, SIX, 0, 0, 1),
            bind(0, SIX, 6, 0, 1),
            bind(0, ROOT, 6, 0, 1),
            look(3, SIX, 0),
            look(7, 1, 6),
        ]
        .concat(),
        [bind(2, SIX, 3, 0, 0), bind(5, SIX, 3, 0, 0), bind(0, FROZEN_STRANGER, 3, 0, 0), looks(8, 4)]
            .concat(),
        (240..=252).flat_map(|odd| ask(bind(0, SIX, 3, 0, odd))).collect(),
        (0..9).flat_map(|end| ask(bind(0, SIX, 3, end, 0))).collect(),
        [ROOT, MODULE, ZERO, UNDER, CROWDED].into_iter().flat_map(|who| ask(bind(0, who, 3, 0, 0))).collect(),
        [
            bind(1, SIX, 0, 0, 249),
            ask(vec![1, 0, 0, 0, SIX, 3, 255, 0, 0]),
            ask(vec![1, 0, 0, 0, SIX, 3, 254, 0, 0]),
            bind(0, SIX, 0, 0, 250),
            look(4, SIX, CONTRACT),
            bind(0, SEVEN, 0, 0, 1),
        ]
        .concat(),
        // Renewed, expired, renewed.
        [
            renew(0, 1, 3, 2),
            looks(UNDER, 1),
            wait(0, 0, 1),
            look(0, ROOT, 0),
            wait(0, 0, 0),
            looks(ROOT, 1),
            look(1, ROOT, 0),
            renew(0, 1, 0, 1),
            looks(UNDER, 1),
        ]
        .concat(),
        [ask(renew(1, 1, 0, 1)), ask(renew(0, 5, 0, 0)), ask(step(1, 0, ROOT, 0))].concat(),
        [renew(0, 2, 0, 0), renew(1, 2, 255, 0), renew(1, 2, 254, 0), renew(1, 2, 0, 4), renew(1, 2, 0, 3)]
            .concat(),
        // Accounts under a root, until it is full.
        [
            add(0, ROOT, SIX),
            looks(SIX, 1),
            ask(add(0, UNDER, SEVEN)),
            add(1, ROOT, SEVEN),
            add(0, ROOT, UNDER_CONTRACT),
            add(0, ROOT, ZERO),
            add(0, NOBODY, SEVEN),
        ]
        .concat(),
        [
            add(1, CROWDED, SIX),
            ask(add(1, CROWDED, SEVEN)),
            look(6, 3, 0),
            step(1, 2, FILLER, 0),
            look(6, 3, 0),
            add(1, CROWDED, SEVEN),
            look(6, 3, 0),
            look(0, FILLER, 0),
        ]
        .concat(),
        // Replaced: a root, its successor, one under it.
        [
            rotate(0, ROOT, SIX, 2),
            looks(ROOT, 1),
            looks(SIX, 1),
            rotate(0, SIX, ROOT, 2),
            rotate(0, UNDER, SEVEN, 1),
            looks(UNDER, 1),
            ask(rotate(0, ROOT, NEW, 0)),
            ask(bind(0, ROOT, 3, 0, 0)),
            rotate(0, SEVEN, SEVEN, 1),
            look(4, ROOT, SEVEN),
        ]
        .concat(),
        // Not while they are frozen.
        [
            ask(rotate(1, CONTRACT, NEW, 0)),
            ask(rotate(1, UNDER_CONTRACT, NEW, 0)),
            ask(rotate(1, FROZEN, NEW, 0)),
            looks(UNDER_CONTRACT, 2),
            wait(4, 0, 1),
            ask(rotate(1, CONTRACT, NEW, 0)),
            wait(4, 0, 0),
            looks(UNDER_CONTRACT, 2),
            rotate(1, UNDER_CONTRACT, FROZEN_STRANGER, 0),
        ]
        .concat(),
        [
            wait(4, 0, 0),
            rotate(1, CONTRACT, NEW, 0),
            looks(NEW, 2),
            rotate(1, CROWDED, NOBODY, 0),
            looks(9, 3),
        ]
        .concat(),
        // Suspended and restored, alone and as a whole.
        [
            step(0, 0, UNDER, 0),
            looks(UNDER, 1),
            ask(step(0, 0, UNDER, 0)),
            step(0, 0, ROOT, 1),
            looks(ROOT, 1),
            step(0, 1, UNDER, 8),
            step(0, 1, ROOT, 8),
            looks(UNDER, 1),
        ]
        .concat(),
        [
            step(0, 0, ROOT, 0),
            ask(step(0, 0, UNDER, 0)),
            ask(add(0, ROOT, SIX)),
            ask(step(0, 1, UNDER, 0)),
            ask(rotate(0, UNDER, SIX, 0)),
            renew(0, 1, 1, 0),
            rotate(0, ROOT, SEVEN, 1),
            looks(SEVEN, 1),
            look(0, UNDER, 0),
        ]
        .concat(),
        [step(0, 0, UNDER, 0), rotate(0, UNDER, SIX, 1), look(0, SIX, 0), look(0, UNDER, 0)].concat(),
        [step(1, 0, ROOT, 0), step(0, 1, ROOT, 0), step(0, 0, ROOT, 255), step(0, 2, NOBODY, 0)].concat(),
        // Revoked for good; the subject may be bound anew.
        [
            step(0, 2, ROOT, 4),
            looks(ROOT, 1),
            looks(UNDER, 1),
            look(7, 1, 1),
            look(9, 1, 0),
            ask(renew(0, 1, 0, 0)),
            ask(step(0, 1, ROOT, 0)),
            ask(bind(0, UNDER, 3, 0, 0)),
            bind(0, SIX, 1, 0, 0),
            look(4, SIX, ROOT),
        ]
        .concat(),
        [
            step(0, 2, UNDER, 255),
            step(0, 2, UNDER, 0),
            looks(UNDER, 1),
            ask(bind(0, UNDER, 3, 0, 0)),
            ask(step(0, 2, UNDER, 0)),
            look(4, UNDER, ROOT),
            look(3, UNDER, 0),
        ]
        .concat(),
        // By the root, of whom is under it.
        [
            step(4, 2, ROOT, 0),
            step(5, 2, UNDER, 0),
            step(4, 2, CROWDED, 0),
            step(4, 2, UNDER, 0),
            looks(1, 1),
        ]
        .concat(),
        [step(0, 0, ROOT, 0), ask(step(4, 2, UNDER, 0)), step(0, 2, OTHER_FILLER, 0)].concat(),
        // An officer of the authority who is a root is heard as the root.
        [
            bind(0, OFFICER, 3, 0, 0),
            add(0, OFFICER, SIX),
            step(0, 0, OFFICER, 0),
            ask(step(0, 2, SIX, 0)),
            step(0, 1, OFFICER, 0),
            step(0, 2, SIX, 0),
        ]
        .concat(),
    ]
}

fn seeds_of_invitations() -> Vec<Vec<u8>> {
    use moves::{accept, add, ask, bind, by, invite, look, rotate, step, wait, withdraw};
    use places::{CONTRACT, CROWDED, NEW, ROOT, SEVEN, SIX, UNDER, ZERO};
    let contracts = |call: Vec<u8>| by(1, call);
    vec![
        // To act; by the root only.
        [
            invite(4, SIX, 0),
            look(8, SIX, ROOT),
            look(0, SIX, 0),
            ask(accept(7, ROOT)),
            accept(6, ROOT),
            looks(SIX, 1),
            look(8, SIX, ROOT),
            ask(accept(6, ROOT)),
            ask(invite(5, SEVEN, 0)),
            ask(invite(6, SEVEN, 1)),
        ]
        .concat(),
        // To succeed.
        [
            invite(4, SIX, 1),
            accept(6, ROOT),
            looks(ROOT, 1),
            looks(SIX, 1),
            invite(5, SEVEN, 1),
            accept(7, UNDER),
            looks(SEVEN, 1),
            ask(invite(4, NEW, 1)),
        ]
        .concat(),
        // Taken back, over, and once more.
        [
            invite(4, SIX, 0),
            withdraw(4, SIX),
            look(8, SIX, ROOT),
            accept(6, ROOT),
            withdraw(4, SIX),
            invite(4, SIX, 1),
            wait(1, 0, 1),
            ask(accept(6, ROOT)),
            wait(1, 0, 0),
            ask(accept(6, ROOT)),
            look(8, SIX, ROOT),
            look(0, SIX, 0),
            ask(withdraw(4, SIX)),
            invite(4, SIX, 0),
        ]
        .concat(),
        // What comes between.
        [invite(4, SIX, 0), bind(0, SIX, 3, 0, 0), look(8, SIX, ROOT), accept(6, ROOT), withdraw(4, SIX)]
            .concat(),
        [invite(4, SIX, 0), step(0, 0, ROOT, 0), ask(accept(6, ROOT)), step(0, 1, ROOT, 0), accept(6, ROOT)]
            .concat(),
        [
            invite(4, SIX, 0),
            rotate(0, ROOT, SEVEN, 0),
            ask(accept(6, ROOT)),
            look(8, SIX, ROOT),
            withdraw(4, SIX),
        ]
        .concat(),
        [
            invite(5, SIX, 1),
            step(0, 2, UNDER, 0),
            ask(accept(6, UNDER)),
            withdraw(5, SIX),
            look(8, SIX, UNDER),
        ]
        .concat(),
        [invite(5, SIX, 1), step(0, 2, ROOT, 0), ask(accept(6, UNDER)), look(0, SIX, 0), look(0, UNDER, 0)]
            .concat(),
        [invite(4, SIX, 0), invite(4, SIX, 1), look(8, SIX, ROOT), accept(6, ROOT), look(0, ROOT, 0)]
            .concat(),
        // Two who invite the same.
        [
            invite(4, SIX, 0),
            invite(5, SIX, 1),
            look(0, SIX, 0),
            accept(6, UNDER),
            ask(accept(6, ROOT)),
            looks(2, 1),
        ]
        .concat(),
        [
            ask(invite(4, SIX, 4)),
            ask(invite(4, SIX, 5)),
            ask(invite(4, ROOT, 0)),
            ask(invite(4, UNDER, 0)),
            ask(invite(4, ZERO, 0)),
            ask(invite(7, SIX, 0)),
            ask(invite(0, SIX, 1)),
        ]
        .concat(),
        // Once it is no more frozen.
        [
            contracts(ask(invite(4, SIX, 0))),
            wait(4, 0, 1),
            contracts(ask(invite(4, SIX, 0))),
            wait(4, 0, 0),
            contracts(invite(4, SIX, 0)),
            accept(6, CONTRACT),
            looks(SIX, 2),
            contracts(step(4, 2, SIX, 0)),
            contracts(invite(4, SEVEN, 1)),
            accept(7, CONTRACT),
            looks(SEVEN, 2),
            look(0, CONTRACT, 0),
        ]
        .concat(),
        // After the binding expired.
        [
            invite(4, SIX, 0),
            wait(0, 0, 0),
            ask(accept(6, ROOT)),
            ask(invite(4, SIX, 0)),
            ask(withdraw(4, SIX)),
        ]
        .concat(),
        // A successor becomes the root of a full binding.
        [
            rotate(1, CROWDED, SIX, 0),
            invite(6, SEVEN, 0),
            invite(6, NEW, 0),
            accept(7, SIX),
            ask(add(1, SIX, NEW)),
            ask(invite(6, NEW, 0)),
            invite(7, NEW, 1),
            look(0, SEVEN, 0),
        ]
        .concat(),
    ]
}

fn seeds_of_authorities() -> Vec<Vec<u8>> {
    use moves::{add, appoint, ask, bind, carry_out, dismiss, look, renew, step, wait};
    use places::{ROOT, SEVEN, SIX, UNDER};
    vec![
        // Appointed, from a time on.
        [
            appoint(0, 0, 0, 0),
            look(9, 3, 0),
            look(10, 5, 0),
            look(11, 0, 0),
            bind(8, SIX, 3, 0, 0),
            looks(SIX, 4),
            appoint(0, 0, 0, 0),
        ]
        .concat(),
        [
            appoint(1, 0, 1, 1),
            look(10, 5, 0),
            ask(bind(8, SIX, 3, 0, 0)),
            wait(2, 2, 1),
            ask(bind(8, SIX, 3, 0, 0)),
            wait(2, 2, 0),
            ask(bind(8, SIX, 3, 0, 0)),
            dismiss(2, 1, 3, 0),
            bind(8, SIX, 3, 0, 0),
            look(9, 1, 0),
        ]
        .concat(),
        // Not a moment before it begins, though that is decided on.
        [appoint(1, 0, 1, 1), dismiss(0, 1, 3, 0), wait(2, 2, 1), dismiss(0, 1, 3, 0), look(9, 1, 0)]
            .concat(),
        // Renewed after somebody left.
        [
            step(0, 2, UNDER, 0),
            renew(0, 1, 0, 1),
            look(0, UNDER, 0),
            look(0, ROOT, 0),
            step(0, 0, ROOT, 0),
            renew(0, 1, 1, 0),
            look(0, ROOT, 0),
            look(0, UNDER, 0),
        ]
        .concat(),
        // By those who vote only, and not too late.
        [appoint(8, 0, 0, 0), carry_out(4, 0), carry_out(2, 0), carry_out(2, 0), look(9, 3, 0)].concat(),
        [
            appoint(8, 0, 0, 0),
            wait(3, 0, 1),
            ask(carry_out(2, 0)),
            wait(3, 0, 0),
            carry_out(2, 0),
            appoint(0, 0, 0, 0),
        ]
        .concat(),
        // Decided, and overtaken by what came between.
        [
            appoint(8, 0, 0, 0),
            appoint(0, 0, 11, 0),
            ask(carry_out(0, 0)),
            ask(carry_out(0, 1)),
            carry_out(0, 0),
            carry_out(0, 1),
            look(11, 0, 0),
        ]
        .concat(),
        [
            step(0, 2, ROOT, 0),
            dismiss(8, 1, 0, 0),
            bind(0, SIX, 3, 0, 0),
            ask(carry_out(0, 0)),
            carry_out(0, 0),
            step(0, 2, SIX, 0),
            carry_out(0, 0),
            look(9, 1, 0),
        ]
        .concat(),
        [dismiss(8, 1, 2, 0), dismiss(0, 2, 1, 0), ask(carry_out(0, 0)), ask(carry_out(0, 1))].concat(),
        [dismiss(8, 1, 2, 0), dismiss(0, 1, 2, 4), ask(carry_out(0, 0)), ask(carry_out(0, 1))].concat(),
        // What cannot be decided.
        (0..7).flat_map(|organisation| ask(appoint(0, organisation, 0, 0))).collect(),
        (6..12).flat_map(|name| ask(appoint(0, 0, name, 0))).collect(),
        (0..6).flat_map(|from| ask(appoint(0, 0, 0, from))).collect(),
        (0..5).flat_map(|successor| ask(dismiss(0, 1, successor, 0))).collect(),
        [ask(dismiss(0, 0, 1, 0)), ask(dismiss(0, 3, 1, 0)), ask(dismiss(0, 1, 2, 255))].concat(),
        [
            appoint(0, 1, 11, 4),
            look(9, 3, 0),
            appoint(0, 2, 0, 2),
            look(9, 4, 0),
            dismiss(0, 3, 0, 0),
            look(9, 3, 0),
        ]
        .concat(),
        // A successor answers for the bindings.
        [
            dismiss(0, 1, 2, 6),
            look(9, 1, 0),
            look(9, 2, 0),
            looks(ROOT, 1),
            ask(step(0, 0, ROOT, 0)),
            step(1, 0, UNDER, 0),
            ask(bind(1, SIX, 1, 0, 0)),
            look(7, 1, 1),
            look(7, 2, 1),
            look(10, 1, 0),
            step(1, 2, ROOT, 0),
            bind(1, SIX, 1, 0, 0),
            look(9, 2, 0),
        ]
        .concat(),
        // The same firm at both.
        [
            bind(0, SIX, 0, 0, 1),
            dismiss(1, 2, 1, 0),
            look(7, 1, 6),
            look(7, 2, 6),
            ask(bind(0, SEVEN, 0, 0, 1)),
            look(9, 1, 0),
            step(0, 2, SIX, 0),
            look(7, 1, 6),
            ask(bind(0, SEVEN, 0, 0, 1)),
        ]
        .concat(),
        // Dismissed, and appointed once more; successors of successors.
        [
            dismiss(0, 1, 2, 0),
            appoint(0, 3, 0, 0),
            look(10, 1, 0),
            dismiss(0, 2, 3, 0),
            look(9, 3, 0),
            looks(ROOT, 1),
            renew(0, 1, 0, 0),
            add(0, ROOT, SIX),
            look(3, ROOT, 0),
            ask(dismiss(0, 3, 1, 0)),
            ask(dismiss(0, 1, 3, 0)),
            look(9, 2, 0),
        ]
        .concat(),
        // With nothing to answer for.
        [
            step(0, 2, ROOT, 0),
            dismiss(0, 1, 0, 0),
            look(9, 1, 0),
            looks(ROOT, 1),
            ask(bind(0, SEVEN, 3, 0, 0)),
            ask(dismiss(0, 2, 1, 0)),
            appoint(1, 3, 0, 0),
            bind(0, SIX, 1, 0, 0),
            look(9, 3, 0),
        ]
        .concat(),
    ]
}

fn seeds_of_ways() -> Vec<Vec<u8>> {
    use moves::{add, appoint, ask, bind, by, invite, look, renew, step};
    use places::{CONTRACT, CROWDED, ROOT, SEVEN, SIX, UNDER};
    let ways = (1..10).map(|way| {
        [
            by(way, bind(0, SIX, 3, 0, 0)),
            by(way, ask(renew(0, 1, 1, 0))),
            by(way, renew(0, 1, 1, 0)),
            by(way, renew(1, 3, 1, 0)),
            by(way, add(1, CROWDED, SIX)),
            by(way, step(0, 0, UNDER, 0)),
            by(way, invite(4, SEVEN, 0)),
            by(way, ask(invite(4, SEVEN, 1))),
            by(way, appoint(0, 0, 0, 0)),
            look(0, CONTRACT, 0),
            look(5, 1, 0),
            look(11, 0, 0),
        ]
        .concat()
    });
    let all = |account: u8| (0..12).flat_map(move |what| look(what, account, 1)).collect();
    ways.chain([ROOT, UNDER, CONTRACT, 5, CROWDED].map(all)).collect()
}

pub(in crate::targets) fn seeds() -> Vec<Vec<u8>> {
    [seeds_of_bindings(), seeds_of_invitations(), seeds_of_authorities(), seeds_of_ways()].concat()
}
