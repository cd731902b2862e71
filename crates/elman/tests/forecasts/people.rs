//! Files as people have them: what each holds, date for date and value for value, and the date that comes next.

use elman::io::read::{Decimal, Missing, ReadOptions, read_series_from};

/// A missing value.
const NO: f64 = f64::NAN;

/// A file and what is in it.
struct Case {
    /// Who writes so.
    who: &'static str,
    file: &'static str,
    dates: &'static [&'static str],
    values: &'static [f64],
    /// The label of the step after the last.
    next: &'static str,
}

fn options() -> ReadOptions {
    ReadOptions { missing: Missing::Mask, ..ReadOptions::default() }
}

/// What the file says under these options, in words where it differs from the case.
fn difference(case: &Case, options: &ReadOptions) -> Option<String> {
    let loaded = match read_series_from(case.file.as_bytes(), "people.csv", options) {
        Ok(loaded) => loaded,
        Err(error) => return Some(format!("{}: {error}", case.who)),
    };
    let series = &loaded.series;
    let dates: Vec<String> = (0..series.len()).map(|i| series.label(i)).collect();
    let same = |a: f64, b: f64| a == b || a.is_nan() && b.is_nan();
    let values_agree = series.values.len() == case.values.len()
        && series.values.iter().zip(case.values).all(|(a, b)| same(*a, *b));
    let next = series.label(series.len());
    (dates != case.dates || !values_agree || next != case.next)
        .then(|| format!("{}: {dates:?} {:?}, then {next}", case.who, series.values))
}

