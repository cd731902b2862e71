//! The comparison of a model with the best baseline, in words.

use super::{Claim, Evidence, Verdict};
use crate::data::{counted, thousands};

impl Claim {
    /// The comparison in one sentence. It begins with `note:` unless the model is better.
    pub fn sentence(&self) -> String {
        let Self { baseline, error, baseline_error, .. } = self;
        let measure = self.measure.to_uppercase();
        let skill = self.skill.unwrap_or(0.0);
        let apart = if self.is_unbiased { ", out-of-sample (cross-fitted)" } else { "" };
        match self.verdict {
            Verdict::TooFew => format!(
                "note: {measure} {}; the baseline {baseline} has {}, in {}: too few to tell which is better",
                fixed(*error, 3),
                fixed(*baseline_error, 3),
                self.evidence.in_words()
            ),
            Verdict::Contradictory => format!(
                "note: the metrics contradict each other: compared with the {baseline} baseline, the {measure} of elman is {} \
                 and its sMAPE is {}; neither model can be recommended",
                difference(skill),
                difference(self.smape_skill.unwrap_or(0.0))
            ),
            Verdict::Better if self.evidence.selected => format!(
                "elman is {} better than the best baseline, {baseline}, on the {} forecasts that selected it: expect \
                 less on new data",
                per_cent(skill, 0),
                thousands(self.evidence.forecasts)
            ),
            Verdict::Better => {
                format!(
                    "elman is {} better than the best baseline, {baseline}{apart}",
                    per_cent(skill, 0)
                )
            }
            Verdict::Same => {
                let by = self.skill.map_or(String::new(), |_| {
                    format!(
                        " (its error is {} {})",
                        per_cent(skill.abs(), 1),
                        if skill > 0.0 { "lower" } else { "higher" }
                    )
                });
                format!("note: elman is about as good as the {baseline} baseline{by}{apart}")
            }
            Verdict::Worse => {
                let by = match self.skill {
                    Some(_) => format!(", by {}", per_cent(-skill, 0)),
                    None => ", whose error is 0".to_owned(),
                };
                format!("note: elman is worse than the {baseline} baseline{by}{apart}")
            }
        }
    }
}

impl Evidence {
    /// Such as `1 forecast`, `25 overlapping forecasts`.
    pub fn in_words(&self) -> String {
        match self.forecasts == self.independent {
            true => counted(self.forecasts, "forecast"),
            false => counted(self.forecasts, "overlapping forecast"),
        }
    }
}

/// Such as `31 % lower`, `8 % higher`.
fn difference(skill: f64) -> String {
    format!("{} {}", per_cent(skill.abs(), 0), if skill > 0.0 { "lower" } else { "higher" })
}

/// `value` with so many digits after the point: `0.50`, `−3.1`. A value that rounds to zero has no sign.
pub fn fixed(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let is_zero = !digits.contains(|c| ('1'..='9').contains(&c));
    if value < 0.0 && !is_zero { format!("\u{2212}{digits}") } else { digits }
}

/// A share in per cent, with so many decimals: `95.1 %`.
pub fn per_cent(share: f64, decimals: usize) -> String {
    format!("{} %", fixed(100.0 * share, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_fixed() {
        assert_eq!(fixed(0.5, 2), "0.50");
        assert_eq!(fixed(-3.06, 1), "\u{2212}3.1");
        assert_eq!(fixed(-0.001, 2), "0.00");
    }

    #[test]
    fn shares_are_in_per_cent() {
        assert_eq!(per_cent(0.9512, 1), "95.1 %");
        assert_eq!(per_cent(-0.08, 0), "\u{2212}8 %");
    }
}
