//! The fixed vocabularies of `pilot`: zones, classes, fields and the words of its forms, each with
//! its official Chinese term.

use core::fmt;

/// A closed list of terms: number in the interface, name for people and the command line, official
/// term.
macro_rules! vocabulary {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $term:ident = $number:literal $text:literal $official:literal;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $term,)* }

        impl $name {
            /// Every term, in the order of numbers.
            pub const ALL: &'static [Self] = &[$(Self::$term),*];

            /// Its number in the interface.
            pub const fn number(self) -> u8 {
                match self { $(Self::$term => $number,)* }
            }

            /// What people and the command line call it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$term => $text,)* }
            }

            /// The official term.
            pub const fn official(self) -> &'static str {
                match self { $(Self::$term => $official,)* }
            }

            /// The term with this number.
            pub fn from_number(number: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|term| term.number() == number)
            }

            /// The term with this name or official term.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|term| term.name() == name || term.official() == name)
            }

            /// Numbers and names of all terms, for sentences.
            pub fn listed() -> String {
                let terms: Vec<String> =
                    Self::ALL.iter().map(|term| format!("{} {}", term.number(), term.name())).collect();
                terms.join(", ")
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(super) use vocabulary;

vocabulary! {
    /// What a pilot is about.
    Kind {
        /// A region tries out many fields together.
        Comprehensive = 1 "comprehensive" "综合性试点";
        /// One entity tries out one field.
        Special = 2 "special" "特色领域试点";
    }
}

vocabulary! {
    /// A class of fields.
    Class {
        /// Real economy.
        RealEconomy = 1 "real-economy" "实体经济";
        /// Governance of society.
        Governance = 2 "governance" "社会治理";
        /// Livelihood services.
        Livelihood = 3 "livelihood" "民生服务";
        /// Financial technology.
        Finance = 4 "finance" "金融科技";
    }
}

vocabulary! {
    /// One of the sixteen fields "blockchain + X".
    Field {
        /// Manufacturing.
        Manufacturing = 1 "manufacturing" "制造";
        /// Energy.
        Energy = 2 "energy" "能源";
        /// Government services and sharing of government data.
        GovernmentServices = 3 "government-services" "政务服务/政务数据共享";
        /// Rule of law.
        RuleOfLaw = 4 "rule-of-law" "法治";
        /// Tax and fees.
        TaxAndFees = 5 "tax-and-fees" "税费服务";
        /// Trial in court.
        Trial = 6 "trial" "审判";
        /// Work of the procuratorates.
        Procuratorate = 7 "procuratorate" "检察";
        /// Copyright.
        Copyright = 8 "copyright" "版权";
        /// Civil affairs.
        CivilAffairs = 9 "civil-affairs" "民政";
        /// Human resources and social security.
        SocialSecurity = 10 "social-security" "人社";
        /// Education.
        Education = 11 "education" "教育";
        /// Health.
        Health = 12 "health" "卫生健康";
        /// Trade finance.
        TradeFinance = 13 "trade-finance" "贸易金融";
        /// Risk-control management.
        RiskControl = 14 "risk-control" "风控管理";
        /// Equity market.
        EquityMarket = 15 "equity-market" "股权市场";
        /// Cross-border finance.
        CrossBorderFinance = 16 "cross-border-finance" "跨境金融";
    }
}

impl Field {
    /// The class that the field belongs to.
    pub const fn class(self) -> Class {
        match self {
            Self::Manufacturing | Self::Energy => Class::RealEconomy,
            Self::GovernmentServices
            | Self::RuleOfLaw
            | Self::TaxAndFees
            | Self::Trial
            | Self::Procuratorate
            | Self::Copyright => Class::Governance,
            Self::CivilAffairs | Self::SocialSecurity | Self::Education | Self::Health => Class::Livelihood,
            Self::TradeFinance | Self::RiskControl | Self::EquityMarket | Self::CrossBorderFinance => {
                Class::Finance
            }
        }
    }
}

vocabulary! {
    /// One of the fifteen zones of comprehensive pilots.
    Zone {
        /// Beijing, Haidian district.
        Beijing = 1 "beijing-haidian" "北京市海淀区";
        /// Chongqing.
        Chongqing = 2 "chongqing" "重庆市";
        /// Fuzhou.
        Fuzhou = 3 "fuzhou" "福州市";
        /// Guangzhou.
        Guangzhou = 4 "guangzhou" "广州市";
        /// Baise.
        Baise = 5 "baise" "百色市";
        /// Guiyang.
        Guiyang = 6 "guiyang" "贵阳市";
        /// Xiong'an New Area.
        Xiongan = 7 "xiongan" "雄安新区";
        /// Wuxi.
        Wuxi = 8 "wuxi" "无锡市";
        /// Shanghai.
        Shanghai = 9 "shanghai" "上海市";
        /// Hangzhou.
        Hangzhou = 10 "hangzhou" "杭州市";
        /// Haikou.
        Haikou = 11 "haikou" "海口市";
        /// Changsha.
        Changsha = 12 "changsha" "长沙市";
        /// Ganzhou.
        Ganzhou = 13 "ganzhou" "赣州市";
        /// Weifang.
        Weifang = 14 "weifang" "潍坊市";
        /// Chengdu.
        Chengdu = 15 "chengdu" "成都市";
    }
}

impl Zone {
    /// First two digits of the zone's administrative division (GB/T 2260).
    pub const fn division(self) -> u8 {
        match self {
            Self::Beijing => 11,
            Self::Xiongan => 13,
            Self::Shanghai => 31,
            Self::Wuxi => 32,
            Self::Hangzhou => 33,
            Self::Fuzhou => 35,
            Self::Ganzhou => 36,
            Self::Weifang => 37,
            Self::Changsha => 43,
            Self::Guangzhou => 44,
            Self::Baise => 45,
            Self::Haikou => 46,
            Self::Chongqing => 50,
            Self::Chengdu => 51,
            Self::Guiyang => 52,
        }
    }
}

vocabulary! {
    /// What a source document is.
    DocumentKind {
        /// Call for applications.
        Call = 1 "call" "申报通知";
        /// Shortlist put out for public comment.
        Shortlist = 2 "shortlist" "公示名单";
        /// List of the pilots.
        List = 3 "list" "入选名单";
        /// Change of a list, or removal from it.
        Change = 4 "change" "调整通知";
        /// Result of acceptance.
        Acceptance = 5 "acceptance" "验收结果";
        /// What others report; its figures are kept beside those of the lists.
        Report = 6 "report" "媒体报道";
    }
}

vocabulary! {
    /// What a public comment says.
    CommentKind {
        /// In favour.
        Support = 1 "support" "支持";
        /// Against; it must be answered before the pilot is listed.
        Objection = 2 "objection" "异议";
        /// Anything else.
        Remark = 3 "remark" "意见";
    }
}

vocabulary! {
    /// What became of a comment.
    Outcome {
        /// The comment is right; the pilot cannot be listed as it is.
        Upheld = 1 "upheld" "采纳";
        /// The comment is right in part, which does not hinder the listing.
        PartlyUpheld = 2 "partly-upheld" "部分采纳";
        /// The comment is not followed.
        NotUpheld = 3 "not-upheld" "不采纳";
    }
}

vocabulary! {
    /// What a pilot entity assesses.
    Assessment {
        /// Half-year assessment.
        Interim = 1 "interim" "半年评估";
        /// Final assessment.
        Final = 2 "final" "终期评估";
    }
}

vocabulary! {
    /// What the competent department found of a pilot.
    Verdict {
        /// The goals are met.
        Met = 1 "met" "达标";
        /// The goals are met in part.
        PartlyMet = 2 "partly-met" "部分达标";
        /// The goals are not met.
        NotMet = 3 "not-met" "未达标";
    }
}

vocabulary! {
    /// Why a pilot is removed from the list.
    Reason {
        /// Falsified results.
        Falsified = 1 "falsified" "弄虚作假";
        /// Speculation or mining under the pilot's name.
        Speculation = 2 "speculation" "借机炒作";
        /// Illegal fund raising, money laundering or pyramid selling under its name.
        IllegalFinance = 3 "illegal-finance" "非法集资、洗钱、传销";
        /// Goals not met.
        GoalsMissed = 4 "goals-missed" "未达目标";
        /// A service without filing number.
        UnfiledService = 5 "unfiled-service" "服务未备案";
        /// The entity asked for it.
        OwnRequest = 6 "own-request" "主动退出";
        /// Anything else, as the text says.
        Other = 7 "other" "其他";
    }
}

vocabulary! {
    /// What a clock of a pilot waits for.
    Clock {
        /// Comments of the public; after it the pilot can be listed.
        PublicComment = 1 "public-comment" "公示期";
        /// The entity's reply to an adjustment order.
        AdjustmentReply = 2 "adjustment-reply" "整改答复";
        /// The entity's next half-year assessment.
        InterimAssessment = 3 "interim-assessment" "半年评估";
        /// The entity's final assessment.
        FinalAssessment = 4 "final-assessment" "终期评估";
    }
}

/// How a person stands to a pilot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// Acts for an organisation with the role supervisor.
    Supervisor,
    /// Acts for the competent department assigned to the pilot.
    Competent,
    /// Acts for the organisation that recommended the pilot.
    Recommender,
    /// Is the account of the pilot's entity.
    Entity,
    /// Anybody.
    Anyone,
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Supervisor => "a supervisor",
            Self::Competent => "the pilot's competent department",
            Self::Recommender => "the organisation that recommended it",
            Self::Entity => "the account of its entity",
            Self::Anyone => "anybody",
        })
    }
}

