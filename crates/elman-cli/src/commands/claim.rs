//! The comparison of a model with the best baseline, in one sentence.

use elman::data::{counted, thousands};
use elman::metrics::{Claim, Evidence, Verdict};

use crate::numbers::{fixed, per_cent};

/// The sentence. It begins with `note:` unless the model is better.
pub fn sentence(claim: &Claim) -> String {
    let Claim { baseline, error, baseline_error, .. } = claim;
    let measure = claim.measure.to_uppercase();
    let skill = claim.skill.unwrap_or(0.0);
    let apart = if claim.is_unbiased { ", out-of-sample (cross-fitted)" } else { "" };
    match claim.verdict {
        Verdict::TooFew => format!(
            "note: {measure} {}; the baseline {baseline} has {}, in {}: too few to tell which is better",
            fixed(*error, 3),
            fixed(*baseline_error, 3),
            forecasts(claim.evidence)
        ),
        Verdict::Contradictory => format!(
            "note: the metrics contradict each other: compared with the {baseline} baseline, the {measure} of elman is {} \
             and its sMAPE is {}; neither model can be recommended",
            difference(skill),
            difference(claim.smape_skill.unwrap_or(0.0))
        ),
        Verdict::Better if claim.evidence.selected => format!(
            "elman is {} better than the best baseline, {baseline}, on the {} forecasts that selected it: expect \
             less on new data",
            per_cent(skill, 0),
            thousands(claim.evidence.forecasts)
        ),
        Verdict::Better => {
            format!(
                "elman is {} better than the best baseline, {baseline}{apart}",
                per_cent(skill, 0)
            )
        }
        Verdict::Same => {
            let by = claim.skill.map_or(String::new(), |_| {
                format!(
                    " (its error is {} {})",
                    per_cent(skill.abs(), 1),
                    if skill > 0.0 { "lower" } else { "higher" }
                )
            });
            format!("note: elman is about as good as the {baseline} baseline{by}{apart}")
        }
        Verdict::Worse => {
            let by = match claim.skill {
                Some(_) => format!(", by {}", per_cent(-skill, 0)),
                None => ", whose error is 0".to_owned(),
            };
            format!("note: elman is worse than the {baseline} baseline{by}{apart}")
        }
    }
}

/// Such as `31 % lower`, `8 % higher`.
fn difference(skill: f64) -> String {
    format!("{} {}", per_cent(skill.abs(), 0), if skill > 0.0 { "lower" } else { "higher" })
}

/// Such as `1 forecast`, `25 overlapping forecasts`.
pub fn forecasts(evidence: Evidence) -> String {
    match evidence.forecasts == evidence.independent {
        true => counted(evidence.forecasts, "forecast"),
        false => counted(evidence.forecasts, "overlapping forecast"),
    }
}
