//! The fixed vocabularies of `orders`: actions, targets, states, steps and what may be disclosed.
//!
//! [`Step::next`] is the whole state machine. Whoever takes a step and whoever checks a history ask
//! it.

use core::fmt;

/// A vocabulary: variants with number and name, all of them in a list.
macro_rules! terms {
    ($(#[$doc:meta])* $name:ident ($all:literal) { $($(#[$vdoc:meta])* $variant:ident = $number:literal, $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All of them, in the order of numbers.
            pub const ALL: [Self; $all] = [$(Self::$variant,)*];

            /// Its number in the interface.
            pub const fn number(self) -> u8 {
                match self { $(Self::$variant => $number,)* }
            }

            /// What people and the command line call it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The term with this number.
            pub fn from_number(number: u8) -> Option<Self> {
                Self::ALL.into_iter().find(|term| term.number() == number)
            }

            /// The term with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|term| term.name() == name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

terms! {
    /// What an order does.
    Action (8) {
        /// Suspends a service (暂停业务).
        Suspend = 1, "suspend";
        /// Lifts a suspension.
        Restore = 2, "restore";
        /// Freezes an account (冻结): it sends no transactions, except to answer and appeal.
        Freeze = 3, "freeze";
        /// Lifts a freeze (解冻).
        Release = 4, "release";
        /// Requests information by a day.
        Inquire = 5, "inquire";
        /// Orders to correct by a day (责令限期改正).
        Rectify = 6, "rectify";
        /// Asks the identity authority to disclose who stands behind an account.
        Disclose = 7, "disclose";
        /// Lifts a request, an order to correct or a disclosure.
        Lift = 8, "lift";
    }
}

terms! {
    /// What kind of target an order has.
    TargetKind (2) {
        /// A service, by its id in `services`.
        Service = 1, "service";
        /// An account, padded to a word.
        Account = 2, "account";
    }
}

terms! {
    /// How far an order has come.
    Status (9) {
        /// Written by one person.
        Drafted = 1, "drafted";
        /// Approved by another.
        InForce = 2, "in-force";
        /// Answered, corrected or delivered, so its target or the authority says.
        Answered = 3, "answered";
        /// Done.
        Settled = 4, "settled";
        /// Taken back by its issuer before it was approved.
        Withdrawn = 5, "withdrawn";
        /// Turned down by a second person.
        Declined = 6, "declined";
        /// Lifted by a later order.
        Lifted = 7, "lifted";
        /// Revoked on appeal.
        Revoked = 8, "revoked";
        /// Its time is over. Never stored: the clock says so.
        Expired = 9, "expired";
    }
}

terms! {
    /// What moves an order, and what is done to it besides: looks and appeals leave it where it is.
    Step (10) {
        /// A second person approves.
        Approve = 1, "approve";
        /// The issuer takes it back.
        Withdraw = 2, "withdraw";
        /// A second person turns it down.
        Decline = 3, "decline";
        /// The target answers, or the authority delivers.
        Answer = 4, "answer";
        /// The issuing organisation is content.
        Accept = 5, "accept";
        /// The issuing organisation is not content, the order goes on.
        Reject = 6, "reject";
        /// A later order lifts it.
        Undo = 7, "lift";
        /// An appeal has success.
        Revoke = 8, "revoke";
        /// Somebody says that it looks at what was delivered. Moves nothing.
        Look = 9, "look";
        /// The target appeals. Moves nothing.
        Appeal = 10, "appeal";
    }
}

terms! {
    /// State of an order's appeal.
    Appealed (4) {
        /// Nobody appealed.
        Not = 0, "none";
        /// An appeal awaits its decision.
        Open = 1, "open";
        /// The order stands.
        Upheld = 2, "upheld";
        /// The order is revoked.
        Granted = 3, "granted";
    }
}

terms! {
    /// What an identity authority knows, a bit each in a scope.
    Field (7) {
        /// Name.
        Name = 0, "name";
        /// Kind and number of the identity document.
        Document = 1, "document";
        /// Mobile number.
        Mobile = 2, "mobile";
        /// Address.
        Address = 3, "address";
        /// Image of the face, if that was checked.
        Face = 4, "face";
        /// Other accounts of the same subject.
        Accounts = 5, "accounts";
        /// Earlier bindings and keys.
        History = 6, "history";
    }
}

impl Action {
    /// Whether it is done when it is approved: it lifts another order.
    pub const fn lifts(self) -> bool {
        matches!(self, Self::Restore | Self::Release | Self::Lift)
    }

    /// Whether it gives somebody a number of working days to answer.
    pub const fn has_clock(self) -> bool {
        matches!(self, Self::Inquire | Self::Rectify | Self::Disclose)
    }

    /// Whether it may end by itself.
    pub const fn has_end(self) -> bool {
        matches!(self, Self::Suspend | Self::Freeze | Self::Disclose)
    }

    /// Whether it may begin later than with the next block.
    pub const fn has_beginning(self) -> bool {
        matches!(self, Self::Suspend | Self::Restore)
    }

    /// Whether it may have this target.
    pub const fn takes(self, kind: TargetKind) -> bool {
        match self {
            Self::Suspend | Self::Restore => matches!(kind, TargetKind::Service),
            Self::Freeze | Self::Release | Self::Disclose => matches!(kind, TargetKind::Account),
            Self::Inquire | Self::Rectify | Self::Lift => true,
        }
    }

    /// The action that lifts it; `None` if it lifts something itself.
    pub const fn lifted_by(self) -> Option<Self> {
        match self {
            Self::Suspend => Some(Self::Restore),
            Self::Freeze => Some(Self::Release),
            Self::Inquire | Self::Rectify | Self::Disclose => Some(Self::Lift),
            Self::Restore | Self::Release | Self::Lift => None,
        }
    }
}

impl Status {
    /// Whether the order binds somebody.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::InForce | Self::Answered)
    }

    /// Whether what a disclosure delivered may be looked at, if its time is not over.
    pub const fn is_open_to_looks(self) -> bool {
        matches!(self, Self::InForce | Self::Answered | Self::Settled)
    }
}

impl Step {
    /// The state to which this step leads an order with this action; `None` if it may not be taken.
    pub const fn next(self, action: Action, from: Status) -> Option<Status> {
        match (self, from) {
            (Self::Approve, Status::Drafted) if action.lifts() => Some(Status::Settled),
            (Self::Approve, Status::Drafted) => Some(Status::InForce),
            (Self::Withdraw, Status::Drafted) => Some(Status::Withdrawn),
            (Self::Decline, Status::Drafted) => Some(Status::Declined),
            (Self::Answer, Status::InForce | Status::Answered) if action.has_clock() => {
                Some(Status::Answered)
            }
            (Self::Accept, Status::Answered) => Some(Status::Settled),
            (Self::Reject, Status::Answered) => Some(Status::InForce),
            (Self::Undo, Status::InForce | Status::Answered) => Some(Status::Lifted),
            (Self::Revoke, Status::InForce | Status::Answered) => Some(Status::Revoked),
            (Self::Revoke, Status::Settled) if !action.lifts() => Some(Status::Revoked),
            _ => None,
        }
    }
}

impl Field {
    /// Its bit in a scope.
    pub const fn bit(self) -> u32 {
        1 << self.number()
    }

    /// All bits.
    pub const EVERY: u32 = (1 << Self::ALL.len()) - 1;

    /// Names of the fields in a scope.
    pub fn names(scope: u32) -> String {
        let named = Self::ALL.into_iter().filter(|field| scope & field.bit() != 0).map(Self::name);
        named.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_steps_is_the_one_that_is_drawn() {
        use Status::*;
        // Rows: steps; columns: Drafted, InForce, Answered, Settled; other states are ends.
        let drawn = |action: Action| -> [[Option<Status>; 4]; 8] {
            let approved = if action.lifts() { Settled } else { InForce };
            let answer = action.has_clock().then_some(Answered);
            let late = (!action.lifts()).then_some(Revoked);
            [
                [Some(approved), None, None, None],
                [Some(Withdrawn), None, None, None],
                [Some(Declined), None, None, None],
                [None, answer, answer, None],
                [None, None, Some(Settled), None],
                [None, None, Some(InForce), None],
                [None, Some(Lifted), Some(Lifted), None],
                [None, Some(Revoked), Some(Revoked), late],
            ]
        };
        for action in Action::ALL {
            for (step, row) in Step::ALL.into_iter().zip(drawn(action)) {
                for (from, want) in [Drafted, InForce, Answered, Settled].into_iter().zip(row) {
                    assert_eq!(step.next(action, from), want, "{action} {step} from {from}");
                }
                for end in [Withdrawn, Declined, Lifted, Revoked, Expired] {
                    assert_eq!(step.next(action, end), None, "{action} {step} from {end}");
                }
            }
        }
    }

    #[test]
    fn every_order_that_binds_somebody_can_be_lifted() {
        for action in Action::ALL {
            assert_eq!(action.lifted_by().is_some(), !action.lifts());
            if let Some(lifting) = action.lifted_by() {
                assert!(lifting.lifts());
                for kind in TargetKind::ALL {
                    assert!(!action.takes(kind) || lifting.takes(kind), "{action} of a {kind}");
                }
            }
        }
    }

    #[test]
    fn names_and_numbers_lead_back() {
        assert!(Action::ALL.iter().all(|t| Action::from_name(t.name()) == Some(*t)));
        assert!(Action::ALL.iter().all(|t| Action::from_number(t.number()) == Some(*t)));
        assert!(Status::ALL.iter().all(|t| Status::from_name(t.name()) == Some(*t)));
        assert!(Status::ALL.iter().all(|t| Status::from_number(t.number()) == Some(*t)));
        assert_eq!(Field::names(0b101), "name, mobile");
        assert_eq!(Field::EVERY, 0b111_1111);
    }
}
