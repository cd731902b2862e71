//! The options of reading, as a person types them.

use elman::io::read::ReadOptions;
use elman::nn::registry::Entry;

use crate::commands::panel;
use crate::files::shell_word;

/// The options of reading that are not the defaults.
pub fn options(read: &ReadOptions) -> String {
    let named = |option: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!("--{option} {}", shell_word(value.as_ref())))
    };
    let several = |option: &str, values: &[String]| {
        (!values.is_empty())
            .then(|| format!("--{option} {}", shell_word(values.join(",").as_ref())))
    };
    let usual = panel::read_defaults();
    let options = [
        named("target", &read.target),
        named("time-col", &read.time_col),
        named("id-col", &read.id_col),
        named("series", &read.series),
        named("sheet", &read.sheet),
        (read.missing != usual.missing).then(|| format!("--missing {}", read.missing.name())),
        (read.missing_dates != usual.missing_dates)
            .then(|| format!("--missing-dates {}", read.missing_dates.name())),
        (read.duplicates != usual.duplicates)
            .then(|| format!("--duplicates {}", read.duplicates.name())),
        read.sort.then(|| "--sort".to_owned()),
        read.date_order.map(|order| format!("--date-order {}", order.name())),
        read.decimal.map(|decimal| format!("--decimal {}", decimal.name())),
        several("missing-values", &read.missing_values),
        read.freq.map(|frequency| format!("{frequency} (--freq)")),
        read.agg.map(|agg| format!("--agg {}", agg.name())),
        read.wide.then(|| "--wide".to_owned()),
        several("futr-exog", &read.futr_exog),
        several("hist-exog", &read.hist_exog),
        several("static-exog", &read.static_exog),
    ];
    let given: Vec<String> = options.into_iter().flatten().collect();
    if given.is_empty() { "the defaults".to_owned() } else { given.join(" ") }
}
