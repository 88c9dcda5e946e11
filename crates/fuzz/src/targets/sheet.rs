//! Sheets of filings and of pilots, which people get from others: CSV as it is, and XLSX with its
//! container made anew around the parts, so that what is bent reaches the reader of cells.

use crate::feed::Feed;
use ding_modules::ids::FilingNumber;
use ding_node::outside::{self, Taken};
use std::io::{Cursor, Read as _, Write as _};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The parts of an XLSX file that an input may replace, in this order.
const PARTS: [&str; 6] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
];
/// The parts where an input leaves them out: one sheet, two formats of which the second shows a day.
const USUAL: [&str; 6] = [
    "<worksheet><sheetData/></worksheet>",
    "<sst count=\"0\" uniqueCount=\"0\"></sst>",
    "<styleSheet><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
    "<workbook><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>",
    "<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
    "<Relationships><Relationship Id=\"a\" Type=\"x/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>\
     </Relationships>",
];
/// Characters that a cell of an XLSX file holds at most.
const CELL_CHARS_MAX: usize = 32_767;

/// First byte of an input: 1 pilots instead of filings, 2 a file as it is instead of parts.
const PILOTS: u8 = 1;
const WHOLE: u8 = 2;

type Import = fn(Vec<u8>) -> Result<Taken, ding_node::failure::Failure>;

fn importer(flags: u8) -> Import {
    if flags & PILOTS == 0 { outside::filings } else { outside::pilots }
}

/// An XLSX file of these parts.
fn packed(parts: [&[u8]; 6]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for ((name, usual), part) in PARTS.iter().zip(USUAL).zip(parts) {
        archive.start_file(*name, options).expect("a part has a name");
        let part = if part.is_empty() { usual.as_bytes() } else { part };
        archive.write_all(part).expect("memory takes it");
    }
    archive.finish().expect("an archive ends").into_inner()
}

pub(super) fn run(input: &[u8]) {
    let mut feed = Feed::new(input);
    let flags = feed.byte();
    let bytes = if flags & WHOLE == 0 { packed(PARTS.map(|_| feed.string())) } else { feed.rest().to_vec() };
    let read = importer(flags);
    match read(bytes) {
        Ok(taken) => check(read, taken),
        Err(error) => assert!(error.to_string().chars().count() > 20, "an error that says nothing: {error}"),
    }
}

/// Holds what was read against what is read of it once it was written.
fn check(read: Import, mut taken: Taken) {
    assert!(taken.problems.iter().all(|problem| !problem.is_empty()));
    // Rows without anything are none.
    taken.texts.retain(|row| row.iter().any(|text| !text.is_empty()));
    let texts = || taken.texts.iter().flatten();
    // A sign that ends what is read of a CSV file.
    if taken.texts.len() < 2 || texts().any(|text| text.contains('\u{1}')) {
        return;
    }
    let csv = outside::to_csv(&taken.texts).expect("texts can be written");
    compare(&taken, &read(csv).expect("what was written is a sheet"));
    // What XML or the writer of cells has another meaning for.
    let plain = |text: &String| {
        text.chars().count() <= CELL_CHARS_MAX
            && !text.contains("_x")
            && !text.chars().any(|sign| sign.is_control() || matches!(sign, '\u{fffe}' | '\u{ffff}'))
    };
    if texts().all(plain) {
        let xlsx = outside::to_xlsx(&taken.texts).expect("texts can be written");
        compare(&taken, &read(xlsx).expect("what was written is a sheet"));
    }
}

fn compare(first: &Taken, again: &Taken) {
    assert_eq!(first.texts, again.texts, "what was written reads otherwise");
    if first.problems.is_empty() {
        assert_eq!((&first.calls, &first.problems), (&again.calls, &again.problems));
    }
}

