//! Colours, or none.

use ratatui::style::{Color, Modifier, Style};

/// The looks of everything on the screen.
///
/// The colours are of the middle of the 256: they can be read on black and on white. Whatever a
/// colour says, a form says too. Every style sets everything, because a style that is drawn over
/// another leaves what it does not set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Palette {
    pub(super) input: Style,
    pub(super) prediction: Style,
    pub(super) both: Style,
    /// The same, of windows before the present one.
    pub(super) input_past: Style,
    pub(super) prediction_past: Style,
    pub(super) both_past: Style,
    pub(super) target: Style,
    pub(super) curve: Style,
    pub(super) evaluation: Style,
    pub(super) note: Style,
    /// Labels and lines that stand back.
    pub(super) faint: Style,
    pub(super) strong: Style,
    pub(super) plain: Style,
}

impl Palette {
    /// With colours, unless `NO_COLOR` is set.
    pub(super) fn from_env() -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if plain { Self::plain() } else { Self::coloured() }
    }

    pub(super) fn coloured() -> Self {
        let color = |index| Style::reset().fg(Color::Indexed(index));
        Self {
            input: color(203),
            // A ring has little ink.
            prediction: color(39).add_modifier(Modifier::BOLD),
            both: color(177),
            input_past: color(131),
            prediction_past: color(67),
            both_past: color(97),
            target: color(242),
            curve: color(39),
            evaluation: color(214),
            note: color(214),
            faint: color(245),
            strong: Style::reset().add_modifier(Modifier::BOLD),
            plain: Style::reset(),
        }
    }

    /// Forms only.
    pub(super) fn plain() -> Self {
        let (plain, dim) = (Style::reset(), Style::reset().add_modifier(Modifier::DIM));
        Self {
            input: plain,
            prediction: plain,
            both: plain,
            input_past: dim,
            prediction_past: dim,
            both_past: dim,
            target: dim,
            curve: plain,
            evaluation: plain,
            note: plain,
            faint: dim,
            strong: Style::reset().add_modifier(Modifier::BOLD),
            plain: Style::reset(),
        }
    }
}
