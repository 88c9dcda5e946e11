use super::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use std::{fs, io::Cursor};

const COLUMNS: &[Column] = &[
    Column { key: "number", names: &["编号", "number"], required: true },
    Column { key: "name", names: &["名称", "name"], required: true },
    Column { key: "day", names: &["日期", "day"], required: false },
];

fn read(name: &str, bytes: impl AsRef<[u8]>) -> Result<Vec<(usize, String, String, String)>, String> {
    let path = std::env::temp_dir().join(format!("ding-sheet-{name}-{}", std::process::id()));
    fs::write(&path, bytes).unwrap();
    let sheet = Sheet::read(&path, None, COLUMNS);
    fs::remove_file(&path).unwrap();
    let mut sheet = sheet.map_err(|failure| failure.to_string())?;
    let rows = sheet.each(|row, problems| {
        let text = |key: &str, problems: &mut Vec<Problem>| {
            row.take(key, problems, |text| Ok(text.to_owned())).unwrap_or_default()
        };
        Some((row.number, text("number", problems), text("name", problems), text("day", problems)))
    });
    match sheet.problems.first() {
        Some(problem) => Err(problem.to_string()),
        None => Ok(rows),
    }
}

fn one(number: usize, texts: [&str; 3]) -> Vec<(usize, String, String, String)> {
    let [a, b, c] = texts.map(str::to_owned);
    vec![(number, a, b, c)]
}

#[test]
fn columns_are_found_by_either_name_in_any_order_below_titles() {
    for (text, row) in [
        ("number,name\n1,甲\n", 2),
        ("\u{feff}名 称,编号（必填）\r\n甲,1\r\n", 2),
        ("试点名单,,\n\n序号,Ｎａｍｅ,NUMBER,备注\n1,甲,1,x\n", 4),
        ("编号;名称\n1;甲\n", 2),
        ("编号\t名称\n1\t甲\n\n\t\n", 2),
    ] {
        assert_eq!(read("order", text), Ok(one(row, ["1", "甲", ""])), "{text:?}");
    }
    let quoted = "编号,名称\n1,\"甲,\n乙 \"\"丙\"\"\"\n2,丁\n";
    let rows = read("quoted", quoted).unwrap();
    assert_eq!((rows[0].2.as_str(), rows[1].0), ("甲,\n乙 \"丙\"", 3));
}

#[test]
fn rows_of_a_csv_file_are_counted_as_an_office_program_counts_them() {
    for end in ["\n", "\r\n", "\r"] {
        // Empty lines are rows there, and a text of two lines is one row.
        let lines = ["", "编号,名称", "", "", "1,甲", "2,\"乙\n丙\"", "", "3,丁", "", ""];
        let rows = read("counted", lines.join(end)).unwrap();
        let numbers: Vec<usize> = rows.iter().map(|row| row.0).collect();
        assert_eq!(numbers, [5, 6, 8], "{end:?}");
    }
}

#[test]
fn a_cell_outside_the_columns_and_an_open_quotation_mark_are_named() {
    let text = read("outside", "编号,名称,备注\n1,甲,x\n2,乙,丙,丁,\n").unwrap_err();
    assert!(text.contains("row 3, column D") && text.contains("丁") && text.contains("commas"), "{text}");
    assert_eq!(read("inside", "编号,名称,\n1,甲,,\n"), Ok(one(2, ["1", "甲", ""])));
    let text = read("open", "编号,名称\n1,甲\n2,\"乙\n3,丙\n4,丁\n").unwrap_err();
    assert!(text.contains("row 3, column B") && text.contains("quotation mark"), "{text}");
    assert!(read("closed", "编号,名称\n1,\"甲\"").is_ok());
}

#[test]
fn a_number_by_which_office_programs_count_days_says_which_day_is_meant() {
    assert_eq!(day("2020-02-29").map(|day| day.to_string()), Ok("2020-02-29".into()));
    let text = day("43891").unwrap_err();
    assert!(text.contains("2020-03-01") && text.contains("as a date"), "{text}");
    assert!(day("12").unwrap_err().contains("no day"));
}

