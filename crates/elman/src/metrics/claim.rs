//! The verdict of a comparison with the baselines. It depends on the number of forecasts, and on whether
//! the same forecasts selected the model.

use serde::{Deserialize, Serialize};

/// The fewest independent forecasts for a verdict. For 42 short series with one to five of them, the expected error was
/// 0.80 of the best baseline's, and the actual one was 1.12 of it.
const ENOUGH: usize = 10;

/// The least relative difference from the best baseline's error for better or worse; a smaller one may be chance.
const MARGIN: f64 = 0.01;

/// The least difference of the skills in two measures of opposite sign that counts as a contradiction.
const GROSS: f64 = 0.1;

/// The forecasts that a comparison rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The number of forecasts that were compared with actual values.
    pub forecasts: usize,
    /// The number of forecasts that do not overlap in time within their series.
    pub independent: usize,
    /// Whether the same forecasts selected the model, which makes its error look smaller than it is.
    pub selected: bool,
}

impl Evidence {
    /// Counts forecasts of `horizon` time steps, made for each series at each of its `origins`, in ascending order.
    pub fn of(origins: &[Vec<usize>], horizon: usize, selected: bool) -> Self {
        let apart = |origins: &Vec<usize>| {
            let mut free = 0;
            let apart = origins.iter().filter(|origin| {
                let is_free = **origin >= free;
                if is_free {
                    free = *origin + horizon;
                }
                is_free
            });
            apart.count()
        };
        Self {
            forecasts: origins.iter().map(Vec::len).sum(),
            independent: origins.iter().map(apart).sum(),
            selected,
        }
    }

    /// The sum of two sets of forecasts.
    pub fn and(self, other: Self) -> Self {
        Self {
            forecasts: self.forecasts + other.forecasts,
            independent: self.independent + other.independent,
            selected: self.selected || other.selected,
        }
    }

    /// Whether there are enough independent forecasts to tell which of two methods is better.
    pub fn is_enough(&self) -> bool {
        self.independent >= ENOUGH
    }
}

/// The errors of one method; `None` for a measure that is not defined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors<'a> {
    /// The method.
    pub name: &'a str,
    /// The error in the measure that decides.
    pub error: Option<f64>,
    /// sMAPE.
    pub smape: Option<f64>,
}

/// The result of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Too few independent forecasts to tell.
    TooFew,
    /// The two measures contradict each other.
    Contradictory,
    /// The model is better than the best baseline.
    Better,
    /// Neither is clearly better.
    Same,
    /// The best baseline is better.
    Worse,
}

/// The comparison of a model with the best baseline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claim {
    /// The result of the comparison.
    pub verdict: Verdict,
    /// The best baseline.
    pub baseline: String,
    /// The measure that decides: `mase`, or `mae`.
    pub measure: &'static str,
    /// The model's error.
    pub error: f64,
    /// The baseline's error.
    pub baseline_error: f64,
    /// The skill: the share of the baseline's error that the model removes, below 0 if the model's error is larger.
    /// `None` if the baseline's error is 0.
    pub skill: Option<f64>,
    /// The skill in sMAPE, against the same baseline.
    pub smape_skill: Option<f64>,
    /// The forecasts that the comparison rests on.
    pub evidence: Evidence,
    /// Whether no forecast that is compared took part in the choice of the model or of the baseline.
    pub is_unbiased: bool,
}

impl Claim {
    /// Compares `ours` with the best of `rivals` by `measure`. `None` if either side has no error in it.
    pub fn of<'a>(
        measure: &'static str,
        ours: Errors<'_>,
        rivals: impl Iterator<Item = Errors<'a>>,
        evidence: Evidence,
    ) -> Option<Self> {
        let known = rivals.filter_map(|rival| Some((rival, rival.error?)));
        let (best, theirs) = known.min_by(|a, b| a.1.total_cmp(&b.1))?;
        let error = ours.error?;
        let skill = share(error, theirs);
        let smape_skill = ours.smape.zip(best.smape).and_then(|(a, b)| share(a, b));
        let contradict = |(a, b): (f64, f64)| a * b < 0.0 && (a - b).abs() >= GROSS;
        let verdict = match skill {
            _ if !evidence.is_enough() => Verdict::TooFew,
            _ if skill.zip(smape_skill).is_some_and(contradict) => Verdict::Contradictory,
            // The baseline's error is 0.
            None if error > 0.0 => Verdict::Worse,
            None => Verdict::Same,
            Some(skill) if skill >= MARGIN => Verdict::Better,
            Some(skill) if skill > -MARGIN => Verdict::Same,
            Some(_) => Verdict::Worse,
        };
        Some(Self {
            verdict,
            baseline: best.name.to_owned(),
            measure,
            error,
            baseline_error: theirs,
            skill,
            smape_skill,
            evidence,
            is_unbiased: false,
        })
    }
}

/// The skill: the share of `theirs` that `ours` removes.
fn share(ours: f64, theirs: f64) -> Option<f64> {
    (theirs > 0.0).then(|| 1.0 - ours / theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(ours: (f64, f64), theirs: (f64, f64), independent: usize) -> Verdict {
        let errors = |name, (error, smape)| Errors { name, error: Some(error), smape: Some(smape) };
        let evidence = Evidence { forecasts: 50, independent, selected: true };
        let rivals = [errors("bad", (9.0, 9.0)), errors("good", theirs)].into_iter();
        let claim = Claim::of("mase", errors("elman", ours), rivals, evidence).unwrap();
        assert_eq!(claim.baseline, "good");
        claim.verdict
    }

    #[test]
    fn overlapping_forecasts_are_not_independent() {
        let origins = vec![(10..=20).collect::<Vec<_>>(), vec![], vec![7]];
        let evidence = Evidence::of(&origins, 5, true);
        // 10, 15 and 20 of the first series, and the one origin of the last.
        let expected = Evidence { forecasts: 12, independent: 4, selected: true };
        assert_eq!(evidence, expected);
        assert_eq!(Evidence::of(&[vec![0, 5, 10]], 5, false).independent, 3);
    }

    #[test]
    fn little_evidence_supports_no_claim() {
        assert_eq!(verdict((0.5, 5.0), (1.0, 9.0), 9), Verdict::TooFew);
        assert_eq!(verdict((0.5, 5.0), (1.0, 9.0), 10), Verdict::Better);
        assert_eq!(verdict((1.001, 9.0), (1.0, 9.0), 10), Verdict::Same);
        assert_eq!(verdict((1.5, 9.5), (1.0, 9.0), 10), Verdict::Worse);
    }

    #[test]
    fn measures_that_contradict_each_other_are_both_stated() {
        assert_eq!(verdict((1.5, 5.0), (1.0, 9.0), 10), Verdict::Contradictory);
        assert_eq!(verdict((0.5, 12.0), (1.0, 9.0), 10), Verdict::Contradictory);
        // A difference of a few per cent is no contradiction.
        assert_eq!(verdict((1.03, 8.9), (1.0, 9.0), 10), Verdict::Worse);
    }

    #[test]
    fn nothing_over_nothing_is_no_share() {
        assert_eq!(verdict((0.0, 0.0), (0.0, 0.0), 10), Verdict::Same);
        assert_eq!(verdict((0.1, 1.0), (0.0, 0.0), 10), Verdict::Worse);
        let none = Errors { name: "x", error: None, smape: None };
        assert_eq!(Claim::of("mase", none, [none].into_iter(), Evidence::default()), None);
    }
}
