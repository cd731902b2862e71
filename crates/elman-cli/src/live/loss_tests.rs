use super::super::Window;
use super::super::fixture::rows;
use super::*;

fn frame(losses: &[f64], steps: u64) -> Frame<'_> {
    Frame {
        step: losses.len() as u64,
        steps,
        loss: losses.last().copied().unwrap_or(0.0),
        grad_norm: 1.0,
        rate: 0.01,
        losses,
        evaluations: &[],
        baseline: None,
        window: Window::default(),
        note: None,
    }
}

fn plotted(frame: &Frame<'_>) -> Vec<String> {
    let area = Rect::new(0, 0, 70, 12);
    let mut buf = Buffer::empty(area);
    draw(frame, &Palette::plain(), area, &mut buf);
    rows(&buf)
}

fn braille(rows: &[String]) -> usize {
    let lines = rows[1..].concat();
    lines.chars().filter(|c| ('\u{2801}'..='\u{28ff}').contains(c)).count()
}

#[test]
fn the_axis_has_powers_of_ten() {
    let losses: Vec<f64> = (0..75).map(|i| 10_f64.powf(-f64::from(i) / 25.0)).collect();
    let rows = plotted(&frame(&losses, 75));
    let labels: Vec<&str> =
        rows.iter().filter_map(|row| row.split_once(" ┤")).map(|r| r.0).collect();
    assert_eq!(labels.iter().map(|l| l.trim()).collect::<Vec<_>>(), ["1", "0.1", "0.01", "0.001"]);
}

#[test]
fn an_exponential_fall_is_a_straight_line() {
    let losses: Vec<f64> = (0..75).map(|i| 10_f64.powf(-f64::from(i) / 25.0)).collect();
    let points = curve(&frame(&losses, 75), Scale::Logarithmic, 70);
    assert_eq!(points.len(), 75);
    for (i, &(step, place)) in points.iter().enumerate() {
        assert_eq!(step, (i + 1) as f64);
        assert!((place + i as f64 / 25.0).abs() < 1e-12);
    }
}

#[test]
fn a_long_history_is_summed_up_and_keeps_its_points() {
    let losses: Vec<f64> = (0..1_000_000).map(|i| 1.0 / f64::from(i + 1)).collect();
    let early = curve(&frame(&losses[..400_000], 1_000_000), Scale::Logarithmic, 70);
    let late = curve(&frame(&losses, 1_000_000), Scale::Logarithmic, 70);
    assert!(late.len() <= 140, "{} points", late.len());
    // Only the last, unfinished point may move.
    assert_eq!(early[..early.len() - 1], late[..early.len() - 1]);
}

#[test]
fn a_resumed_history_stands_where_it_belongs() {
    let losses = [0.5, 0.4, 0.3];
    let resumed = Frame { step: 50, ..frame(&losses, 75) };
    let steps: Vec<f64> = curve(&resumed, Scale::Linear, 70).iter().map(|p| p.0).collect();
    assert_eq!(steps, [48.0, 49.0, 50.0]);
}

#[test]
fn losses_below_zero_have_a_linear_axis() {
    let losses = [1.0, 0.0, -1.0, -2.0];
    let rows = plotted(&frame(&losses, 4));
    assert!(rows.iter().any(|row| row.trim_start().starts_with("\u{2212}2")), "{rows:#?}");
    assert!(braille(&rows) > 10, "{rows:#?}");
}

#[test]
fn losses_that_are_no_numbers_do_no_harm() {
    let losses = [f64::NAN, f64::INFINITY, 0.0, 1e308, 1e-308, 0.5];
    assert!(braille(&plotted(&frame(&losses, 6))) > 0);
    assert_eq!(braille(&plotted(&frame(&losses[..3], 6))), 0);
    assert_eq!(braille(&plotted(&frame(&[], 0))), 0);
}

#[test]
fn a_constant_loss_is_a_line_on_an_axis_with_labels() {
    for loss in [1.0, 0.25] {
        let rows = plotted(&frame(&[loss; 40], 40));
        assert!(braille(&rows) >= 50, "{rows:#?}");
        assert!(rows.iter().any(|row| row.contains('┤')), "{rows:#?}");
    }
}

#[test]
fn the_axis_does_not_show_rounding() {
    let places = [0.25, 0.250_000_1].map(|loss| Scale::Logarithmic.place(loss));
    let (low, high) = range(places.into_iter(), Scale::Logarithmic).expect("a range");
    assert!(low <= places[0] && high >= places[1] && high - low > 0.04, "{low} {high}");
}

#[test]
fn baseline_and_held_out_losses_are_in_the_picture_and_the_legend() {
    let held_out = [(2, 0.3), (4, 0.2)];
    let mut frame = frame(&[0.5, 0.4, 0.3, 0.25], 4);
    let without = plotted(&frame);
    assert!(
        !without[0].contains("validation") && !without[0].contains("repeating"),
        "{without:#?}"
    );
    frame.evaluations = &held_out;
    frame.baseline = Some(0.0123);
    let rows = plotted(&frame);
    assert!(rows[0].contains("validation") && rows[0].contains("0.0123"), "{rows:#?}");
    assert_eq!(rows[1..].concat().matches('◆').count(), 2);
    // Three of six points, two to a column: a dash begins in every third of about 63 columns.
    assert!(braille(&rows) > braille(&without) + 25, "{rows:#?}");
}