/// Words that the parts of an XLSX file are made of, for the engine's dictionary.
pub(super) fn words() -> Vec<&'static str> {
    vec![
        "<row r=\"1\">",
        "</row>",
        "<c r=\"A1\"",
        " t=\"s\"",
        " t=\"str\"",
        " t=\"inlineStr\"",
        " t=\"b\"",
        " t=\"e\"",
        " t=\"d\"",
        " s=\"1\"",
        "<v>",
        "</v>",
        "<f>",
        "<f t=\"shared\" si=\"0\" ref=\"A1:B2\">",
        "</f>",
        "<is>",
        "</is>",
        "<t>",
        "</t>",
        "</c>",
        "<si>",
        "</si>",
        "<r>",
        "<rPh>",
        "uniqueCount=\"",
        "<dimension ref=\"A1:B2\"/>",
        "<sheetData>",
        "</sheetData>",
        "<numFmt numFmtId=\"200\" formatCode=\"",
        "<xf numFmtId=\"14\"/>",
        "<font>",
        "<fill>",
        "<border>",
        "date1904=\"1\"",
        "Target=\"",
        "Type=\"",
        "&amp;",
        "&#x41;",
        "<![CDATA[",
        "<!--",
        "ZZZZZZZZ1",
        "XFD1048576",
        "4294967296",
        "\"",
        "\r\n",
        ",",
        ";",
        "\t",
    ]
}

/// A row of a sheet of filings, and one of pilots.
const FILINGS: [(&str, &str); 14] = [
    ("备案编号", "11010823000700014"),
    ("主体名称", "海港链科技有限公司"),
    ("统一社会信用代码", "91110000MA00000077"),
    ("服务名称", "提单存证服务"),
    ("服务类别", "application"),
    ("服务形式", "website"),
    ("应用领域", "物流"),
    ("服务描述", "=1+1 \"a\",\nb"),
    ("服务器地址", "北京市海淀区"),
    ("服务器行政区划", "110108"),
    ("上线日期", "2023-01-05"),
    ("负责人", "张三"),
    ("网址", "https://bills.example.cn"),
    ("ICP备案号", "京ICP备00000001号-1"),
];
const RECOMMENDED: [(&str, &str); 12] = [
    ("试点类型", "special"),
    ("试点名称", "检查结果互认"),
    ("统一社会信用代码", "12330100MB0000027B"),
    ("单位名称", "第三医院"),
    ("结束日期", "2028/6/30"),
    ("指标", "互认次数"),
    ("单位", "次"),
    ("基线", "0.5"),
    ("目标", "-1000"),
    ("完成日期", "2028年6月1日"),
    ("领域", "health"),
    ("省份", "浙江"),
];

fn rows(row: &[(&str, &str)]) -> Vec<Vec<String>> {
    let names = row.iter().map(|(name, _)| (*name).to_owned()).collect();
    let texts = row.iter().map(|(_, text)| (*text).to_owned()).collect();
    vec![names, texts]
}

