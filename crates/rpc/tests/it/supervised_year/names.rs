//! Made-up companies, services and pilot units with valid numbers, the same in every run.
//!
//! Names are put together from lists of words; any likeness is chance. Check characters are computed
//! here by the rules of GB 32100 and GB 11714, apart from the modules that check them.

use super::{
    people::Who,
    stage::{day, document},
};
use ding_modules::filing::abi::IFiling::{Attachment, Form, Place, Subject};
use ding_primitives::B256;

/// Divisions (GB/T 2260) of eighteen provinces, the name of the place, and the sign of the province.
const PLACES: [(u32, &str, &str); 18] = [
    (110_108, "北京", "京"),
    (440_305, "深圳", "粤"),
    (330_108, "杭州", "浙"),
    (310_115, "上海", "沪"),
    (120_116, "天津", "津"),
    (130_632, "安新", "冀"),
    (210_102, "沈阳", "辽"),
    (320_214, "无锡", "苏"),
    (340_104, "合肥", "皖"),
    (350_102, "福州", "闽"),
    (360_702, "赣州", "赣"),
    (370_702, "潍坊", "鲁"),
    (410_105, "郑州", "豫"),
    (420_111, "武汉", "鄂"),
    (430_104, "长沙", "湘"),
    (500_112, "重庆", "渝"),
    (510_107, "成都", "川"),
    (520_115, "贵阳", "贵"),
];

const FIRST_SIGNS: [(&str, &str); 24] = [
    ("砚", "Inkstone"),
    ("笺", "Letter"),
    ("榫", "Tenon"),
    ("舫", "Barge"),
    ("篆", "Seal"),
    ("棹", "Oar"),
    ("磬", "Chime"),
    ("簪", "Pin"),
    ("樽", "Goblet"),
    ("帛", "Silk"),
    ("牍", "Slip"),
    ("埙", "Ocarina"),
    ("筏", "Raft"),
    ("匮", "Chest"),
    ("楫", "Paddle"),
    ("罍", "Jar"),
    ("铎", "Bell"),
    ("缣", "Gauze"),
    ("椟", "Casket"),
    ("籥", "Flute"),
    ("卣", "Flagon"),
    ("觚", "Beaker"),
    ("箧", "Hamper"),
    ("幡", "Banner"),
];

const SECOND_SIGNS: [(&str, &str); 24] = [
    ("溪", "brook"),
    ("桥", "bridge"),
    ("岭", "ridge"),
    ("渡", "ferry"),
    ("洲", "isle"),
    ("坪", "lea"),
    ("港", "haven"),
    ("泉", "spring"),
    ("湾", "bay"),
    ("亭", "lodge"),
    ("阁", "loft"),
    ("陂", "bank"),
    ("堰", "weir"),
    ("塬", "heath"),
    ("浦", "shore"),
    ("崖", "cliff"),
    ("圩", "dyke"),
    ("渚", "holm"),
    ("岫", "peak"),
    ("隰", "marsh"),
    ("畈", "field"),
    ("垌", "glen"),
    ("汀", "strand"),
    ("峪", "dale"),
];

/// What services do: in Chinese, in English, the area of application.
const TRADES: [(&str, &str, &str); 16] = [
    ("提单存证", "bills of lading", "物流"),
    ("电子合同", "contracts", "司法存证"),
    ("版权登记", "copyright register", "版权"),
    ("供应链追溯", "supply-chain trace", "供应链"),
    ("仓单管理", "warehouse receipts", "金融"),
    ("积分管理", "bonus points", "数字资产管理"),
    ("学历核验", "diploma checks", "教育"),
    ("病历共享", "health records", "医疗"),
    ("碳排放台账", "emission ledger", "能源"),
    ("招投标存证", "tender records", "政务"),
    ("数字藏品", "collectibles", "文化"),
    ("车辆履历", "vehicle histories", "汽车"),
    ("农产品溯源", "farm produce trace", "农业"),
    ("发票流转", "invoice flow", "税务"),
    ("预付卡管理", "prepaid cards", "电子商务"),
    ("跨境单证", "trade documents", "国际贸易"),
];

/// A made-up company.
#[derive(Clone, Debug)]
pub(crate) struct Firm {
    pub(crate) who: Who,
    pub(crate) place: usize,
    pub(crate) division: u32,
    pub(crate) code: String,
    pub(crate) name: String,
    coined: (String, String),
}

impl Firm {
    /// The company with this place in the lists.
    pub(crate) fn new(place: usize) -> Self {
        let (division, city, _) = PLACES[place % PLACES.len()];
        let (first, second) = (FIRST_SIGNS[place % 24], SECOND_SIGNS[(place / 24) % 24]);
        let coined = (format!("{}{}", first.0, second.0), format!("{}{}", first.1, second.1));
        let name = format!("{city}{}科技有限公司", coined.0);
        Self { who: Who::firm(place), place, division, code: code("91", division, place), name, coined }
    }

