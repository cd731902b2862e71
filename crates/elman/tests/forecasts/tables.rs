//! Which rows are one series and which are many, and what of a table is used: no shops in one series, unless
//! somebody says so.

use elman::error::Error;
use elman::io::read::{Duplicates, LoadedPanel, ReadOptions, read_panel_from, read_series_from};

fn panel_with(text: &str, options: &ReadOptions) -> Result<LoadedPanel, Error> {
    read_panel_from(text.as_bytes(), "x.csv", options)
}

fn panel(text: &str) -> LoadedPanel {
    panel_with(text, &ReadOptions::default()).unwrap_or_else(|e| panic!("{text}\n{e}"))
}

fn error(text: &str) -> String {
    panel_with(text, &ReadOptions::default()).err().map_or(String::new(), |e| e.to_string())
}

fn names(panel: &LoadedPanel) -> Vec<&str> {
    panel.series.iter().map(|series| &series.name[..]).collect()
}

/// The options of the first command line in a help, put into `options`; false where there is none.
fn follow(said: &str, options: &mut ReadOptions) -> bool {
    let Some(help) = said.split("help: ").nth(1) else { return false };
    let Some(typed) = help.split('`').find(|part| part.starts_with("--")) else { return false };
    let words: Vec<&str> = typed.split(' ').collect();
    let text = |i: usize| Some(words[i].trim_matches('\'').to_string());
    for (i, word) in words.iter().enumerate() {
        match *word {
            "--id-col" => options.id_col = text(i + 1),
            "--target" => options.target = text(i + 1),
            "--time-col" => options.time_col = text(i + 1),
            "--series" => options.series = text(i + 1),
            "--sort" => options.sort = true,
            "--wide" => options.wide = true,
            "--duplicates" => options.duplicates = Duplicates::Mean,
            _ => {}
        }
    }
    true
}

/// Rows `store,date,sales` of some stores, by store or by date.
fn stores(names: &[&str], by_date: bool) -> String {
    let mut rows: Vec<(usize, usize)> =
        (0..names.len()).flat_map(|s| (0..24).map(move |t| (s, t))).collect();
    if by_date {
        rows.sort_by_key(|(s, t)| (*t, *s));
    }
    let row = |(s, t): &(usize, usize)| {
        let (year, month) = (2020 + t / 12, 1 + t % 12);
        format!("{},{year}-{month:02}-01,{}\n", names[*s], 100 * (s + 1) + (t * 7) % 10)
    };
    format!("store,date,sales\n{}", rows.iter().map(row).collect::<String>())
}

#[test]
fn stores_are_never_averaged_by_following_the_advice() {
    let two = "shop,region,date,sales\n".to_owned()
        + &(0..48)
            .map(|i| {
                let (s, t) = (i / 12, i % 12);
                format!("{},{},2020-{:02}-01,{}\n", s % 2, ["a", "b"][s / 2], t + 1, 100 * s + t)
            })
            .collect::<String>();
    // Dates begin again, and none stands twice.
    let apart = "store,date,sales\n".to_owned()
        + &(0..48)
            .map(|i| {
                let year = [2022, 2020][i / 24] + (i % 24) / 12;
                format!("{},{year}-{:02}-01,{}\n", i / 24, i % 12 + 1, 100 * (i / 24 + 1) + i % 7)
            })
            .collect::<String>();
    let mut twice = stores(&["1", "2", "3"], false);
    twice.push_str("2,2020-03-01,214\n");
    let steps = "store,day,sales\n".to_owned()
        + &(0..60)
            .map(|i| format!("{},{},{}\n", i / 20, i % 20, 100 * (i / 20) + i % 9))
            .collect::<String>();
    for (what, text, series) in [
        ("integers, by store", stores(&["1", "2", "3"], false), 3),
        ("integers, by date", stores(&["1", "2", "3"], true), 3),
        ("integers of pandas", stores(&["1.0", "2.0"], true), 2),
        ("text, by store", stores(&["north", "south"], false), 2),
        ("text, by date", stores(&["north", "south"], true), 2),
        ("two columns", two, 4),
        ("dates apart", apart, 2),
        ("a row twice", twice, 3),
        ("counted days", steps, 3),
        (
            "no dates",
            stores(&["1", "2", "3"], false).replace(",2020-", ",no ").replace(",2021-", ",no "),
            3,
        ),
        (
            "no dates, text",
            "item,units\n".to_owned() + &"a,1\n".repeat(30) + &"b,9\n".repeat(30),
            2,
        ),
    ] {
        let mut options = ReadOptions::default();
        let mut said = Vec::new();
        let panel = loop {
            match panel_with(&text, &options) {
                Ok(panel) => break panel,
                Err(error) => said.push(error.to_string()),
            }
            assert!(said.len() < 6, "{what}: {said:#?}");
            let advice = said.last().unwrap();
            assert!(follow(advice, &mut options), "{what}: no advice in {advice}");
        };
        assert_eq!(panel.series.len(), series, "{what}: {said:#?}");
        if let Some(first) = said.first() {
            let first = first.split("help: ").nth(1).unwrap();
            assert!(first.starts_with("name them with `--id-col "), "{what}: {first}");
        }
        // Of a store every value is its own: hundreds are its number.
        for series in panel.series.iter().filter(|_| !what.contains("no dates")) {
            let hundreds = series.values.iter().map(|y| (y / 100.0) as usize);
            let hundreds: std::collections::BTreeSet<usize> = hundreds.collect();
            assert_eq!(hundreds.len(), 1, "{what}: {:?}", series.values);
        }
    }
}

