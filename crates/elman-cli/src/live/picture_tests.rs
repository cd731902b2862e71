use super::super::fixture::{rows, sine};
use super::*;

const AREA: Rect = Rect { x: 0, y: 0, width: 100, height: 16 };

fn picture(trail: &Trail, palette: &Palette) -> Buffer {
    let mut buf = Buffer::empty(AREA);
    draw(trail, palette, AREA, &mut buf);
    buf
}

fn trail(steps: std::ops::RangeInclusive<u64>, error: f64) -> Trail {
    let mut trail = Trail::default();
    for step in steps {
        trail.push(step, sine(step, error));
    }
    trail
}

/// The picture without its legend.
fn plotted(trail: &Trail) -> String {
    rows(&picture(trail, &Palette::coloured()))[1..].concat()
}

#[test]
fn wrong_predictions_stand_beside_the_inputs() {
    let text = plotted(&trail(1..=1, 0.5));
    assert!(text.contains(INPUT) && text.contains(PREDICTION) && !text.contains(BOTH), "{text}");
}

#[test]
fn right_predictions_fall_on_the_inputs() {
    let text = plotted(&trail(1..=1, 0.0));
    let count = |mark| text.matches(mark).count();
    // The first input was not predicted, and the last prediction is no input yet.
    assert_eq!((count(INPUT), count(PREDICTION)), (1, 1), "{text}");
    assert!(count(BOTH) >= 17, "{text}");
}

#[test]
fn predictions_beyond_the_picture_are_said_to_be() {
    let above = plotted(&trail(1..=1, 9.0));
    assert!(above.contains(ABOVE) && !above.contains(BELOW), "{above}");
    let below = plotted(&trail(1..=1, -9.0));
    assert!(below.contains(BELOW) && !below.contains(ABOVE), "{below}");
}

#[test]
fn windows_take_turns_on_the_screen_and_the_present_one_is_underlined() {
    let rows = rows(&picture(&trail(1..=6, 0.1), &Palette::plain()));
    let starts = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    // Steps 4, 5, 6 and 3, whose windows begin at 3, 4, 5 and 2.
    assert_eq!(starts(&rows[15]), ["3", "4", "5", "2", "time", "/", "π"]);
    let axis: Vec<char> = rows[14].chars().collect();
    let thick: Vec<usize> = (0..axis.len()).filter(|&i| axis[i] == '━').collect();
    let label = rows[15].chars().position(|c| c == '5').expect("the present window's time");
    assert_eq!(thick.first(), Some(&label));
    assert!((20..26).contains(&thick.len()), "{} columns", thick.len());
}

#[test]
fn dates_stand_below_their_places() {
    const DAY: f64 = 86_400.0;
    let mut trail = Trail { axis: Axis::Dates, ..Trail::default() };
    for step in 1..=4_u64 {
        // Windows of 30 days from 2024-01-01 on.
        let moment = |(time, value): (f64, f64)| (19_723.0 * DAY + time * 30.0 * DAY, value);
        let mut window = sine(step, 0.1);
        for points in [&mut window.input, &mut window.prediction, &mut window.target] {
            points.iter_mut().for_each(|point| *point = moment(*point));
        }
        trail.push(step, Window { x_label: String::new(), ..window });
    }
    let rows = rows(&picture(&trail, &Palette::plain()));
    // The windows begin on 1 and 31 January, 1 March and 31 March.
    for month in ["Jan", "Feb", "Mar", "Apr"] {
        assert!(rows[15].contains(month), "{rows:#?}");
    }
    assert!(!rows[15].contains("17040"), "{rows:#?}");
}

#[test]
fn going_back_forgets_later_windows() {
    let mut trail = trail(1..=6, 0.1);
    trail.push(4, sine(4, 0.1));
    let steps: Vec<u64> = trail.windows.iter().map(|window| window.0).collect();
    assert_eq!(steps, [3, 4]);
}

#[test]
fn the_present_window_is_bright_and_the_others_are_not() {
    let palette = Palette::coloured();
    let buf = picture(&trail(1..=4, 0.5), &palette);
    let colours = |symbol: &str| {
        let mut all: Vec<_> =
            buf.content.iter().skip(100).filter(|cell| cell.symbol() == symbol).collect();
        all.dedup_by_key(|cell| cell.fg);
        all.iter().map(|cell| Some(cell.fg)).collect::<Vec<_>>()
    };
    for (symbol, present, past) in [
        (INPUT, palette.input, palette.input_past),
        (PREDICTION, palette.prediction, palette.prediction_past),
    ] {
        let seen = colours(symbol);
        assert!(seen.contains(&present.fg) && seen.contains(&past.fg), "{symbol}: {seen:?}");
        assert!(seen.iter().all(|fg| [present.fg, past.fg].contains(fg)), "{symbol}: {seen:?}");
    }
}

#[test]
fn numbers_that_are_none_are_left_out() {
    let mut window = sine(1, 0.0);
    window.prediction.iter_mut().for_each(|point| point.1 = f64::NAN);
    let mut trail = Trail::default();
    trail.push(1, window);
    let text = plotted(&trail);
    assert!(text.contains(INPUT) && !text.contains(PREDICTION) && !text.contains(BOTH), "{text}");
}
