//! Every pattern writes what it read, and says what it means.

use crate::data::calendar::{DateError, DateOrder, Timestamp, dates, looks_like_date};

/// Two dates of a column, and the second one's day and time.
type Case = ([&'static str; 2], (i64, u32, u32, u32, u32));

const CASES: &[Case] = &[
    (["Jan 2018", "Feb 2018"], (2018, 2, 1, 0, 0)),
    (["January 2018", "February 2018"], (2018, 2, 1, 0, 0)),
    (["JAN 2018", "FEB 2018"], (2018, 2, 1, 0, 0)),
    (["jan-18", "feb-18"], (2018, 2, 1, 0, 0)),
    (["Dec-99", "Jan-00"], (2000, 1, 1, 0, 0)),
    (["2018 Jan", "2018 Feb"], (2018, 2, 1, 0, 0)),
    (["2018-Dec", "2019-Jan"], (2019, 1, 1, 0, 0)),
    (["01-Jan-23", "02-Jan-23"], (2023, 1, 2, 0, 0)),
    (["31-Dec-2022", "01-Jan-2023"], (2023, 1, 1, 0, 0)),
    (["9-Jan-2023", "10-Jan-2023"], (2023, 1, 10, 0, 0)),
    (["31 December 2022", "1 January 2023"], (2023, 1, 1, 0, 0)),
    (["January 01, 2023", "January 02, 2023"], (2023, 1, 2, 0, 0)),
    (["Jan 31, 2023", "Feb 1, 2023"], (2023, 2, 1, 0, 0)),
    (["Sept 30, 2023", "Oct 1, 2023"], (2023, 10, 1, 0, 0)),
    (["Sun, 01 Jan 2023", "Mon, 02 Jan 2023"], (2023, 1, 2, 0, 0)),
    (["Sunday, January 1, 2023", "Monday, January 2, 2023"], (2023, 1, 2, 0, 0)),
    (["Mon, 02 Jan 2023 00:00:00 GMT", "Tue, 03 Jan 2023 00:00:00 GMT"], (2023, 1, 3, 0, 0)),
    (["28. Februar 2023", "1. März 2023"], (2023, 3, 1, 0, 0)),
    (["Mär 2023", "Apr 2023"], (2023, 4, 1, 0, 0)),
    (["Mai 23", "Okt 23"], (2023, 10, 1, 0, 0)),
    (["Sa 31.12.2022", "So 01.01.2023"], (2023, 1, 1, 0, 0)),
    (["1 février 2023", "2 février 2023"], (2023, 2, 2, 0, 0)),
    (["janv. 2023", "févr. 2023"], (2023, 2, 1, 0, 0)),
    (["mars 2023", "avr. 2023"], (2023, 4, 1, 0, 0)),
    (["1 de enero de 2023", "1 de febrero de 2023"], (2023, 2, 1, 0, 0)),
    (["dicembre 2022", "gennaio 2023"], (2023, 1, 1, 0, 0)),
    (["2022年12月31日", "2023年1月1日"], (2023, 1, 1, 0, 0)),
    (["2022年12月", "2023年01月"], (2023, 1, 1, 0, 0)),
    (["2023/01/01(日)", "2023/01/02(月)"], (2023, 1, 2, 0, 0)),
    (["Q4 2005", "Q1 2006"], (2006, 1, 1, 0, 0)),
    (["4Q2005", "1Q2006"], (2006, 1, 1, 0, 0)),
    (["Q4-05", "Q1-06"], (2006, 1, 1, 0, 0)),
    (["Q4/2005", "Q1/2006"], (2006, 1, 1, 0, 0)),
    (["2022-W52", "2023-W01"], (2023, 1, 2, 0, 0)),
    (["2022W52", "2023W01"], (2023, 1, 2, 0, 0)),
    (["2022-W52-7", "2023-W01-1"], (2023, 1, 2, 0, 0)),
    (["KW 52/2022", "KW 1/2023"], (2023, 1, 2, 0, 0)),
    (["1/13/2023 11:00 PM", "1/14/2023 12:00 AM"], (2023, 1, 14, 0, 0)),
    (["1/13/2023 12:00:00 AM", "1/13/2023 12:30:00 PM"], (2023, 1, 13, 12, 30)),
    (["2023-01-01 1:00 am", "2023-01-01 1:00 pm"], (2023, 1, 1, 13, 0)),
    (["Jan 1, 2023 11:00 AM", "Jan 1, 2023 12:00 PM"], (2023, 1, 1, 12, 0)),
    (["01-Jan-2023 00:30", "01-Jan-2023 01:00"], (2023, 1, 1, 1, 0)),
    (["01-JAN-2023 00:00:00.250", "01-JAN-2023 01:00:00.500"], (2023, 1, 1, 1, 0)),
    (["20230101T0000", "20230101T0100"], (2023, 1, 1, 1, 0)),
    (["20230101T000000Z", "20230101T010000Z"], (2023, 1, 1, 1, 0)),
    (["20230101 00:00", "20230101 01:00"], (2023, 1, 1, 1, 0)),
    (["20230101 0000", "20230101 0100"], (2023, 1, 1, 1, 0)),
];

#[test]
fn every_pattern_writes_what_it_read() {
    let mut wrong = Vec::new();
    for (cells, (year, month, day, hour, minute)) in CASES {
        let read = match dates(cells, None) {
            Ok(read) => read,
            Err(trouble) => {
                wrong.push(format!("{cells:?}: {trouble:?}"));
                continue;
            }
        };
        let written: Vec<String> = read.stamps.iter().map(|s| read.style.write(*s)).collect();
        let millis = read.stamps[1].millis() % 1000;
        let expected = Timestamp::day(*year, *month, *day).unwrap();
        let expected = expected.at(*hour, *minute, 0, millis as u32).unwrap();
        let json = serde_json::to_string(&read.style).unwrap();
        let kept: crate::data::calendar::DateFormat = serde_json::from_str(&json).unwrap();
        if written != *cells || read.stamps[1] != expected || kept != read.style {
            wrong.push(format!("{cells:?}: {written:?}, {}", read.stamps[1]));
        }
        if !cells.iter().all(|cell| looks_like_date(cell)) {
            wrong.push(format!("{cells:?}: does not look like a date"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn troubles_name_the_cell() {
    for (cells, trouble) in [
        (["Jan 2018", "oops"], DateError::NotADate(1)),
        (["Jan 2018", "Feb 30, 2018"], DateError::NotADate(1)),
        (["Jan 2018", "Feb 3, 2018"], DateError::Mixed(1)),
        (["Jan 2018", "2018-02"], DateError::Mixed(1)),
        (["Feb 27, 2018", "Feb 30, 2018"], DateError::NoSuchDay(1)),
        (["Q4 2005", "Q5 2005"], DateError::NoSuchDay(1)),
        (["2021-W52", "2021-W53"], DateError::NoSuchDay(1)),
        // A Sunday.
        (["Sat, 31 Dec 2022", "Mon, 01 Jan 2023"], DateError::NoSuchDay(1)),
        (["1/2/2023 1:00 AM", "1/3/2023 1:00 AM"], DateError::Ambiguous(0)),
        (["1/2/2023 13:00 AM", "1/13/2023 1:00 AM"], DateError::NoSuchDay(0)),
        // Days of January or years: nobody can tell.
        (["Jan-01", "Jan-02"], DateError::NotADate(0)),
    ] {
        assert_eq!(dates(&cells, None), Err(trouble), "{cells:?}");
    }
    let asked = dates(&["1/2/2023 1:00 AM", "1/3/2023 1:00 AM"], Some(DateOrder::Dmy)).unwrap();
    assert_eq!(asked.stamps[1], Timestamp::day(2023, 3, 1).unwrap().at(1, 0, 0, 0).unwrap());
}

#[test]
fn other_texts_are_no_dates() {
    for text in [
        "",
        "Jan",
        "store 1",
        "store 12",
        "A1",
        "1 a",
        "5 kg",
        "May be",
        "Q5 2005",
        "2005 Q",
        "W1",
        "12 Jan",
        "W99 2022",
        "2022-W54",
        "12:30",
        "1:00 PM",
        "3 May",
        "no. 2005",
        "2005 sales",
        "T1 2005",
        "MO 2005",
        "Mon 2005",
        "May 1 2 2005",
        "20239901T0100",
        "S1E2 2023",
        "10 am",
    ] {
        assert!(!looks_like_date(text), "{text}");
    }
}

#[test]
fn many_names_of_months_are_no_date_in_little_time() {
    let many = "nov.".repeat(40);
    assert!(!looks_like_date(&many) && !looks_like_date(&format!("1 {many} 2023")));
    // `mar` is a day in Italy, and a month.
    assert!(looks_like_date("mar 3 mar 2020"));
}
