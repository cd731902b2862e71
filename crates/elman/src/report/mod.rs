//! Pictures of what a network does: PNG, SVG, a page to click through, and plain text.
//!
//! A [`Picture`] says what is shown, an [`Album`] holds several of them. [`write()`] draws an album into a file, [`text()`] draws
//! a picture with characters, [`sparkline`] a row of numbers in one line.
//!
//! ```
//! use elman::report::{self, Mark, Picture};
//!
//! let wave: Vec<(f64, f64)> = (0..60).map(|i| f64::from(i) * 0.1).map(|x| (x, x.sin())).collect();
//! let picture = Picture::new("one wave").labelled("time", "sin").with(Mark::input(wave));
//! println!("{}", report::text(&picture, 60, 12, false));
//! ```

mod canvas;
mod dates;
mod explanation;
mod extent;
mod facts;
mod file;
mod font;
mod forecast;
mod heat;
mod html;
mod legend;
mod number;
mod panel;
mod picture;
mod png;
mod scene;
mod sheet;
mod spark;
mod svg;
mod text;
pub mod ticks;

pub use file::{Error, Format, bytes, write};
pub use heat::HeatMap;
pub use picture::{Album, Axis, Band, Color, Mark, Picture, Shape};
pub use spark::sparkline;
pub use text::text;
