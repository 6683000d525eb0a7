use super::*;

#[test]
fn rows_of_a_csv_count_as_a_spreadsheet_counts() {
    let text = "a,b\n\n1,\"x\ny\"\n\n\n2,z\n";
    let sheet = csv("f", text).unwrap();
    let numbers: Vec<u32> = sheet.rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [1, 3, 6]);
}

#[test]
fn numbers_show_their_digits_or_that_they_lost_some() {
    assert_eq!(number_text(610_621_103_203.0), "610621103203");
    assert_eq!(number_text(1.5), "1.5");
    assert_eq!(number_text(610_699_195_803_120_016.0), "6.10699195803120E+17");
}

#[test]
fn text_of_a_csv_in_each_encoding() {
    let words = "户号,户主";
    let (gb, ..) = GB18030.encode(words);
    assert_eq!(text(&gb).unwrap(), words);
    assert_eq!(text(format!("\u{feff}{words}").as_bytes()).unwrap(), words);
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(words.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(text(&wide).unwrap(), words);
}