#[test]
fn the_first_error_names_the_column_of_the_series() {
    assert_eq!(
        error(&stores(&["1", "2"], false)),
        "`x.csv` looks like 2 series, one for each `store`: 1, 2; \"2020-01-01\" on line 26 is on line 2 already\n  \
         help: name them with `--id-col store`; if the rows are one series, say `--id-col none`"
    );
    let one =
        read_series_from(stores(&["1", "2"], true).as_bytes(), "x.csv", &ReadOptions::default());
    assert!(one.unwrap_err().to_string().contains("`--id-col store --series 2`"));
    // A decision is a decision.
    let mut options = ReadOptions { id_col: Some("none".into()), ..ReadOptions::default() };
    options.target = Some("sales".into());
    options.duplicates = Duplicates::Sum;
    options.sort = true;
    let total = panel_with(&stores(&["1", "2"], false), &options).unwrap();
    assert_eq!(total.series[0].values[..2], [300.0, 314.0]);
}

#[test]
fn rows_that_are_one_series_stay_one() {
    for text in [
        // The weather of a day that stands twice makes no series of each weather.
        "date,weather,y\n2020-01-01,sun,1\n2020-01-02,rain,2\n2020-01-03,sun,3\n2020-01-04,rain,4\n2020-01-05,sun,5\n2020-01-06,rain,6\n",
        // Years and months without dates.
        "year,y\n2000,1\n2000,2\n2001,3\n2001,4\n",
        "weekday,y\nMon,1\nTue,2\nWed,3\nMon,4\nTue,5\nWed,6\n",
        // The only numbers are what is forecast.
        "y\n1\n1\n1\n2\n2\n2\n",
        "date,y\n2020-01-01,1\n2020-01-02,1\n2020-01-03,2\n2020-01-04,2\n",
        // Texts that follow no order.
        "note,y\na,1\nb,2\nb,3\na,4\na,5\nb,6\n",
    ] {
        let options = ReadOptions { target: Some("y".into()), ..ReadOptions::default() };
        let loaded = panel_with(text, &options).unwrap_or_else(|e| panic!("{text}{e}"));
        assert_eq!(loaded.series.len(), 1, "{text}");
    }
    let twice = "date,weather,y\n2020-01-01,sun,1\n2020-01-02,rain,2\n2020-01-02,sun,3\n2020-01-03,sun,3\n2020-01-04,rain,4\n2020-01-05,sun,5\n2020-01-06,rain,6\n";
    let options = ReadOptions { duplicates: Duplicates::Last, ..ReadOptions::default() };
    let loaded = panel_with(twice, &options).unwrap();
    assert_eq!(loaded.series[0].values, [1.0, 3.0, 3.0, 4.0, 5.0, 6.0]);
}

#[test]
fn ids_of_several_columns() {
    let text = "region,product,ds,y,price\nn,a,2020-01,1,5\nn,a,2020-02,2,5\nn,b,2020-01,3,5\nn,b,2020-02,4,5\ns,a,2020-01,5,5\ns,a,2020-02,6,5\n";
    let read = |id: &str, series: Option<&str>| {
        let options = ReadOptions {
            id_col: Some(id.into()),
            series: series.map(Into::into),
            ..ReadOptions::default()
        };
        panel_with(text, &options)
    };
    let all = read("region,product", None).unwrap();
    assert_eq!(names(&all), ["n/a", "n/b", "s/a"]);
    assert_eq!(all.id_col.as_deref(), Some("region,product"));
    assert_eq!(all.series[1].values, [3.0, 4.0]);
    assert_eq!(read("region, product", Some("s/a")).unwrap().series[0].values, [5.0, 6.0]);
    let unknown = read("region,produkt", None).unwrap_err().to_string();
    assert!(unknown.contains("no column `produkt`") && unknown.contains("`product`"), "{unknown}");
    assert!(error(text).contains("`--id-col region,product`"), "{}", error(text));
    let alike = text.replace("s,a", "n/a,b").replace("n,b", "n,a/b");
    let options = ReadOptions { id_col: Some("region,product".into()), ..ReadOptions::default() };
    let alike = panel_with(&alike, &options).unwrap_err().to_string();
    assert!(alike.contains("give two series the same id") && alike.contains("x.csv:6"), "{alike}");
}

