//! A series as a panel's networks walk over it: values, some of them perhaps not known, and what is
//! known beside them.

use std::borrow::Cow;
use std::ops::Range;

use super::beside::Beside;

/// A series.
#[derive(Debug, Clone)]
pub struct Past<'a> {
    /// The values; NaN where none is known.
    pub values: Cow<'a, [f64]>,
    /// The same, with the one before in place of each that is not known.
    pub filled: Cow<'a, [f64]>,
    /// What is known beside them.
    pub beside: Beside,
    /// What the series is called.
    pub name: &'a str,
    /// Where its first value stands in the longest series of its panel, by their dates; `None` where that is not known.
    pub place: Option<i64>,
}

impl<'a> Past<'a> {
    /// `values` with nothing beside them.
    pub fn new(values: &'a [f64]) -> Self {
        let filled = filled(values);
        let beside = Beside::default();
        Self { values: Cow::Borrowed(values), filled, beside, name: "", place: None }
    }

    /// The same with these values unknown.
    pub(super) fn without(mut self, ranges: impl Iterator<Item = Range<usize>>) -> Self {
        for range in ranges {
            self.values.to_mut()[range].fill(f64::NAN);
        }
        if let Cow::Owned(values) = &self.values {
            self.filled = Cow::Owned(filled(values).into_owned());
        }
        self
    }

    /// The same with more values behind.
    pub(super) fn then(&self, more: &[f64]) -> Past<'_> {
        let (beside, name, place) = (self.beside.clone(), self.name, self.place);
        if more.is_empty() {
            let (values, filled) = ((&*self.values).into(), (&*self.filled).into());
            return Past { values, filled, beside, name, place };
        }
        let [values, filled] =
            [&self.values, &self.filled].map(|y| Cow::Owned([&y[..], more].concat()));
        Past { values, filled, beside, name, place }
    }

    /// All of it.
    pub fn whole(&self) -> Known<'_> {
        self.until(self.values.len())
    }

    /// Its first `len` values.
    pub fn until(&self, len: usize) -> Known<'_> {
        Known { past: self, len }
    }
}

/// A series and how much of it is known; what lies behind decides about nothing.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The series.
    pub past: &'a Past<'a>,
    /// Values that are known.
    pub len: usize,
}

impl<'a> Known<'a> {
    /// What is known, without holes.
    pub fn filled(self) -> &'a [f64] {
        &self.past.filled[..self.len]
    }
}

fn filled(values: &[f64]) -> Cow<'_, [f64]> {
    if !values.iter().any(|y| y.is_nan()) {
        return Cow::Borrowed(values);
    }
    let mut last = values.iter().copied().find(|y| !y.is_nan()).unwrap_or(0.0);
    let fill = |y: &f64| {
        if !y.is_nan() {
            last = *y;
        }
        last
    };
    Cow::Owned(values.iter().map(fill).collect())
}
