//! Windows and screens to test with.

use ratatui::buffer::Buffer;

use super::Window;

/// The lesson's window of `step`, times in π, with predictions that are `error` too high.
pub(super) fn sine(step: u64, error: f64) -> Window {
    let at = |point: u32| {
        let time = (step - 1) as f64 + f64::from(point) / 20.0;
        (time, (time * std::f64::consts::PI).sin())
    };
    Window {
        input: (0..20).map(at).collect(),
        prediction: (1..=20).map(at).map(|(time, value)| (time, value + error)).collect(),
        target: (1..=20).map(at).collect(),
        x_label: "time / π".to_owned(),
        y_range: (-1.2, 1.2),
    }
}

/// The lines of a screen.
pub(super) fn rows(buf: &Buffer) -> Vec<String> {
    let row = |y| (0..buf.area.width).map(|x| buf[(x, y)].symbol()).collect();
    (0..buf.area.height).map(row).collect()
}