#[test]
fn what_is_not_used_is_named_with_its_option() {
    let text = "ds,y,price,promo,region,opened,\n2020-01-01,1,5,0,n,2019-01-01,\n2020-01-02,2,5,1,n,2019-01-01,\n2020-01-03,3,6,0,n,2019-01-01,\n";
    assert_eq!(
        panel(text).notes,
        [
            "columns not used: price, promo (numbers: `--target`, `--futr-exog`, `--hist-exog`, `--wide`); \
             region (text: `--id-col`, `--static-exog`); opened (dates: `--time-col`)"
        ]
    );
    let used = ReadOptions {
        futr_exog: vec!["price".into(), "promo".into()],
        static_exog: vec!["region".into()],
        time_col: Some("ds".into()),
        ..ReadOptions::default()
    };
    assert_eq!(
        panel_with(text, &used).unwrap().notes,
        ["columns not used: opened (dates: `--time-col`)"]
    );
    let one = read_series_from(text.as_bytes(), "x.csv", &ReadOptions::default()).unwrap();
    assert!(one.notes[0].starts_with("columns not used: price, promo (numbers: `--target`);"));
    let many: String = (0..12).map(|c| format!(",c{c}")).collect();
    let zeros = ",0.5".repeat(12);
    let wide = format!("ds,y{many}\n2020-01-01,1{zeros}\n2020-01-02,2{zeros}\n");
    assert!(panel(&wide).notes[0].contains("c7, and 4 more (numbers"), "{:?}", panel(&wide).notes);
    let note = panel("item,units,kind\na,1,x\nb,2,y\nb,3,x\na,4,x\n").notes;
    assert!(note[0].contains("item, kind (text: `--id-col`"), "{note:?}");
}

#[test]
fn ids_that_differ_by_blanks_or_case() {
    let text = "store;ds;y\nA;2020-01;1\nA ;2020-02;2\na;2020-01;3\na;2020-02;4\nB;2020-01;3\nB;2020-02;4\n";
    let loaded = panel(text);
    assert_eq!(names(&loaded), ["A", "a", "B"]);
    assert_eq!(
        loaded.notes,
        [
            "`store` names the series; `--id-col` says otherwise",
            "blanks around ids are taken off, in 1 row of `store`: ids that differ by blanks alone are one series",
            "series `A` and `a` differ by case alone: they are two series",
        ]
    );
}

#[test]
fn rows_without_an_id_are_a_series_with_a_note() {
    let loaded = panel("store;ds;y\nA;2020-01;1\nA;2020-02;2\n;2020-01;3\n;2020-02;4\n");
    assert_eq!(names(&loaded), ["A", ""]);
    let note = "`store` is empty beside 2 values: they are a series without a name";
    assert!(loaded.notes.iter().any(|found| found == note), "{:?}", loaded.notes);
}

#[test]
fn names_that_stand_twice_are_refused() {
    assert_eq!(
        error("ds,y,y\n2020-01,1,2\n2020-02,3,4\n"),
        "`x.csv` has two columns called `y`: 2 and 3\n  help: rename one of them, or take it out"
    );
    // Without a name there is nothing to mistake.
    assert_eq!(panel("ds,y,,\n2020-01,1,,\n2020-02,3,,\n").series[0].values, [1.0, 3.0]);
    let twice = "{\"ds\":\"2020-01\",\"y\":1}\n{\"ds\":\"2020-02\",\"y\":1,\"y\":2}\n";
    assert!(
        error(twice).starts_with("duplicate key `y` in one object\n  --> x.csv:2"),
        "{}",
        error(twice)
    );
    let array = "[{\"ds\":\"2020-01\",\"y\":1,\"ds\":\"2020-03\"}]";
    assert!(error(array).starts_with("duplicate key `ds` in one object"), "{}", error(array));
}

