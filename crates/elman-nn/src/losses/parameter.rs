//! A parameter of a distribution, and the function that computes it from a raw output.

use super::softplus::softplus;

/// A parameter of a distribution: its link function of one raw output, plus its least value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Its name in the literature, with `_` between words.
    pub name: &'static str,
    /// The link function.
    pub link: Link,
    /// The constant that is added to the link function; the least value, except for [`Link::Identity`].
    pub least: f64,
}

/// A function from a raw output to a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Link {
    /// The raw output itself.
    Identity,
    /// ln(1 + eˣ).
    Softplus,
    /// eˣ; x is at most this.
    Exp(f64),
}

impl Parameter {
    /// The parameter for a raw output, and its derivative with respect to the output.
    pub fn of(self, raw: f64) -> (f64, f64) {
        let (value, slope) = match self.link {
            Link::Identity => (raw, 1.0),
            Link::Softplus => softplus(raw),
            Link::Exp(highest) => {
                let value = raw.min(highest).exp();
                (value, if raw > highest { 0.0 } else { value })
            }
        };
        (value + self.least, slope)
    }
}
