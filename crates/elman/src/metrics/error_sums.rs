//! Sums of errors, and the best of several methods by them.

/// Mean errors over series, origins and steps ahead; `None` where no series has such an error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MeanErrors {
    /// sMAPE, 0 to 200.
    pub(crate) smape: Option<f64>,
    /// MASE: absolute error divided by that of the seasonal naive forecast in the history, one seasonal period ahead.
    pub(crate) mase: Option<f64>,
}

/// Sums of errors, with the number of terms in each.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct ErrorSums {
    pub(crate) smape: f64,
    pub(crate) smapes: f64,
    pub(crate) mase: f64,
    pub(crate) mases: f64,
}

impl ErrorSums {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            smape: self.smape + other.smape,
            smapes: self.smapes + other.smapes,
            mase: self.mase + other.mase,
            mases: self.mases + other.mases,
        }
    }

    pub(crate) fn mean(self) -> MeanErrors {
        let mean = |sum: f64, n: f64| (n > 0.0).then(|| sum / n);
        MeanErrors { smape: mean(self.smape, self.smapes), mase: mean(self.mase, self.mases) }
    }

    /// Mean error in the measure that decides: the MASE, or the sMAPE where no series has a scale.
    fn deciding(self) -> f64 {
        let MeanErrors { smape, mase } = self.mean();
        mase.or(smape).unwrap_or(f64::INFINITY)
    }
}

/// The best of several methods, with its mean errors. `methods` has the sums of each one in two halves of the forecasts.
///
/// The method whose errors count in one half is chosen by the other half. A method that was chosen by the same errors would look
/// better than it is, as the least of several random numbers does. `None` if a half has no errors.
pub(crate) fn best_by_halves(methods: &[[ErrorSums; 2]]) -> Option<(usize, MeanErrors)> {
    let best = |error: &dyn Fn(&[ErrorSums; 2]) -> f64| {
        let errors = methods.iter().map(error).enumerate();
        errors.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(method, _)| method)
    };
    let has_errors = |half: usize| methods.iter().all(|method| method[half].smapes > 0.0);
    if !has_errors(0) || !has_errors(1) {
        return None;
    }
    let by_first = best(&|[first, _]| first.deciding())?;
    let by_second = best(&|[_, second]| second.deciding())?;
    let errors = methods[by_second][0].plus(methods[by_first][1]).mean();
    Some((best(&|[first, second]| first.plus(*second).deciding())?, errors))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(errors: &[f64]) -> ErrorSums {
        let (count, mase) = (errors.len() as f64, errors.iter().sum());
        ErrorSums { smape: count, smapes: count, mase, mases: count }
    }

    #[test]
    fn the_best_method_is_chosen_by_other_errors_than_those_that_count() {
        // The second method is the best because of its errors in the second half alone.
        let methods = [[sums(&[1.0, 1.0]), sums(&[1.0])], [sums(&[1.2, 1.2]), sums(&[0.0])]];
        let (best, errors) = best_by_halves(&methods).unwrap();
        assert_eq!((best, errors.mase), (1, Some((2.4 + 1.0) / 3.0)));
        let clear = [[sums(&[1.0]), sums(&[1.0])], [sums(&[0.5]), sums(&[0.6])]];
        assert_eq!(best_by_halves(&clear).unwrap().1.mase, Some(0.55));
        assert!(best_by_halves(&[[sums(&[1.0]), sums(&[])]]).is_none());
    }

    #[test]
    fn the_best_of_methods_that_are_alike_has_the_error_of_all() {
        let mut random = elman_nn::Stream::new(1, "errors");
        let (mut least, mut by_halves) = (0.0, 0.0);
        for _ in 0..200 {
            let mut half = || sums(&(0..50).map(|_| random.uniform(0.0, 2.0)).collect::<Vec<_>>());
            let methods: Vec<[ErrorSums; 2]> = (0..8).map(|_| [half(), half()]).collect();
            let errors = methods.iter().map(|[a, b]| a.plus(*b).deciding());
            least += errors.fold(f64::INFINITY, f64::min) / 200.0;
            by_halves += best_by_halves(&methods).unwrap().1.mase.unwrap() / 200.0;
        }
        assert!(least < 0.93, "{least}");
        assert!((by_halves - 1.0).abs() < 0.02, "{by_halves}");
    }
}