#[test]
fn duplicates_are_summed_and_covariates_are_not() {
    let text = "ds,y,price,open\n2020-01,1,10,1\n2020-01,2,20,1\n2020-02,3,30,0\n2020-03,4,40,1\n2020-03,5,60,0\n2020-03,6,80,1\n2020-04,,50,1\n";
    let read = |duplicates| {
        let options = ReadOptions {
            duplicates,
            futr_exog: vec!["price".into()],
            hist_exog: vec!["open".into()],
            target: Some("y".into()),
            ..ReadOptions::default()
        };
        panel_with(text, &options).unwrap()
    };
    for (how, y, price, open) in [
        (Duplicates::Sum, [3.0, 3.0, 15.0], [15.0, 30.0, 60.0, 50.0], [1.0, 0.0, 2.0 / 3.0]),
        (Duplicates::Mean, [1.5, 3.0, 5.0], [15.0, 30.0, 60.0, 50.0], [1.0, 0.0, 2.0 / 3.0]),
        (Duplicates::First, [1.0, 3.0, 4.0], [10.0, 30.0, 40.0, 50.0], [1.0, 0.0, 1.0]),
        (Duplicates::Last, [2.0, 3.0, 6.0], [20.0, 30.0, 80.0, 50.0], [1.0, 0.0, 1.0]),
    ] {
        let loaded = read(how);
        let series = &loaded.series[0];
        assert_eq!(series.values, y, "{how:?}");
        assert_eq!(series.covariates.future[0].values, price, "{how:?}");
        let near =
            series.covariates.past[0].values.iter().zip(open).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(near, "{how:?}: {:?}", series.covariates.past);
    }
    assert!(read(Duplicates::Sum).notes[0].contains("the sum of its rows is taken"));
}

#[test]
fn dates_across_the_header_are_one_series_a_row() {
    let text = "store,town,2023-01,2023-02,2023-03,2023-04\nA,x,1,2,3,4\nB,y,,6,7,\nC,z,,,,\n";
    assert_eq!(
        error(text),
        "`x.csv` has dates across its header, from \"2023-01\" to \"2023-04\": one series a row\n  help: take each row \
         as a series with `--wide`"
    );
    let wide = |text: &str| panel_with(text, &ReadOptions { wide: true, ..ReadOptions::default() });
    let loaded = wide(text).unwrap();
    assert_eq!(names(&loaded), ["A", "B"]);
    assert_eq!(loaded.series[0].values, [1.0, 2.0, 3.0, 4.0]);
    assert_eq!((loaded.series[1].label(0), loaded.series[1].len()), ("2023-02".to_string(), 2));
    assert_eq!(loaded.series[0].label(4), "2023-05");
    assert_eq!(
        loaded.notes,
        [
            "rows without any value left out: 1",
            "columns not used: town (`--id-col`, `--static-exog`)"
        ]
    );
    let bad = wide("store,2023-01,2023-02,2023-03\nA,1,x2,3\n").unwrap_err().to_string();
    assert!(bad.contains("x.csv:2, column 3 (\"2023-02\"): \"x2\""), "{bad}");
    // As the World Bank writes it; newest first; one row alone; ids of two columns.
    let years = wide("Country,Code,1960,1961,1962\nAruba,ABW,1,2,3\nChad,TCD,4,5,6\n").unwrap();
    assert_eq!(
        (names(&years), years.series[1].label(3)),
        (vec!["Aruba", "Chad"], "1963".to_string())
    );
    let falling = wide("id,2023-03-01,2023-02-01,2023-01-01\na,3,2,1\nb,6,5,4\n").unwrap();
    assert_eq!(falling.series[1].values, [4.0, 5.0, 6.0]);
    let both = wide("region,product,2023-01,2023-02,2023-03\nn,a,1,2,3\nn,b,4,5,6\n").unwrap();
    assert_eq!(names(&both), ["a", "b"]);
    let both =
        wide("region,product,2023-01,2023-02,2023-03\nn,a,1,2,3\nn,b,4,5,6\ns,a,7,8,9\n").unwrap();
    assert_eq!(names(&both), ["n/a", "n/b", "s/a"]);
    let options = ReadOptions { series: Some("n/b".into()), ..ReadOptions::default() };
    let one = read_series_from(
        "region,product,2023-01,2023-02,2023-03\nn,a,1,2,3\nn,b,4,5,6\ns,a,7,8,9\n".as_bytes(),
        "x",
        &options,
    );
    assert_eq!(one.unwrap().series.values, [4.0, 5.0, 6.0]);
    // Years above numbers and nothing else are rows of numbers.
    assert!(!error("2001,2002,2003\n5,6,7\n8,9,1\n").contains("across"));
}
