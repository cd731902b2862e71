//! Windows over one long series.

use elman_nn::windows::{Batch, Streams, Windows};

#[test]
fn streams_are_contiguous_and_the_target_is_the_next_value() {
    let values: Vec<f64> = (0..32).map(f64::from).collect();
    let streams = Streams::new(values, 4, 3).unwrap();
    assert_eq!(streams.windows_a_walk(), 2);
    let mut batch = Batch::new(&streams);
    for number in 0..9 {
        streams.fill(number, &mut batch);
        // Ten values a stream, two windows of four: the walks start at 0, 1, 2, 0, …
        let start = [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 0.0, 0.0, 1.0][number as usize];
        let first = start + (number % 2) as f64 * 4.0;
        for step in 0..4 {
            for stream in 0..3 {
                let want = 10.0 * stream as f64 + first + step as f64;
                assert_eq!(batch.x[step * 3 + stream], want);
                assert_eq!(batch.target[step * 3 + stream], want + 1.0);
            }
        }
        assert_eq!(batch.fresh, [number % 2 == 0; 3]);
    }
}

#[test]
fn too_short_is_none() {
    assert!(Streams::new(vec![0.0; 12], 4, 3).is_none());
    assert!(Streams::new(vec![0.0; 13], 4, 3).is_some());
    assert!(Streams::<f64>::new(vec![], 4, 3).is_none());
    assert!(Streams::new(vec![0.0; 13], 4, 0).is_none());
    assert!(Streams::new(vec![0.0; 13], 0, 3).is_none());
}