    /// What the company declares of itself.
    pub(crate) fn subject(&self) -> Subject {
        Subject {
            nature: 1,
            idType: 1,
            kinds: 1,
            division: self.division,
            uscc: self.code.clone(),
            name: self.name.clone(),
            subject: B256::ZERO,
            person: document(&format!("person in charge {}", self.place)),
            details: document(&format!("details {}", self.place)),
        }
    }

    /// Its `nth` service, counted from 0, provided from a day on.
    pub(crate) fn form(&self, nth: usize, go_live: &str) -> Form {
        let (chinese, english, field) = TRADES[(self.place * 5 + nth * 7) % TRADES.len()];
        let (_, city, sign) = PLACES[self.place % PLACES.len()];
        let number = self.place * 10 + nth;
        // Every third has an English name, every fourth is an app.
        let name = if number % 3 == 2 {
            format!("{} {english}", self.coined.1)
        } else {
            self.coined.0.clone() + chinese
        };
        let (form, site, icp) = if number % 4 == 3 {
            (2, name.clone(), String::new())
        } else {
            (1, format!("https://s{number}.example.cn"), format!("{sign}ICP备{number:08}号-1"))
        };
        Form {
            name,
            category: 2,
            form,
            field: field.into(),
            site,
            icp,
            description: format!("{}: {english} kept by several organisations together.", self.coined.1),
            server: format!("{city}机房"),
            serverDivision: self.division,
            consensus: "PBFT".into(),
            crossBorder: String::new(),
            goLive: day(go_live).get(),
            places: Vec::new(),
        }
    }
}

/// A contract that an account of the company created.
pub(crate) fn own_place(creator: Who, (address, nonce): (ding_primitives::Address, u64)) -> Place {
    let creator = creator.address();
    Place { chainId: ding_execution::mocks::CHAIN_ID, place: address.into_word(), creator, nonce }
}

/// All attachments that a filing needs.
pub(crate) fn attachments(of: &Form) -> Vec<Attachment> {
    let attachment = |kind: u8| Attachment {
        kind,
        format: 1,
        size: 20_000 + u32::from(kind),
        digest: document(&format!("{} {kind}", of.name)),
    };
    [1, 2, 3, 4, 5, 6].map(attachment).to_vec()
}

/// A made-up pilot unit: code and name.
pub(crate) fn unit(place: usize, division: u8) -> (String, String) {
    let kinds =
        [("91", "集团"), ("12", "医院"), ("12", "大学"), ("91", "银行"), ("91", "港口"), ("11", "局")];
    let (class, kind) = kinds[place % kinds.len()];
    let (first, second) = (FIRST_SIGNS[(place + 11) % 24], SECOND_SIGNS[(place / 24 + 7) % 24]);
    let name = format!("{}{}{kind}", first.0, second.0);
    (code(class, u32::from(division) * 10_000 + 100, 500_000 + place), name)
}

/// A unified social credit code that checks, with a number that nobody else has.
fn code(class: &str, division: u32, number: usize) -> String {
    let organisation = format!("{}{number:06}", if class == "91" { "MA" } else { "MB" });
    let value = |sign: char| sign.to_digit(36).expect("a digit or a letter");
    let sum: u32 =
        organisation.chars().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(sign, weight)| value(sign) * weight).sum();
    let inner = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).expect("below ten"),
    };
    let body = format!("{class}{division:06}{organisation}{inner}");
    let alphabet: Vec<char> = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().collect();
    let place = |sign: char| alphabet.iter().position(|own| *own == sign).expect("a sign of the alphabet");
    let weights = core::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
    let sum: usize = body.chars().zip(weights).map(|(sign, weight)| place(sign) * weight).sum();
    format!("{body}{}", alphabet[(31 - sum % 31) % 31])
}

#[cfg(test)]
mod tests {
    use super::*;
    use ding_modules::uscc;
    use std::collections::BTreeSet;

    #[test]
    fn made_up_names_are_all_different_and_their_codes_pass_both_checks() {
        assert_eq!(code("91", 110_000, 0).len(), 18);
        let firms: Vec<Firm> = (0..460).map(Firm::new).collect();
        let units: Vec<(String, String)> = (0..180).map(|place| unit(place, 33)).collect();
        let codes = firms.iter().map(|firm| &firm.code).chain(units.iter().map(|(code, _)| code));
        assert_eq!(codes.clone().collect::<BTreeSet<_>>().len(), 640);
        for code in codes {
            assert_eq!(uscc::check(code), Ok(()), "{code}");
        }
        let names: BTreeSet<_> = firms.iter().map(|firm| &firm.name).collect();
        assert_eq!(names.len(), 460);
        assert_eq!(PLACES.iter().map(|(division, ..)| division / 10_000).collect::<BTreeSet<_>>().len(), 18);
    }
}
