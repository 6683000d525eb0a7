//! Files that are broken or made to harm.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::import::sheet::read;

fn good() -> Vec<u8> {
    xlsx(&whole())
}

/// An archive with one entry of zeros.
fn archive(megabytes: usize) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    writer.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..megabytes {
        writer.write_all(&block).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_bomb_is_not_unpacked() {
    assert_eq!(read("x.xlsx", &archive(12)), Err(Refused::Bomb));
    assert_eq!(read("x.xlsx", &archive(3)), Err(Refused::Bomb));
}

/// The directory of the archive says one byte, the entry holds three million.
#[test]
fn a_bomb_that_lies_about_its_size_is_not_unpacked() {
    let mut bytes = archive(3);
    let size = (3_u32 << 20).to_le_bytes();
    let places: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, w)| *w == size).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
    }
    assert!(matches!(read("x.xlsx", &bytes), Err(Refused::Bomb | Refused::Corrupt)));
}

#[test]
fn files_that_are_no_spreadsheets_are_refused_in_words() {
    let good = good();
    let cases: [(&[u8], Refused); 7] = [
        (b"", Refused::Empty),
        (b" \r\n ", Refused::Empty),
        (&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0], Refused::Password),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Refused::NotASheet),
        (&good[..good.len() / 2], Refused::Corrupt),
        (b"PK\x03\x04", Refused::Corrupt),
        (b"%PDF-1.7\n\0\xff\xfe", Refused::NotASheet),
    ];
    for (bytes, refused) in cases {
        assert_eq!(read("x", bytes), Err(refused), "{:?}", &bytes[..bytes.len().min(8)]);
        let words = refused.to_string();
        assert!(!words.is_ascii() && words.contains('。'));
    }
    assert_eq!(read("x", &vec![b'x'; sheet::MOST_BYTES + 1]), Err(Refused::TooLarge));
}

/// A cell in the farthest corner says nothing of how much there is.
#[test]
fn a_cell_far_away_costs_nothing() {
    let mut book = Writer::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "网格编码").unwrap();
    sheet.write_string(1, 16_000, "x").unwrap();
    let read_far = read("x.xlsx", &book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(read_far.sheets[0].rows.len(), 1);
    let mut book = Writer::new();
    book.add_worksheet().write_string(1_048_575, 0, "x").unwrap();
    assert_eq!(read("x.xlsx", &book.save_to_buffer().unwrap()), Err(Refused::TooManyRows));
}

/// Every stage takes whatever the first one lets through.
fn try_all(bytes: &[u8]) {
    let Ok(book) = read("x", bytes) else { return };
    let (tables, _) = columns::locate(&book);
    let register = crate::register::Register::new(crate::demo::register(TODAY).unwrap(), false);
    let said = said::Said::default();
    let mut wanted = wanted::want(&tables, &book.borders, &register, &said, TODAY);
    let mut wrongs = std::mem::take(&mut wanted.wrongs);
    let existing = plan::Existing::default();
    let plan =
        plan::plan(&wanted, &register, &said, &existing, TODAY, u32::MAX, &mut wrongs).unwrap();
    report::changes(&plan.lines, false).unwrap();
    report::xlsx(&wrongs.rows, wrongs.total).unwrap();
}

/// Two thousand broken files: bytes changed, cut, doubled, and the same within the sheets, where the
/// archive is whole again.
#[test]
fn two_thousand_mutated_files_harm_nothing() {
    let good = good();
    let text = "户号,户主,网格编码,现住址,门牌\nA1,呼样七,6106211032032007,前沟,1号\n";
    let (gb, _, _) = encoding_rs::GB18030.encode(text);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below.max(1) as u64).unwrap()
    };
    for round in 0..2_000 {
        let mut bytes = match round % 4 {
            0 | 1 => good.clone(),
            2 => gb.to_vec(),
            _ => text.as_bytes().to_vec(),
        };
        for _ in 0..=next(8) {
            let at = next(bytes.len());
            match next(4) {
                0 => bytes[at] = u8::try_from(next(256)).unwrap(),
                1 => bytes.truncate(at.max(1)),
                2 => {
                    let piece = bytes[at..(at + 16).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => bytes[at] ^= 1 << next(8),
            }
        }
        if round % 4 == 1 {
            bytes = rewrapped(&good, &mut next);
        }
        try_all(&bytes);
    }
}

/// The same archive with a byte changed inside one of its entries.
fn rewrapped(good: &[u8], next: &mut impl FnMut(usize) -> usize) -> Vec<u8> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(Cursor::new(good)).unwrap();
    let victim = next(archive.len());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if index == victim && !bytes.is_empty() {
            for _ in 0..=next(4) {
                let at = next(bytes.len());
                bytes[at] = u8::try_from(next(256)).unwrap();
            }
        }
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        writer.start_file(entry.name().unwrap().into_owned(), options).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_bytes_come_nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        try_all(&bytes);
    }

    #[test]
    fn whatever_stands_in_cells_nothing_panics(
        cells in proptest::collection::vec(proptest::collection::vec(".{0,12}", 6), 0..6),
        table in 0_usize..6,
    ) {
        let (name, rows) = whole().remove(table);
        let mut rows: Vec<Vec<&str>> = rows;
        for row in &cells {
            rows.push(row.iter().map(String::as_str).collect());
        }
        try_all(&xlsx(&[(name, rows)]));
    }
}