fn all_agree(cases: &[Case], options: &ReadOptions) {
    let wrong: Vec<String> = cases.iter().filter_map(|case| difference(case, options)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

const DAYS: &[&str] = &["2023-01-01", "2023-01-02", "2023-01-03"];
const NEXT: &str = "2023-01-04";

/// Daily values under usual dates, in the numbers of many countries.
macro_rules! numbers {
    ($($who:literal: $delimiter:literal $a:literal $b:literal $c:literal => $values:expr),* $(,)?) => {
        &[$(Case {
            who: $who,
            file: concat!(
                "date", $delimiter, "value\n2023-01-01", $delimiter, $a, "\n2023-01-02", $delimiter, $b,
                "\n2023-01-03", $delimiter, $c, "\n"
            ),
            dates: DAYS,
            values: &$values,
            next: NEXT,
        }),*]
    };
}

#[test]
fn numbers_of_many_countries() {
    let cases: &[Case] = numbers![
        "plain": "," "1.5" "2" "-3e2" => [1.5, 2.0, -300.0],
        "three decimals, delimited by commas": "," "1.214" "901" "2.000" => [1.214, 901.0, 2.0],
        "English thousands": "," "\"1,214\"" "\"901\"" "\"1,000,000.5\"" => [1214.0, 901.0, 1000000.5],
        "English thousands, tabs": "\t" "1,214.5" "901" "2,000" => [1214.5, 901.0, 2000.0],
        "German decimals": ";" "1,5" "2" "-3,25" => [1.5, 2.0, -3.25],
        "German thousands": ";" "1.214,50" "901,00" "1.000.000,5" => [1214.5, 901.0, 1000000.5],
        "German thousands beside decimals": ";" "1.214" "901,5" "2.000" => [1214.0, 901.5, 2000.0],
        "German, quoted between commas": "," "\"1,5\"" "\"2,25\"" "\"3\"" => [1.5, 2.25, 3.0],
        "three decimals after a comma": ";" "1,214" "0,901" "2,000" => [1.214, 0.901, 2.0],
        "points that cannot group": ";" "1.214" "1500" "901" => [1.214, 1500.0, 901.0],
        "points after a nought": ";" "0.214" "1.901" "2.125" => [0.214, 1.901, 2.125],
        "millions with points": ";" "1.214.000" "901" "1.200" => [1214000.0, 901.0, 1200.0],
        "German exponents": ";" "1,5E+03" "2,5E+00" "1E+02" => [1500.0, 2.5, 100.0],
        "French thousands": ";" "1\u{202f}214,5" "901" "10\u{a0}040" => [1214.5, 901.0, 10040.0],
        "French, ordinary spaces": ";" "1 214,5" "901" "10 040" => [1214.5, 901.0, 10040.0],
        "Swiss thousands": "," "10'040.50" "901" "1’000’000" => [10040.5, 901.0, 1000000.0],
        "Swiss francs": ";" "CHF 10'040.50" "CHF 901.00" "CHF 5.05" => [10040.5, 901.0, 5.05],
        "Indian lakhs": "," "\"1,23,456.78\"" "\"99,999\"" "\"12,34,56,789\"" => [123456.78, 99999.0, 123456789.0],
        "rupees": "," "\"₹1,23,456\"" "₹500" "\"₹1,00,000.50\"" => [123456.0, 500.0, 100000.5],
        "Japanese full width": "," "１２３．５" "９０１" "－４" => [123.5, 901.0, -4.0],
        "yen": "," "\"¥1,214\"" "901円" "￥５００" => [1214.0, 901.0, 500.0],
        "dollars": "," "$100" "-$5.25" "\"$1,000\"" => [100.0, -5.25, 1000.0],
        "pounds": "," "£100" "£ 5.25" "£7" => [100.0, 5.25, 7.0],
        "euros behind": ";" "100,4 €" "5 €" "1.000,00 €" => [100.4, 5.0, 1000.0],
        "euros before": "," "€100.4" "EUR 5" "7 EUR" => [100.4, 5.0, 7.0],
        "Swedish crowns": ";" "1 214,50 kr" "901 kr" "5,5 kr" => [1214.5, 901.0, 5.5],
        "reais": ";" "R$ 1.214,50" "R$ 901,00" "R$ 5,05" => [1214.5, 901.0, 5.05],
        "per cent": "," "100 %" "12.5%" "-3%" => [100.0, 12.5, -3.0],
        "German per cent": ";" "12,5 %" "100 %" "7 %" => [12.5, 100.0, 7.0],
        "accountants": "," "(100)" "\"(1,214.50)\"" "5" => [-100.0, -1214.5, 5.0],
        "dollars of accountants": "," "($100.00)" "$5.00" "($7.25)" => [-100.0, 5.0, -7.25],
        "SAP": ";" "100,50-" "1.214,00" "5,00-" => [-100.5, 1214.0, -5.0],
        "typographic minus": "," "\u{2212}5" "\u{2013}7.5" "3" => [-5.0, -7.5, 3.0],
        "Excel's errors": "," "1" "#DIV/0!" "3" => [1.0, NO, 3.0],
        "Excel's errors, German": ";" "1,5" "#BEZUG!" "3,5" => [1.5, NO, 3.5],
        "words for nothing": "," "1" "n/a" "3" => [1.0, NO, 3.0],
    ];
    all_agree(cases, &options());
}

fn refused(file: &str, options: &ReadOptions) -> String {
    match read_series_from(file.as_bytes(), "people.csv", options) {
        Ok(loaded) => panic!("read: {:?}", loaded.series.values),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_number_that_can_be_read_two_ways_is_asked_for() {
    let file = "datum;umsatz\n01.01.2023;901\n02.01.2023;1.214\n03.01.2023;950\n";
    assert_eq!(
        refused(file, &options()),
        "column `umsatz` has a number that can be read two ways\n  --> people.csv:3, column 2 \
         (\"umsatz\"): \"1.214\"\n  help: with a decimal point it is 1.214, with a decimal comma 1214; say \
         which with `--decimal point` or `--decimal comma`"
    );
    for (decimal, value) in [(Decimal::Point, 1.214), (Decimal::Comma, 1214.0)] {
        let options = ReadOptions { decimal: Some(decimal), ..options() };
        let loaded = read_series_from(file.as_bytes(), "people.csv", &options).unwrap();
        assert_eq!(loaded.series.values, [901.0, value, 950.0]);
    }
    // Whatever is done about missing values, such a cell is none.
    for missing in [Missing::Error, Missing::Interpolate, Missing::Drop] {
        refused(file, &ReadOptions { missing, ..options() });
    }
    for two_ways in [
        "date;y\n2023-01-01;1.214\n2023-01-02;2.500\n",
        "date\ty\n2023-01-01\t1,214\n2023-01-02\t2,500\n",
        "date,y\n31.12.2022,1.214\n01.01.2023,2.500\n",
    ] {
        assert!(refused(two_ways, &options()).contains("two ways"), "{two_ways}");
    }
    // No sample sees the one cell that decides.
    let mut long = "date;y\n".to_string();
    for i in 0..5000 {
        long.push_str(&format!(
            "{:04}-01-01;{}\n",
            1000 + i,
            if i == 4001 { "2,5" } else { "1.214" }
        ));
    }
    let loaded = read_series_from(long.as_bytes(), "people.csv", &options()).unwrap();
    assert_eq!((loaded.series.values[0], loaded.series.values[4001]), (1214.0, 2.5));
}

#[test]
fn other_columns_show_how_numbers_are_written() {
    let file = "date;price;sold\n2023-01-01;1,5;1.214\n2023-01-02;2,5;901\n";
    let options = ReadOptions { target: Some("sold".into()), ..options() };
    assert_eq!(
        read_series_from(file.as_bytes(), "", &options).unwrap().series.values,
        [1214.0, 901.0]
    );
    let file = file.replace("1,5", "1.5").replace("2,5", "2.5");
    assert_eq!(
        read_series_from(file.as_bytes(), "", &options).unwrap().series.values,
        [1.214, 901.0]
    );
}

#[test]
fn a_cell_of_another_notation_is_an_error() {
    for file in [
        "d;y\n2023-01-01;1,5\n2023-01-02;2,5\n2023-01-03;3.5\n",
        "d,y\n2023-01-01,1.5\n2023-01-02,\"2,5\"\n2023-01-03,3.5\n",
    ] {
        assert!(refused(file, &options()).contains("is not a number"), "{file}");
    }
}

#[test]
fn one_note_says_how_numbers_were_read() {
    let file = "d,y\n2023-01-01,$100\n2023-01-02,($5)\n2023-01-03,$7\n";
    let notes = read_series_from(file.as_bytes(), "", &options()).unwrap().notes;
    assert_eq!(
        notes,
        ["how numbers were read: the currency of a number is ignored; (100) is -100"]
    );
}

#[test]
fn where_all_cells_fail_alike_the_help_says_so() {
    let file = "d,y\n2023-01-01,100 kg\n2023-01-02,5 kg\n2023-01-03,7 kg\n";
    let options = ReadOptions { target: Some("y".into()), ..options() };
    let error = refused(file, &options);
    assert!(error.contains("3 of 3 cells are like that: take \"kg\" out of them"), "{error}");
    let error = refused(&file.replace("100 kg", "red").replace("5 kg", "blue"), &options);
    assert!(error.contains("choose a column of numbers with `--target`"), "{error}");
}

#[test]
fn values_that_stand_for_nothing_are_named_and_kept() {
    let mut file = "d,y\n".to_string();
    for day in 1..=28 {
        let value = if [5, 17, 18, 20].contains(&day) { -999 } else { 10 + day };
        file.push_str(&format!("2023-01-{day:02},{value}\n"));
    }
    let loaded = read_series_from(file.as_bytes(), "", &options()).unwrap();
    assert_eq!(loaded.series.values[4], -999.0);
    assert_eq!(
        loaded.notes,
        ["4 values of -999 (lines 6, 18, 19, …): if that stands for a missing value, add \
          `--missing-values -999`"]
    );
    let asked = ReadOptions { missing_values: vec!["-999.0".into()], ..options() };
    let loaded = read_series_from(file.as_bytes(), "", &asked).unwrap();
    assert!(loaded.series.values[4].is_nan() && loaded.series.values[5] == 16.0);
    // A value at the edge of the others is one of them, and so is a single one beside others that vary as much.
    for usual in
        [file.replace("-999", "999").replace(",11\n", ",900\n"), file.replace("-999", "-12")]
    {
        assert_eq!(read_series_from(usual.as_bytes(), "", &options()).unwrap().notes, [""; 0]);
    }
}

/// Three values under dates that somebody writes.
macro_rules! dates {
    ($($who:literal: $file:literal => $a:literal $b:literal $c:literal, then $next:literal),* $(,)?) => {
        &[$(Case { who: $who, file: $file, dates: &[$a, $b, $c], values: &[1.0, 2.0, 3.0], next: $next }),*]
    };
}

#[test]
fn dates_of_many_countries() {
    let cases: &[Case] = dates![
        "short month names": "month,y\nJan 2018,1\nFeb 2018,2\nMar 2018,3\n" => "Jan 2018" "Feb 2018" "Mar 2018", then "Apr 2018",
        "Excel's months": "month,y\nNov-18,1\nDec-18,2\nJan-19,3\n" => "Nov-18" "Dec-18" "Jan-19", then "Feb-19",
        "Excel's days": "date,y\n30-Dec-22,1\n31-Dec-22,2\n01-Jan-23,3\n" => "30-Dec-22" "31-Dec-22" "01-Jan-23", then "02-Jan-23",
        "American letters": "date,y\n\"January 30, 2023\",1\n\"January 31, 2023\",2\n\"February 01, 2023\",3\n" => "January 30, 2023" "January 31, 2023" "February 01, 2023", then "February 02, 2023",
        "German months": "monat;y\nJan 2023;1\nFeb 2023;2\nMär 2023;3\n" => "Jan 2023" "Feb 2023" "Mär 2023", then "Apr 2023",
        "French days": "jour;y\n27 février 2023;1\n28 février 2023;2\n1 mars 2023;3\n" => "27 février 2023" "28 février 2023" "1 mars 2023", then "2 mars 2023",
        "Japanese days": "日付,y\n2022年12月30日,1\n2022年12月31日,2\n2023年1月1日,3\n" => "2022年12月30日" "2022年12月31日" "2023年1月1日", then "2023年1月2日",
        "quarters first": "q,y\nQ3 2005,1\nQ4 2005,2\nQ1 2006,3\n" => "Q3 2005" "Q4 2005" "Q1 2006", then "Q2 2006",
        "ISO weeks": "week,y\n2022-W51,1\n2022-W52,2\n2023-W01,3\n" => "2022-W51" "2022-W52" "2023-W01", then "2023-W02",
        "weeks in digits": "week,y\n202250,1\n202251,2\n202252,3\n" => "202250" "202251" "202252", then "202301",
        "hours in digits": "time,y\n2022010921,1\n2022010922,2\n2022010923,3\n" => "2022010921" "2022010922" "2022010923", then "2022011000",
        "seconds since 1970": "timestamp,y\n1672531200,1\n1672534800,2\n1672538400,3\n" => "1672531200" "1672534800" "1672538400", then "1672542000",
        "pandas to_json": "[{\"ds\":1672531200000,\"y\":1},{\"ds\":1675209600000,\"y\":2},{\"ds\":1677628800000,\"y\":3}]" => "1672531200000" "1675209600000" "1677628800000", then "1680307200000",
        "days of Excel": "date,y\n44197,1\n44198,2\n44199,3\n" => "44197" "44198" "44199", then "44200",
        "two digits of the year": "date,y\n12/31/83,1\n12/31/84,2\n12/31/85,3\n" => "12/31/83" "12/31/84" "12/31/85", then "12/31/86",
        "a.m. and p.m.": "date,y\n1/13/2023 9:00 PM,1\n1/13/2023 10:00 PM,2\n1/13/2023 11:00 PM,3\n" => "1/13/2023 9:00 PM" "1/13/2023 10:00 PM" "1/13/2023 11:00 PM", then "1/14/2023 12:00 AM",
        "an hour east": "date,y\n2023-01-01T00:00+01:00,1\n2023-01-01T01:00+01:00,2\n2023-01-01T02:00+01:00,3\n" => "2023-01-01T00:00+01:00" "2023-01-01T01:00+01:00" "2023-01-01T02:00+01:00", then "2023-01-01T03:00+01:00",
        "summer time": "date,y\n2024-03-31T00:00+01:00,1\n2024-03-31T01:00+01:00,2\n2024-03-31T03:00+02:00,3\n" => "2024-03-31T00:00+01:00" "2024-03-31T01:00+01:00" "2024-03-31T03:00+02:00", then "2024-03-31T04:00+02:00",
        "e-mail": "date,y\n\"Sun, 01 Jan 2023\",1\n\"Mon, 02 Jan 2023\",2\n\"Tue, 03 Jan 2023\",3\n" => "Sun, 01 Jan 2023" "Mon, 02 Jan 2023" "Tue, 03 Jan 2023", then "Wed, 04 Jan 2023",
        "compact ISO": "date,y\n20230101T0100,1\n20230101T0200,2\n20230101T0300,3\n" => "20230101T0100" "20230101T0200" "20230101T0300", then "20230101T0400",
        "pandas to_csv": ",ds,y\n0,2023-01-01,1\n1,2023-01-02,2\n2,2023-01-03,3\n" => "2023-01-01" "2023-01-02" "2023-01-03", then "2023-01-04",
        "Excel names the delimiter": "sep=;\ndate;y\n2023-01-01;1,0\n2023-01-02;2,0\n2023-01-03;3,0\n" => "2023-01-01" "2023-01-02" "2023-01-03", then "2023-01-04",
        "German Excel": "Datum;Wert\n01.01.2023;1,0\n02.01.2023;2,0\n03.01.2023;3,0\n" => "01.01.2023" "02.01.2023" "03.01.2023", then "04.01.2023",
        "French Excel": "Date;Valeur\n30/12/2022;1,0\n31/12/2022;2,0\n01/01/2023;3,0\n" => "30/12/2022" "31/12/2022" "01/01/2023", then "02/01/2023",
    ];
    all_agree(cases, &options());
}

#[test]
fn sales_are_no_dates() {
    for file in [
        "date,sales\n2023-01-01,44197\n2023-01-02,44198\n2023-01-03,44199\n",
        "date,sales\n2023-01-01,1672531200\n2023-01-02,1672534800\n2023-01-03,1672538400\n",
    ] {
        let loaded = read_series_from(file.as_bytes(), "", &options()).unwrap();
        assert_eq!(
            (loaded.target.as_str(), loaded.series.label(0).as_str()),
            ("sales", "2023-01-01")
        );
    }
}
