//! What a comparison with the baselines may claim: that depends on how many forecasts stand behind it, and on whether
//! the same ones selected the model.

use serde::{Deserialize, Serialize};

/// The fewest independent forecasts of a claim. Of 42 short series with one to five of them, the error promised was 0.80
/// of the best baseline's, and 1.12 came.
const ENOUGH: usize = 10;

/// The least share of the best baseline's error that is called better or worse; below it is chance.
const MARGIN: f64 = 0.01;

/// How far apart the shares in two measures of opposite sign may be before both are stated.
const GROSS: f64 = 0.1;

/// The forecasts that a comparison rests on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Forecasts that were compared with what came.
    pub forecasts: usize,
    /// As many of them as do not overlap in time within their series.
    pub independent: usize,
    /// Whether the same forecasts selected the model, so that it looks better than it is.
    pub selected: bool,
}

impl Evidence {
    /// Of forecasts over `horizon` steps, made for each series at each of its `origins`, which rise.
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

    /// All of it together.
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

/// The errors of one method; a measure that is not defined is absent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors<'a> {
    /// The method.
    pub name: &'a str,
    /// In the measure that decides.
    pub error: Option<f64>,
    /// sMAPE.
    pub smape: Option<f64>,
}

/// What a comparison comes to.
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

/// A model beside the best of the baselines.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claim {
    /// What the comparison comes to.
    pub verdict: Verdict,
    /// The best baseline.
    pub baseline: String,
    /// The measure that decides: `mase`, or `mae`.
    pub measure: &'static str,
    /// The model's error in it.
    pub ours: f64,
    /// That of the baseline.
    pub theirs: f64,
    /// The share of the baseline's error that the model takes away, below 0 when it adds to it. Absent where the baseline
    /// made no error.
    pub skill: Option<f64>,
    /// The same in sMAPE, against the same baseline.
    pub smape_skill: Option<f64>,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Claim {
    /// Compares `ours` with the best of `rivals` by `measure`. `None` where nobody has an error in it.
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
            // The baseline made no error.
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
            ours: error,
            theirs,
            skill,
            smape_skill,
            evidence,
        })
    }
}

/// The share of `theirs` that `ours` lacks.
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
        // 10, 15 and 20 of the first series, and the one of the last.
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
        // Not for a few per cent.
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
