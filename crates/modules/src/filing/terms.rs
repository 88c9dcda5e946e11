//! The fixed vocabularies of `filing`: what the forms, measures and clocks of Order No. 3 name.
//!
//! Article numbers are those of the Provisions on the Administration of Blockchain Information
//! Services (区块链信息服务管理规定), in force since 2019-02-15.

use crate::ids::text::{half_width, is_invisible};
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

pub(super) use terms;

terms! {
    /// What a subject is (主体性质).
    Nature (2) {
        /// An organisation; its identity is its unified social credit code.
        Organisation = 1, "organisation";
        /// A person; the ledger sees a salted commitment.
        Individual = 2, "individual";
    }
}

terms! {
    /// Identity document of a subject (证件类型).
    IdType (5) {
        /// Unified social credit code (统一社会信用代码).
        CreditCode = 1, "credit-code";
        /// Resident ID.
        ResidentId = 2, "resident-id";
        /// Passport.
        Passport = 3, "passport";
        /// Taiwan compatriot permit.
        TaiwanPermit = 4, "taiwan-permit";
        /// Hong Kong and Macau pass.
        HongKongMacauPass = 5, "hong-kong-macau-pass";
    }
}

terms! {
    /// Kind of provider, a bit each in the interface: who serves the public, and who gives technical
    /// support to those who do (art. 2).
    Kind (2) {
        /// Serves the public.
        Service = 1, "service-provider";
        /// Supports those who do; an organisation.
        Technology = 2, "technology-provider";
    }
}

terms! {
    /// Service category (服务类别).
    Category (3) {
        /// Runs infrastructure.
        Infrastructure = 1, "infrastructure";
        /// Operates an application.
        Application = 2, "application";
        /// Provides technology.
        Technology = 3, "technology";
    }
}

impl Category {
    /// Bits of the kinds of provider that file this category.
    pub const fn kinds(self) -> u8 {
        match self {
            Self::Infrastructure => Kind::Service.number() | Kind::Technology.number(),
            Self::Application => Kind::Service.number(),
            Self::Technology => Kind::Technology.number(),
        }
    }
}

terms! {
    /// Service form (服务形式).
    ServiceForm (7) {
        /// A website; it needs an ICP filing.
        Website = 1, "website";
        /// An app.
        App = 2, "app";
        /// An official account.
        OfficialAccount = 3, "official-account";
        /// A mini program.
        MiniProgram = 4, "mini-program";
        /// A program for computers.
        Client = 5, "client";
        /// An interface for other programs.
        Interface = 6, "interface";
        /// Another form.
        Other = 7, "other";
    }
}

terms! {
    /// Kind of attachment.
    Material (7) {
        /// Business licence, or identity document of an individual.
        Licence = 1, "licence";
        /// Identity document of the person in charge.
        PersonDocument = 2, "person-document";
        /// Signed statement of authenticity.
        Statement = 3, "authenticity-statement";
        /// Description of the product.
        Description = 4, "product-description";
        /// ICP filing of the site.
        Icp = 5, "icp-filing";
        /// Management rules and platform convention (art. 7).
        Rules = 6, "management-rules";
        /// Anything else.
        Other = 7, "other";
    }
}

impl Material {
    /// Its bit in a set of materials.
    pub const fn bit(self) -> u16 {
        1 << self.number()
    }

    /// What a record needs: everything but the ICP filing, which a site needs besides, and `Other`.
    pub const fn required(site: bool) -> u16 {
        let always = Self::Licence.bit()
            | Self::PersonDocument.bit()
            | Self::Statement.bit()
            | Self::Description.bit()
            | Self::Rules.bit();
        if site { always | Self::Icp.bit() } else { always }
    }
}

terms! {
    /// Format of an attachment.
    Format (3) {
        /// PDF.
        Pdf = 1, "pdf";
        /// JPEG image.
        Jpeg = 2, "jpeg";
        /// PNG image.
        Png = 3, "png";
    }
}

terms! {
    /// Reason to send a filing or a change back (art. 12).
    Reason (9) {
        /// Identity of the subject is missing or does not check.
        Subject = 1, "subject";
        /// The person in charge is missing or was not reached.
        Person = 2, "person-in-charge";
        /// A material is missing.
        Material = 3, "material-missing";
        /// A material cannot be read or is not the one asked for.
        Unreadable = 4, "material-unreadable";
        /// The statement of authenticity is missing or not signed.
        Statement = 5, "statement";
        /// The ICP filing is missing or of another site.
        Icp = 6, "icp-filing";
        /// The service is described incompletely.
        Description = 7, "description";
        /// Management mechanism or technical ability is not shown (arts. 5 to 7).
        Mechanism = 8, "management-mechanism";
        /// Something else, said in the text.
        Other = 9, "other";
    }
}

