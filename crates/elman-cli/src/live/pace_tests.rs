use super::*;

fn ms(milliseconds: f64) -> Duration {
    Duration::from_secs_f64(milliseconds * 1e-3)
}

/// Trains `steps` steps of `own` milliseconds each at `pace`; returns seconds and looks.
fn train(pace: &mut Pace, steps: u64, own: f64) -> (f64, u64) {
    let (mut now, mut look, mut looks) = (Duration::ZERO, 0, 0);
    for step in 1..=steps {
        now += ms(own);
        if step < look && step < steps {
            continue;
        }
        looks += 1;
        pace.stepped(step, steps, now);
        if let Some(wait) = pace.waits(now) {
            now += wait;
        }
        pace.leaves(now);
        look = step + pace.stride();
    }
    (now.as_secs_f64(), looks)
}

#[test]
fn small_networks_take_from_six_to_twelve_seconds() {
    for steps in [75, 100, 1_000, 20_000, 1_000_000] {
        let (seconds, _) = train(&mut Pace::default(), steps, 0.0025);
        assert!((6.0..12.0).contains(&seconds), "{steps} steps took {seconds} s");
    }
}

#[test]
fn the_first_steps_can_be_followed() {
    let mut pace = Pace::default();
    pace.stepped(1, 100_000, ms(1.0));
    let wait = pace.waits(ms(1.0)).expect("a wait");
    assert!((ms(100.0)..ms(150.0)).contains(&wait), "{wait:?}");
}

#[test]
fn slow_networks_are_not_held_up() {
    // 500 steps of 40 ms: by the plan alone, the first would take 125 ms.
    let (seconds, _) = train(&mut Pace::default(), 500, 40.0);
    assert!((seconds - 20.0).abs() < 0.01, "{seconds} s");
}

#[test]
fn long_plans_begin_slowly_and_lose_little() {
    // Without the pace: 8.4, 28 and 280 seconds.
    for (steps, least, most) in
        [(300_000, 9.0, 11.0), (1_000_000, 30.0, 31.5), (10_000_000, 282.0, 283.5)]
    {
        let mut pace = Pace::default();
        pace.stepped(1, steps, ms(0.028));
        let wait = pace.waits(ms(0.028)).expect("a wait");
        assert!(wait > ms(75.0), "{steps} steps: {wait:?}");
        let (seconds, _) = train(&mut Pace::default(), steps, 0.028);
        assert!((least..most).contains(&seconds), "{steps} steps took {seconds} s");
    }
}

#[test]
fn full_speed_neither_waits_nor_looks_at_the_clock_much() {
    let mut pace = Pace { full: true, ..Pace::default() };
    let (seconds, looks) = train(&mut pace, 400_000, 0.0025);
    assert!((seconds - 1.0).abs() < 1e-6, "{seconds} s");
    assert!((900..1_500).contains(&looks), "{looks} looks in a second");
}

#[test]
fn faster_and_slower_double_and_halve() {
    let wait = |keys: &[Key]| {
        let mut pace = Pace::default();
        pace.stepped(1, 75, Duration::ZERO);
        for &key in keys {
            assert_eq!(pace.press(key, Duration::ZERO), Wish::GoOn);
        }
        pace.waits(Duration::ZERO).map_or(0.0, |wait| wait.as_secs_f64())
    };
    let usual = wait(&[]);
    assert!((wait(&[Key::Faster]) * 2.0 - usual).abs() < 1e-6);
    assert!((wait(&[Key::Slower]) - usual * 2.0).abs() < 1e-6);
    assert_eq!(wait(&[Key::Full]), 0.0);
    assert_eq!(wait(&[Key::Full, Key::Full]), usual);
    // From full speed, slower is back to the pace.
    assert_eq!(wait(&[Key::Full, Key::Slower]), usual);
}

#[test]
fn slower_also_slows_a_slow_network() {
    let mut pace = Pace::default();
    pace.press(Key::Slower, Duration::ZERO);
    pace.stepped(1, 500, ms(100.0));
    let wait = pace.waits(ms(100.0)).expect("a wait");
    assert!((wait.as_secs_f64() - 0.1).abs() < 1e-6, "{wait:?}");
}

#[test]
fn a_pause_lasts_until_it_is_ended() {
    let mut pace = Pace::default();
    pace.stepped(1, 75, ms(1.0));
    pace.press(Key::Pause, ms(10.0));
    assert!(pace.paused());
    assert_eq!(pace.waits(ms(1e6)), Some(Duration::MAX));
    assert_eq!(pace.elapsed(ms(1e6)), ms(10.0));
    pace.press(Key::Pause, ms(1e6));
    assert!(!pace.paused());
    assert_eq!(pace.waits(ms(1e6)), None, "long due");
    assert_eq!(pace.elapsed(ms(1e6)), ms(10.0), "a pause is no time of training");
}

#[test]
fn after_a_pause_there_is_no_rush() {
    let mut pace = Pace::default();
    pace.stepped(1, 75, ms(1.0));
    pace.press(Key::Pause, ms(10.0));
    pace.press(Key::Pause, ms(5_000.0));
    pace.leaves(ms(5_000.0));
    pace.stepped(2, 75, ms(5_001.0));
    let wait = pace.waits(ms(5_001.0)).expect("a wait");
    assert!(wait > ms(100.0), "{wait:?}");
}

#[test]
fn one_step_at_a_time() {
    let mut pace = Pace::default();
    pace.stepped(1, 75, ms(1.0));
    // While running, the key pauses.
    pace.press(Key::Step, ms(2.0));
    assert_eq!(pace.waits(ms(3.0)), Some(Duration::MAX));
    pace.press(Key::Step, ms(4.0));
    assert_eq!(pace.waits(ms(4.0)), None);
    pace.leaves(ms(4.0));
    assert_eq!(pace.stride(), 1);
    pace.stepped(2, 75, ms(5.0));
    assert_eq!(pace.waits(ms(5.0)), Some(Duration::MAX));
    assert!(pace.paused());
}

#[test]
fn the_last_step_waits_for_nothing() {
    let mut pace = Pace::default();
    pace.stepped(75, 75, ms(1.0));
    assert_eq!(pace.waits(ms(1.0)), None);
}

#[test]
fn the_speed_is_measured_and_so_is_what_the_network_could_do() {
    let mut pace = Pace::default();
    train(&mut pace, 75, 0.0025);
    let speed = pace.speed().expect("a speed");
    assert!((7.5..9.0).contains(&speed), "{speed} steps/s");
    // 400,000 steps a second, shown at 8.
    let slowed = pace.slowed().expect("held up");
    assert!((40_000.0..60_000.0).contains(&slowed), "{slowed}");
    pace.press(Key::Full, Duration::ZERO);
    assert_eq!(pace.slowed(), None);
}

#[test]
fn going_back_to_an_earlier_step_is_no_speed() {
    let mut pace = Pace::default();
    pace.stepped(10, 75, ms(1.0));
    pace.stepped(11, 75, ms(200.0));
    pace.stepped(9, 75, ms(400.0));
    assert_eq!(pace.speed(), None);
    pace.stepped(10, 75, ms(600.0));
    assert!((pace.speed().expect("a speed") - 5.0).abs() < 1e-9);
}

#[test]
fn quitting_is_passed_on() {
    assert_eq!(Pace::default().press(Key::Quit, Duration::ZERO), Wish::Quit);
}
