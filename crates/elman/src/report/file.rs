//! Keeping an [`Album`] in a file.

use super::{Album, html, png, sheet, svg};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a picture could not be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file name ends in none of the formats.
    #[error("{}: the name of a chart ends in .png, .svg or .html", path.display())]
    UnknownFormat {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{}: cannot write the chart: {source}", path.display())]
    Write {
        /// The file that was asked for.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

/// What a picture is kept as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Pixels, two for each 1/96 inch.
    Png,
    /// Shapes and text.
    Svg,
    /// One page with everything in it: works from a disk, without a network.
    Html,
}

impl Format {
    /// The format that the extension of `path` names, in upper or lower case.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`] if it names none. Worth asking before a long training.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        match extension.as_str() {
            "png" => Ok(Format::Png),
            "svg" => Ok(Format::Svg),
            "html" | "htm" => Ok(Format::Html),
            _ => Err(Error::UnknownFormat { path: path.to_owned() }),
        }
    }
}

/// `album` as the contents of a file.
pub fn bytes(format: Format, album: &Album) -> Vec<u8> {
    match format {
        Format::Png => png::encode(&sheet::lay_out(album)),
        Format::Svg => svg::encode(&sheet::lay_out(album)).into_bytes(),
        Format::Html => html::encode(album).into_bytes(),
    }
}

/// Draws `album` into `path`; the extension chooses the format.
///
/// PNG and SVG show all pages side by side, the loss curve last; HTML shows one at a time with a slider. The file appears
/// complete or not at all: a picture that was there before stays until the new one is finished.
///
/// # Errors
/// [`Error::UnknownFormat`] if the extension names none of the formats, [`Error::Write`] if the file cannot be written.
pub fn write(path: &Path, album: &Album) -> Result<(), Error> {
    let contents = bytes(Format::of(path)?, album);
    elman_nn::output::replace(path, &contents)
        .map_err(|source| Error::Write { path: path.to_owned(), source })
}