/// An input of parts.
fn of_parts(flags: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut input = vec![flags];
    for part in parts {
        input.extend(u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
        input.extend(*part);
    }
    input
}

/// The parts of a file that our own writer makes; its looks are left out, they are long.
fn unpacked(rows: &[Vec<String>]) -> Vec<Vec<u8>> {
    let file = outside::to_xlsx(rows).expect("a sheet can be written");
    let mut archive = ZipArchive::new(Cursor::new(file)).expect("it is an archive");
    let parts = PARTS.iter().filter(|name| !name.ends_with("styles.xml"));
    let mut parts: Vec<Vec<u8>> = parts
        .map(|name| {
            let mut bytes = Vec::new();
            archive.by_name(name).expect("it has the part").read_to_end(&mut bytes).expect("it unpacks");
            bytes
        })
        .collect();
    parts.insert(2, Vec::new());
    parts
}

/// A sheet of cells, each with what stands in its tag and in it.
fn cells(columns: &[(&str, &str)], row: &[(&str, &str)]) -> String {
    let mut text = String::from("<worksheet><dimension ref=\"A1:B2\"/><sheetData><row r=\"1\">");
    for (name, _) in columns {
        text.push_str(&format!("<c t=\"inlineStr\"><is><t>{name}</t></is></c>"));
    }
    text.push_str("</row><row>");
    for (tag, inner) in row {
        text.push_str(&format!("<c {tag}>{inner}</c>"));
    }
    text.push_str("</row></sheetData></worksheet>");
    text
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (flags, row) in [(0, &FILINGS[..]), (PILOTS, &RECOMMENDED[..])] {
        let mut rows = rows(row);
        if let (0, Some(cell)) = (flags, rows.get_mut(1).and_then(|row| row.first_mut())) {
            let number = FilingNumber::form(110_108, 2023, 7, 1).expect("it is a number");
            *cell = number.as_str().into();
        }
        let csv = outside::to_csv(&rows).expect("a sheet can be written");
        let taken = importer(flags)(csv.clone()).expect("a sample is a sheet");
        assert!(taken.problems.is_empty() && !taken.calls.is_empty(), "a sample is refused: {taken:?}");
        seeds.push([&[flags | WHOLE], csv.as_slice()].concat());
        let title = format!(
            "\u{feff}名单;;\r\n\r\n{}\r\n{}\r\n",
            rows.first().map_or_else(String::new, |row| row.join(";")),
            rows.last().map_or_else(String::new, |row| row.join(";"))
        );
        seeds.push([&[flags | WHOLE], title.as_bytes()].concat());
        let parts = unpacked(&rows);
        seeds.push(of_parts(flags, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>()));
        let file = outside::to_xlsx(&rows).expect("a sheet can be written");
        seeds.push([&[flags | WHOLE], file.as_slice()].concat());
    }
    // Every kind of cell: a day, a formula with and without its value, numbers, errors, a duration.
    let kinds = [
        ("t=\"str\"", "<f>\"1101\"&amp;A2</f><v>11010823000700014</v>"),
        ("t=\"inlineStr\"", "<is><r><t>海港链</t></r><r><t>科技&#x516C;司</t></r></is>"),
        ("t=\"s\"", "<v>0</v>"),
        ("t=\"s\"", "<v>1</v>"),
        ("t=\"b\"", "<v>1</v>"),
        ("t=\"e\"", "<v>#N/A</v>"),
        ("", "<v>12345678901234567</v>"),
        ("", "<f t=\"shared\" si=\"0\" ref=\"H2:H3\">A1</f>"),
        ("", "<f t=\"shared\" si=\"0\"/><v/>"),
        ("r=\"J2\"", "<v>110108</v>"),
        ("s=\"1\"", "<v>44931</v>"),
        ("t=\"d\"", "<v>2023-01-05T00:00:00</v>"),
        ("s=\"1\"", "<v>1e300</v>"),
        ("s=\"9\"", "<v>-1.5</v>"),
    ];
    let shared = "<sst count=\"2\" uniqueCount=\"2\"><si><t>91110000MA00000077</t></si><si><r><t>提单</t></r><rPh><t>x</t>\
                  </rPh><r><t xml:space=\"preserve\"> 存证</t></r></si></sst>";
    let looks = "<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"yyyy\\-mm\\-dd;@\"/></numFmts><fonts><font><b/>\
                 <sz val=\"11\"/><color theme=\"1\"/><name val=\"Song\"/></font></fonts><fills><fill><patternFill \
                 patternType=\"none\"/></fill></fills><borders><border><left/></border></borders><cellXfs><xf \
                 numFmtId=\"0\"/><xf numFmtId=\"200\" fontId=\"0\" fillId=\"0\" borderId=\"0\"><alignment \
                 horizontal=\"left\"/></xf></cellXfs></styleSheet>";
    let sheet = cells(&FILINGS, &kinds);
    seeds.push(of_parts(0, &[sheet.as_bytes(), shared.as_bytes(), looks.as_bytes()]));
    // What the reader of cells does not survive by itself: sums without an end, and room for what is
    // only announced.
    for wrong in [
        "<worksheet><sheetData><row><c r=\"ZZZZZZZZ1\"><v>1</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r=\"99999999999\"></row></sheetData></worksheet>",
        "<worksheet><dimension ref=\"B2:A1\"/><sheetData/></worksheet>",
        "<worksheet><sheetData><row r=\"4294967295\"></row><row></row></sheetData></worksheet>",
    ] {
        seeds.push(of_parts(PILOTS, &[wrong.as_bytes()]));
    }
    for count in ["18446744073709551615", "100000000000", "6400000"] {
        let table = format!("<sst uniqueCount=\"{count}\"></sst>");
        seeds.push(of_parts(0, &[b"", table.as_bytes()]));
    }
    seeds
}