/// Words that no indicator of a pilot may use: a pilot is about what the technology does, not about
/// what something sells for (no speculation under the pilots' name). English words stand alone,
/// whatever their case; Chinese ones anywhere.
const FORBIDDEN: [&str; 25] = [
    "token",
    "tokens",
    "coin",
    "coins",
    "crypto",
    "cryptocurrency",
    "stablecoin",
    "airdrop",
    "staking",
    "price",
    "prices",
    "yield",
    "yields",
    "apy",
    "apr",
    "roi",
    "代币",
    "币价",
    "虚拟货币",
    "加密货币",
    "收益率",
    "年化",
    "市值",
    "挖矿",
    "价格",
];

/// The first forbidden word in the name or unit of an indicator.
pub fn forbidden_word(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let is_word = |word: &str| lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|own| own == word);
    FORBIDDEN.into_iter().find(|word| if word.is_ascii() { is_word(word) } else { lower.contains(word) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_fifteen_zones_and_sixteen_fields_in_four_classes() {
        assert_eq!((Zone::ALL.len(), Field::ALL.len(), Class::ALL.len()), (15, 16, 4));
        let of = |class: Class| Field::ALL.iter().filter(|field| field.class() == class).count();
        assert_eq!(
            [Class::RealEconomy, Class::Governance, Class::Livelihood, Class::Finance].map(of),
            [2, 6, 4, 4]
        );
        let mut divisions: Vec<u8> = Zone::ALL.iter().map(|zone| zone.division()).collect();
        divisions.sort_unstable();
        divisions.dedup();
        assert_eq!(divisions.len(), 15, "each zone lies in a province of its own");
    }

    #[test]
    fn terms_are_numbered_from_one_and_found_by_number_name_and_official_term() {
        for (number, field) in (1u8..).zip(Field::ALL) {
            assert_eq!(field.number(), number);
            assert_eq!(Field::from_number(number), Some(*field));
            assert_eq!(Field::from_name(field.name()), Some(*field));
            assert_eq!(Field::from_name(field.official()), Some(*field));
        }
        for (number, zone) in (1u8..).zip(Zone::ALL) {
            assert_eq!((zone.number(), Zone::from_number(number)), (number, Some(*zone)));
            assert_eq!(Zone::from_name(zone.official()), Some(*zone));
        }
        assert_eq!((Field::from_number(0), Field::from_number(17)), (None, None));
        assert_eq!((Zone::from_number(0), Zone::from_number(16)), (None, None));
        assert_eq!(Reason::from_name("rumour"), None);
    }

    #[test]
    fn words_of_speculation_are_found_and_words_that_contain_them_are_not() {
        for text in
            ["Token price", "daily YIELD", "coins/day", "代币数量", "链上资产市值", "年化收益率", "APY"]
        {
            assert!(forbidden_word(text).is_some(), "{text}");
        }
        for text in ["pricing rules shared", "tokenised documents", "办件时长", "coincidence rate", "良品率"]
        {
            assert_eq!(forbidden_word(text), None, "{text}");
        }
    }
}
