//! Dates as people write them: reading them, finding their step, and going on in the same style.

mod clock;
mod frequency;
mod infer;
mod jitter;
mod named;
mod numeric;
mod parse;
mod periods;
mod scan;
mod sessions;
mod stamp;
mod style;

pub use clock::{Anchor, Clock};
pub use frequency::{Frequency, Weekdays};
pub use infer::{Found, Gaps, gaps, infer};
pub(crate) use infer::{absent, absent_about, is_off};
pub(crate) use jitter::on_grid;
pub use named::NamedFrequency;
pub use numeric::{is_decimal_month, numeric_dates};
pub use parse::{Dates, Trouble, dates, looks_like_date};
pub use periods::{Periods445, Semimonthly};
pub use sessions::Sessions;
pub use stamp::Stamp;
pub use style::{DateOrder, DateStyle, Style};
