//! States, gates and units.

use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;

use super::{engine, lesson};
use crate::description;
use crate::engine::{Config, Engine};
use crate::evaluation::Shown;

fn trained(cell: &str) -> Engine {
    let config = Config { cell: cell.to_owned(), num_layers: 2, hidden_size: 6, ..lesson() };
    let mut engine = engine(&config);
    engine.step(100).unwrap();
    engine.evaluate().unwrap();
    engine
}

fn map(engine: &mut Engine, quantity: usize, layer: usize) -> Vec<f32> {
    engine.show(Shown { quantity, layer });
    engine.evaluate().unwrap().map().to_vec()
}

/// H values of the last prediction's time step, the last but one of the map.
fn last(map: &[f32]) -> &[f32] {
    &map[map.len() - 12..map.len() - 6]
}

#[test]
fn every_quantity_of_every_layer_has_a_map() {
    for cell in CellEntry::<f32>::ALL {
        let mut engine = trained(cell.name());
        let quantities = cell.states.len() + cell.named_gates.len();
        let mut maps = Vec::new();
        for layer in 0..2 {
            for quantity in 0..quantities {
                let map = map(&mut engine, quantity, layer);
                assert_eq!(map.len(), 120 * 6, "{} {quantity}", cell.name());
                assert!(!maps.contains(&map), "{} {quantity} {layer}", cell.name());
                maps.push(map);
            }
            let step = engine.evaluation().last().unwrap();
            let h = &step.after.tensor("h").unwrap()[layer * 6..][..6];
            assert_eq!(last(&maps[layer * quantities]), h);
        }
        assert!(map(&mut engine, quantities, 2).is_empty());
    }
}

#[test]
fn the_gates_make_the_states() {
    let mut engine = trained("lstm");
    let [h, c, i, f, g, o] = [0, 1, 2, 3, 4, 5].map(|quantity| map(&mut engine, quantity, 1));
    for at in 6..h.len() {
        let cell = f[at] * c[at - 6] + i[at] * g[at];
        // A sum in single precision, and tanh to an error of 2e-7.
        assert!((cell - c[at]).abs() < 1e-6, "{cell} {}", c[at]);
        assert!((o[at] * cell.tanh() - h[at]).abs() < 1e-6);
    }
    let mut engine = trained("gru");
    let [h, z, n] = [0, 2, 3].map(|quantity| map(&mut engine, quantity, 0));
    for at in 6..h.len() {
        let hidden = (1.0 - z[at]) * n[at] + z[at] * h[at - 6];
        assert!((hidden - h[at]).abs() < 1e-6, "{hidden} {}", h[at]);
    }
}

#[test]
fn a_unit_in_numbers_agrees_with_the_map() {
    let sigmoid = |x: f32| 1.0 / (1.0 + (-x).exp());
    for cell in ["rnn", "lstm"] {
        let mut engine = trained(cell);
        for (layer, unit) in [(0, 0), (1, 5)] {
            let gates = engine.unit(layer, unit);
            assert_eq!(gates.len(), CellEntry::<f32>::find(cell).unwrap().gates);
            for (place, gate) in gates.iter().enumerate() {
                let sum = gate.x_part + gate.h_part;
                let is_tanh = ["h'", "g"].contains(&gate.letter);
                let want = if is_tanh { sum.tanh() } else { sigmoid(sum) };
                assert!((gate.value - want).abs() < 1e-5, "{cell} {gate:?}");
                let quantity = if cell == "rnn" { 0 } else { 2 + place };
                assert_eq!(last(&map(&mut engine, quantity, layer))[unit], gate.value);
            }
        }
        assert!(engine.unit(2, 0).is_empty() && engine.unit(0, 6).is_empty());
    }
}

#[test]
fn a_network_is_described_by_the_names_of_the_registries() {
    let engine = trained("gru");
    let text = description::of_network(engine.trainer().model(), engine.scale(), engine.variance());
    for line in [
        "quantity\th\thidden state\t\t",
        "quantity\tz\tupdate gate\t0\t1",
        "quantity\tn\tcandidate\t-1\t1",
        "equation\th' = (1 − z) ∘ n + z ∘ h",
        "parameter\trnn.weight_hh_l1\t18,6",
        "parameter\tfc.bias\t1",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} is not in\n{text}");
    }
    let index = text.lines().filter(|line| line.starts_with("parameter"));
    let index = index.take_while(|line| !line.contains("weight_hh_l1")).count();
    assert_eq!(engine.parameter(index).len(), 18 * 6);
    assert!(engine.parameter(100).is_empty());
}

#[test]
fn only_small_networks_have_gradients_in_each_picture() {
    assert!(engine(&lesson()).is_small());
    let sizes = Config { cell: "lstm".to_owned(), hidden_size: 128, ..lesson() };
    assert!(engine(&sizes).is_small());
    assert!(!engine(&Config { num_layers: 4, ..sizes }).is_small());
}