#[test]
fn what_is_no_sheet_of_these_columns_says_why() {
    for (bytes, want) in [
        (&b"\xb1\xe0\xba\xc5,\xc3\xfb\xb3\xc6\n1,2\n"[..], "not in UTF-8 (GBK perhaps)"),
        (b"\xff\xfe1\x00", "UTF-16"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "XLS"),
        (b"PK\x03\x04 but nothing else", "no XLSX file"),
        (b"", "no row names the columns"),
        (b"a,b\n1,2\n", "at least 编号, 名称"),
        ("编号,日期\n1,2\n".as_bytes(), "名称"),
        ("编号,名称,价格\n1,2,3\n".as_bytes(), "column C \"价格\" is not known"),
        ("编号,名称,number\n1,2,3\n".as_bytes(), "columns A and C"),
        ("编号,名称\n".as_bytes(), "no row below"),
    ] {
        let text = read("wrong", bytes).unwrap_err();
        assert!(text.contains(want), "{want:?} is missing in {text}");
    }
    let wide = format!("编号,名称\n{}\n", ",".repeat(limits::SHEET_COLUMNS_MAX));
    assert!(read("wide", wide).unwrap_err().contains("row 2 has more than 64 columns"));
    let long = format!("编号,名称\n{}", "1,2\n".repeat(limits::SHEET_ROWS_MAX + 20));
    assert!(read("long", long).unwrap_err().contains("more than 100000 rows"));
}

fn book(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0u16..).zip(["编号", "名称", "日期"]) {
        sheet.write_string(0, column, name).unwrap();
    }
    fill(sheet);
    book.save_to_buffer().unwrap()
}