terms! {
    /// A legal clock. Its working days are data: [`Clock::days`] until a decision sets others.
    Clock (12) {
        /// File a service: from its go-live day (art. 11(1)).
        File = 1, "file";
        /// Make up a filing: services older than the Provisions (art. 23).
        MakeUp = 2, "make-up-filing";
        /// Record or return: from receipt of the material (art. 12).
        Decide = 3, "decide-filing";
        /// Supplement a returned filing: set with the return.
        Supplement = 4, "supplement";
        /// Tell a change: from the change (art. 11(2)). Looked at when it is told.
        Change = 5, "report-change";
        /// Decide on a reported change.
        DecideChange = 6, "decide-change";
        /// Object: from publication.
        Object = 7, "object";
        /// Decide an objection.
        DecideObjection = 8, "decide-objection";
        /// Answer an inspection: set with the campaign (art. 14).
        Answer = 9, "answer-inspection";
        /// Correct: set with the order or warning (arts. 15, 19 to 22).
        Correct = 10, "correct";
        /// Announce the end: this many working days before it (art. 11(3)).
        Terminate = 11, "terminate";
        /// Decide on a security assessment (art. 9).
        DecideAssessment = 12, "decide-assessment";
    }
}

impl Clock {
    /// Working days where no decision set others; `None` where the step that starts the clock sets
    /// them.
    pub const fn days(self) -> Option<u16> {
        match self {
            Self::File | Self::Object => Some(10),
            Self::MakeUp | Self::Decide => Some(20),
            Self::DecideChange | Self::DecideObjection | Self::DecideAssessment => Some(20),
            Self::Change => Some(5),
            Self::Terminate => Some(30),
            Self::Supplement | Self::Answer | Self::Correct => None,
        }
    }
}

terms! {
    /// A measure against a provider.
    Measure (4) {
        /// Order to correct in a time limit (责令限期改正).
        Rectify = 1, "order-to-correct";
        /// Warning (警告).
        Warn = 2, "warning";
        /// Suspension until corrected (暂停业务).
        Suspend = 3, "suspension";
        /// Fine (罚款), by two hands.
        Fine = 4, "fine";
    }
}

impl Measure {
    /// Its bit in a set of measures.
    pub const fn bit(self) -> u8 {
        1 << self.number()
    }
}

terms! {
    /// Ground of a fine.
    Ground (2) {
        /// Refused to correct.
        Refusal = 1, "refusal-to-correct";
        /// Serious circumstances.
        Serious = 2, "serious-circumstances";
    }
}

terms! {
    /// A duty that can be breached: article of the Provisions; those of art. 11 apart.
    Duty (16) {
        /// Art. 5.
        Security = 5, "content-security";
        /// Art. 6.
        Ability = 6, "technical-ability";
        /// Art. 7.
        Rules = 7, "rules-and-agreement";
        /// Art. 8.
        Identity = 8, "authenticate-users";
        /// Art. 9.
        Assessment = 9, "security-assessment";
        /// Art. 10.
        Content = 10, "forbidden-content";
        /// Art. 11(1).
        Filing = 11, "file";
        /// Art. 12.
        Truth = 12, "true-filing";
        /// Art. 13.
        ShowNumber = 13, "show-number";
        /// Art. 14.
        Inspection = 14, "answer-inspection";
        /// Art. 15.
        Risk = 15, "remove-risk";
        /// Art. 16.
        Users = 16, "act-against-users";
        /// Art. 17.
        Logs = 17, "keep-logs";
        /// Art. 18.
        Cooperation = 18, "cooperate";
        /// Art. 11(2).
        Change = 21, "report-change";
        /// Art. 11(3).
        Termination = 31, "announce-termination";
    }
}

impl Duty {
    /// Its bit in a set of duties.
    pub const fn bit(self) -> u32 {
        1 << self.number()
    }
}

/// What an article of the penalty table provides. Amounts in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// Least fine.
    pub min_fen: u64,
    /// Highest fine; zero if it provides none.
    pub max_fen: u64,
    /// Duties that fall under it ([`Duty::bit`]).
    pub breaches: u32,
    /// Measures that may be taken ([`Measure::bit`]).
    pub measures: u8,
}

impl Article {
    /// Articles of the penalty table.
    pub const NUMBERS: core::ops::RangeInclusive<u8> = 19..=22;

