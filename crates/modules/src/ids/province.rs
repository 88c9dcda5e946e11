//! Provinces, autonomous regions and municipalities: the sign that stands before a filing number,
//! and the first two digits of administrative divisions (GB/T 2260). Taiwan, Hong Kong and Macao
//! have no filing sign and are not in the table.

/// One of the 31 provincial units of the mainland.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Province(u8);

/// Code, sign, name.
const TABLE: [(u8, char, &str); 31] = [
    (11, '京', "Beijing"),
    (12, '津', "Tianjin"),
    (13, '冀', "Hebei"),
    (14, '晋', "Shanxi"),
    (15, '蒙', "Inner Mongolia"),
    (21, '辽', "Liaoning"),
    (22, '吉', "Jilin"),
    (23, '黑', "Heilongjiang"),
    (31, '沪', "Shanghai"),
    (32, '苏', "Jiangsu"),
    (33, '浙', "Zhejiang"),
    (34, '皖', "Anhui"),
    (35, '闽', "Fujian"),
    (36, '赣', "Jiangxi"),
    (37, '鲁', "Shandong"),
    (41, '豫', "Henan"),
    (42, '鄂', "Hubei"),
    (43, '湘', "Hunan"),
    (44, '粤', "Guangdong"),
    (45, '桂', "Guangxi"),
    (46, '琼', "Hainan"),
    (50, '渝', "Chongqing"),
    (51, '川', "Sichuan"),
    (52, '贵', "Guizhou"),
    (53, '云', "Yunnan"),
    (54, '藏', "Tibet"),
    (61, '陕', "Shaanxi"),
    (62, '甘', "Gansu"),
    (63, '青', "Qinghai"),
    (64, '宁', "Ningxia"),
    (65, '新', "Xinjiang"),
];

impl Province {
    /// Every province, in the order of codes.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(code, _, _)| Self(*code))
    }

    /// The province with this two-digit code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::all().find(|province| province.0 == code)
    }

    /// The province with this sign.
    pub fn from_sign(sign: char) -> Option<Self> {
        TABLE.iter().find(|(_, own, _)| *own == sign).map(|(code, _, _)| Self(*code))
    }

    /// The province of a six-digit administrative division.
    pub fn of_division(division: u32) -> Option<Self> {
        u8::try_from(division / 10_000).ok().and_then(Self::from_code)
    }

    /// The first two digits of its divisions.
    pub const fn code(self) -> u8 {
        self.0
    }

    /// The sign that stands before filing numbers.
    pub fn sign(self) -> char {
        self.row().1
    }

    /// Its name in English.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (u8, char, &'static str) {
        TABLE.iter().copied().find(|(code, _, _)| *code == self.0).unwrap_or((self.0, '?', ""))
    }
}
