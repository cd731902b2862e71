//! Dates as people write them: reading them, finding their step, and going on in the same style.

mod century;
mod clock;
mod frequency;
mod infer;
mod jitter;
mod month_names;
mod named;
mod numeric;
mod offsets;
mod parse;
mod pattern;
mod periods;
mod scan;
mod sessions;
mod stamp;
mod style;
mod until;

pub use century::LATEST_BEGINNING;
pub use clock::{Anchor, Clock};
pub use frequency::{Frequency, Weekdays};
pub use infer::{Found, Gaps, gaps, infer};
pub(crate) use infer::{absent, absent_about, is_off};
pub(crate) use jitter::on_grid;
pub use month_names::{Case, DayNames, MonthNames};
pub use named::NamedFrequency;
pub use numeric::{is_decimal_month, is_epoch, numeric_dates, spreadsheet_days};
pub use offsets::Offsets;
pub use parse::{Dates, Trouble, dates, dates_until, looks_like_date};
pub use pattern::Pattern;
pub use periods::{Periods445, Semimonthly};
pub(crate) use scan::offset;
pub use sessions::Sessions;
pub use stamp::Stamp;
pub use style::{DateOrder, DateStyle, EpochUnit, Style};
pub use until::{MOST_STEPS, Until};
