//! The fixed vocabularies of `identity`.

macro_rules! terms {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $number:literal, $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$item_doc])* $item),* }

        impl $name {
            /// All of them, in the order of numbers.
            pub const ALL: &[Self] = &[$(Self::$item),*];

            /// Its number in the interface.
            pub const fn number(self) -> u8 {
                match self { $(Self::$item => $number),* }
            }

            /// What people and the command line call it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$item => $text),* }
            }

            /// The one with this number.
            pub const fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$item),)* _ => None }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|term| term.name() == name)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

terms! {
    /// What kind of subject an account acts for.
    Kind {
        /// A natural person, known by a salted commitment.
        Person = 1, "person";
        /// An organisation, known by its unified social credit code.
        Organisation = 2, "organisation";
    }
}

terms! {
    /// How the authority checked the subject, weakest first.
    Level {
        /// By a mobile number registered in its name (手机号).
        Mobile = 1, "mobile";
        /// By identity document: two factors (二要素).
        Document = 2, "document";
        /// By identity document and face (实人).
        DocumentAndFace = 3, "document-and-face";
        /// In person, at a counter (当面).
        InPerson = 4, "in-person";
    }
}

terms! {
    /// Where an account or a binding stands.
    Status {
        /// Never bound.
        None = 0, "none";
        /// Has standing, as long as it is not expired or frozen.
        Active = 1, "active";
        /// Suspended by the authority; can be restored.
        Suspended = 2, "suspended";
        /// Revoked for good.
        Revoked = 3, "revoked";
        /// Replaced by a successor.
        Replaced = 4, "replaced";
        /// Invited, not bound yet: may accept, nothing else.
        Invited = 5, "invited";
    }
}

terms! {
    /// Why an account was replaced, suspended, restored or revoked, or an authority dismissed.
    Reason {
        /// The holder asked for it.
        HolderRequest = 1, "holder-request";
        /// The key was lost.
        KeyLost = 2, "key-lost";
        /// Somebody else may have the key.
        KeyCompromised = 3, "key-compromised";
        /// What was checked about the subject turned out wrong.
        SubjectDataWrong = 4, "subject-data-wrong";
        /// The person died, or the organisation was dissolved.
        SubjectEnded = 5, "subject-ended";
        /// Rules of the service or the law were broken.
        Breach = 6, "breach";
        /// An order of a competent authority.
        Order = 7, "order";
        /// The identity authority made a mistake.
        AuthorityMistake = 8, "authority-mistake";
        /// The cause of the earlier step is gone.
        CauseRemoved = 9, "cause-removed";
    }
}

terms! {
    /// What an account is invited to.
    Purpose {
        /// To act under the inviter's binding.
        Join = 1, "join";
        /// To replace the inviter.
        Succeed = 2, "succeed";
    }
}