    /// What an article provides where no decision set anything else.
    ///
    /// Ranges of arts. 19 and 22 as published; the list of duties of art. 19 and the range of art. 21
    /// are from memory, therefore data. Art. 20 refers to the Cybersecurity Law and provides no fine
    /// of its own.
    pub fn of(number: u8) -> Option<Self> {
        const YUAN: u64 = 100;
        let duties = |list: &[Duty]| list.iter().fold(0, |bits, duty| bits | duty.bit());
        let measures = |list: &[Measure]| list.iter().fold(0, |bits, measure| bits | measure.bit());
        let all = measures(&Measure::ALL);
        Some(match number {
            19 => Self {
                min_fen: 5_000 * YUAN,
                max_fen: 30_000 * YUAN,
                breaches: duties(&[
                    Duty::Security,
                    Duty::Ability,
                    Duty::Rules,
                    Duty::Assessment,
                    Duty::Change,
                    Duty::ShowNumber,
                    Duty::Risk,
                    Duty::Logs,
                    Duty::Cooperation,
                ]),
                measures: all,
            },
            20 => Self {
                min_fen: 0,
                max_fen: 0,
                breaches: duties(&[Duty::Identity, Duty::Users]),
                measures: measures(&[Measure::Rectify, Measure::Warn, Measure::Suspend]),
            },
            21 => Self {
                min_fen: 20_000 * YUAN,
                max_fen: 30_000 * YUAN,
                breaches: duties(&[Duty::Content]),
                measures: all,
            },
            22 => Self {
                min_fen: 10_000 * YUAN,
                max_fen: 30_000 * YUAN,
                breaches: duties(&[Duty::Filing, Duty::Truth]),
                measures: measures(&[Measure::Rectify, Measure::Warn, Measure::Fine]),
            },
            _ => return None,
        })
    }
}

/// Wording that presents a filing as an approval or endorsement; it is none and must not be used so.
pub const APPROVAL_WORDING: [&str; 14] = [
    "网信办批准",
    "网信办认证",
    "网信办认可",
    "网信办审批",
    "网信办推荐",
    "获得批准",
    "国家批准",
    "国家认证",
    "国家认可",
    "官方认证",
    "官方认可",
    "官方背书",
    "approved by the cac",
    "approved by cac",
];

/// The wording of [`APPROVAL_WORDING`] that a text uses, whatever its width, case and spaces.
pub fn approval_wording(text: &str) -> Option<&'static str> {
    let folded = closed_up(text);
    APPROVAL_WORDING.into_iter().find(|phrase| folded.contains(&closed_up(phrase)))
}

/// Half width, small letters, and nothing between the signs that a reader does not read.
fn closed_up(text: &str) -> String {
    let signs = text.chars().map(half_width).filter(|sign| !sign.is_whitespace() && !is_invisible(*sign));
    signs.map(|sign| sign.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_penalty_table_is_that_of_articles_19_to_22() {
        assert_eq!(Article::NUMBERS.filter_map(Article::of).count(), 4);
        assert_eq!((Article::of(18), Article::of(23)), (None, None));
        let range = |number| Article::of(number).map(|a| (a.min_fen / 100, a.max_fen / 100)).unwrap();
        assert_eq!(
            [19, 20, 21, 22].map(range),
            [(5_000, 30_000), (0, 0), (20_000, 30_000), (10_000, 30_000)]
        );
        let punished = |duty: Duty| {
            let by = Article::NUMBERS.filter(|n| Article::of(*n).unwrap().breaches & duty.bit() != 0);
            by.collect::<Vec<_>>()
        };
        assert_eq!(punished(Duty::Identity), [20]);
        assert_eq!(punished(Duty::Content), [21]);
        assert_eq!(punished(Duty::Filing), [22]);
        assert_eq!(punished(Duty::Change), [19]);
        // No article of the table punishes a late announcement of the end, or a silent inspection.
        assert_eq!(punished(Duty::Termination), [0; 0]);
        assert_eq!(punished(Duty::Inspection), [0; 0]);
    }

    #[test]
    fn numbers_and_names_of_a_vocabulary_are_its_own() {
        macro_rules! one_to_one {
            ($($name:ident),*) => {$(
                for term in $name::ALL {
                    assert_eq!($name::from_number(term.number()), Some(term));
                    assert_eq!($name::from_name(term.name()), Some(term));
                }
                assert_eq!($name::from_number(0), None);
            )*};
        }
        one_to_one!(
            Nature,
            IdType,
            Kind,
            Category,
            ServiceForm,
            Material,
            Format,
            Reason,
            Clock,
            Measure,
            Ground,
            Duty
        );
    }

    #[test]
    fn wording_that_claims_an_approval_is_found_in_either_language_width_and_case() {
        assert_eq!(approval_wording("本服务已获国家网信办批准上线"), Some("网信办批准"));
        assert_eq!(approval_wording("A wallet, Approved by the CAC"), Some("approved by the cac"));
        assert_eq!(approval_wording("网信办 批\u{200b}准，放心使用"), Some("网信办批准"));
        assert_eq!(approval_wording("ＡＰＰＲＯＶＥＤ　ＢＹ\nthe CAC"), Some("approved by the cac"));
        assert_eq!(approval_wording("已完成区块链信息服务备案"), None);
    }

    #[test]
    fn a_site_needs_its_icp_filing_besides() {
        assert_eq!(Material::required(true) ^ Material::required(false), Material::Icp.bit());
        assert_eq!(Material::required(true) & Material::Other.bit(), 0);
    }
}