#[test]
fn dates_formulas_and_numbers_of_an_office_program_are_read_as_they_are_shown() {
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let bytes = book(|sheet| {
        sheet.write_number(1, 0, 42.0).unwrap();
        sheet.write_formula(1, 1, Formula::new("=\"甲\"&\"乙\"").set_result("甲乙")).unwrap();
        sheet.write_datetime_with_format(1, 2, ExcelDateTime::from_ymd(2026, 3, 1).unwrap(), &date).unwrap();
    });
    assert_eq!(read("dates", bytes), Ok(one(2, ["42", "甲乙", "2026-03-01"])));
    let rounded = book(|sheet| {
        sheet.write_number(1, 0, 11_010_519_864_491_550_014.0).unwrap();
        sheet.write_string(1, 1, "甲").unwrap();
    });
    let text = read("rounded", rounded).unwrap_err();
    assert!(text.contains("row 2, column A 编号") && text.contains("15 digits"), "{text}");
    let error = book(|sheet| {
        sheet.write_string(1, 0, "1").unwrap();
        sheet.write_formula(1, 1, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    });
    // What it shows as an error is no name.
    let text = read("error", error);
    assert!(text.is_err() || text == Ok(one(2, ["1", "#DIV/0!", ""])), "{text:?}");
}

/// The same archive with another text in its parts.
fn patched(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut part = old.by_index(index).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        new.start_file(part.name().unwrap(), zip::write::SimpleFileOptions::default()).unwrap();
        io::Write::write_all(&mut new, text.replace(from, to).as_bytes()).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[test]
fn a_formula_that_nobody_computed_is_no_empty_cell() {
    let bytes = book(|sheet| {
        sheet.write_string(1, 0, "1").unwrap();
        sheet.write_formula(1, 1, Formula::new("=A2")).unwrap();
    });
    for none in ["<v></v>", "<v/>", ""] {
        let text = read(
            "unsolved",
            patched(&bytes, "<v>0</v></c></row></sheetData>", &format!("{none}</c></row></sheetData>")),
        );
        let text = text.unwrap_err();
        assert!(
            text.contains("row 2, column B 名称") && text.contains("nobody computed"),
            "{none:?}: {text}"
        );
    }
}

#[test]
fn huge_sheets_are_refused_before_they_fill_the_memory() {
    // A cell far below and far to the right costs nothing by itself.
    let sparse = book(|sheet| {
        sheet.write_string(1_000_000, 0, "1").unwrap();
        sheet.write_string(1_000_000, 1, "甲").unwrap();
    });
    assert_eq!(read("sparse", sparse), Ok(one(1_000_001, ["1", "甲", ""])));
    let right = book(|sheet| {
        sheet.write_string(1, 16_000, "x").unwrap();
    });
    assert!(read("right", right).unwrap_err().contains("more than 64 columns"));
    // An archive that unpacks to more than is allowed: zeros pack a thousandfold.
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1024 * 1024];
    for _ in 0..=limits::SHEET_UNPACKED_BYTES_MAX / zeros.len() as u64 {
        io::Write::write_all(&mut archive, &zeros).unwrap();
    }
    let bomb = archive.finish().unwrap().into_inner();
    assert!((bomb.len() as u64) < limits::SHEET_BYTES_MAX);
    assert!(read("bomb", bomb).unwrap_err().contains("unpacks to more than"));
}

#[test]
fn a_file_that_the_reader_of_cells_stumbles_over_is_refused_like_any_damaged_one() {
    let bytes = book(|sheet| {
        sheet.write_string(1, 0, "1").unwrap();
        sheet.write_string(1, 1, "甲").unwrap();
    });
    // Sums without an end, in names of cells and rows, and a stretch that ends before it begins.
    for (from, to) in [
        ("r=\"A2\"", "r=\"ZZZZZZZZ2\""),
        ("r=\"A2\"", "r=\"A99999999999\""),
        ("<row r=\"2\"", "<row r=\"99999999999\""),
        ("<dimension ref=\"A1:C2\"/>", "<dimension ref=\"C2:A1\"/>"),
    ] {
        let text = read("stumbled", patched(&bytes, from, to)).unwrap_err();
        assert!(text.contains("it is damaged") && text.contains("CSV"), "{to}: {text}");
    }
}

#[test]
fn a_file_that_announces_or_copies_too_much_is_refused_before_room_is_made() {
    let bytes = book(|sheet| {
        sheet.write_string(1, 0, "1").unwrap();
        sheet.write_string(1, 1, "甲").unwrap();
    });
    for count in ["18446744073709551615", "99999999999999999999", "100000000000", "100000", "many"] {
        let text = patched(&bytes, "uniqueCount=\"5\"", &format!("uniqueCount=\"{count}\""));
        let text = read("announced", text).unwrap_err();
        assert!(text.contains("it announces"), "{count}: {text}");
    }
    // Each of these formats keeps a copy of the long text.
    let long =
        format!("<numFmts><numFmt numFmtId=\"200\" formatCode=\"{}\"/></numFmts><fonts", "0".repeat(100_000));
    let many = format!("{}</cellXfs>", "<xf numFmtId=\"200\"/>".repeat(10_000));
    let text = read("copied", patched(&patched(&bytes, "<fonts", &long), "</cellXfs>", &many)).unwrap_err();
    assert!(text.contains("sheets and formats take more than"), "{text}");
    // By itself, neither is too much.
    assert!(read("long", patched(&bytes, "<fonts", &long)).is_ok());
    assert!(read("many", patched(&bytes, "</cellXfs>", &many)).is_ok());
}

#[test]
fn nothing_that_is_written_is_a_formula_and_it_is_read_back_as_it_was() {
    let rows: Vec<Vec<String>> =
        [["编号", "名称"], ["=1+1", "甲"], ["+86", "-1"], ["@x", "\"a\",\nb"], ["＝cmd", "plain"]]
            .map(|row| row.map(str::to_owned).to_vec())
            .to_vec();
    let csv = to_csv(&rows).unwrap();
    assert!(csv.starts_with(b"\xef\xbb\xbf"));
    let text = String::from_utf8(csv.clone()).unwrap();
    for guarded in ["\n'=1+1", "\n'+86,'-1", "\n'@x", "\n'＝cmd"] {
        assert!(text.contains(guarded), "{guarded:?} is missing in {text}");
    }
    let xlsx = to_xlsx("第1批", &rows).unwrap();
    assert_eq!(xlsx, to_xlsx("第1批", &rows).unwrap(), "the same list is the same file");
    // Columns are as wide as what stands in them, within reason.
    let wide = [["名称".to_owned(), "x".repeat(300)].to_vec()];
    for (rows, width) in [(&rows[..], 10.0), (&wide[..], 62.0)] {
        let sheet = to_xlsx("s", rows).unwrap();
        let mut book = zip::ZipArchive::new(Cursor::new(sheet)).unwrap();
        let mut text = String::new();
        book.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut text).unwrap();
        let (_, columns) = text.split_once("<cols>").unwrap();
        let widths =
            columns.split("width=\"").skip(1).filter_map(|rest| rest.split_once('"')?.0.parse::<f64>().ok());
        let widest = widths.fold(0.0, f64::max);
        assert!((widest - width).abs() < 1.0, "{widest} for {width}");
    }
    for bytes in [csv, xlsx] {
        let back = read("back", bytes).unwrap();
        let back: Vec<Vec<String>> = back.into_iter().map(|(_, a, b, _)| vec![a, b]).collect();
        assert_eq!(back, rows[1..]);
    }
}

#[test]
fn an_import_that_somebody_stops_says_how_it_goes_on() {
    let told = crate::client::block_on(async {
        let stopped = until(core::future::ready(()), core::future::pending()).await;
        let done = until(core::future::pending(), core::future::ready(Ok(()))).await;
        (stopped.unwrap_err().to_string(), done.is_ok())
    });
    let (stopped, done) = told.unwrap();
    assert!(stopped.contains("stopped") && stopped.contains("Start the same import again"), "{stopped}");
    assert!(done);
}

#[test]
fn columns_have_the_letters_of_office_programs() {
    assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
}
