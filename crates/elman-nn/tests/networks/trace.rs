//! Traces: the states and gates of each time step are those of passes over windows.

use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;
use elman_nn::trace::Tracer;
use elman_nn::{Model, ModelConfig, Stream};

const T: usize = 8;
const I: usize = 2;
const H: usize = 5;

#[test]
fn a_trace_has_the_states_gates_and_outputs_of_a_window() {
    for cell in CellEntry::<f64>::ALL {
        for dilations in [Vec::new(), vec![2, 3]] {
            let config = ModelConfig {
                cell: cell.name().to_owned(),
                input_size: I,
                hidden_size: H,
                num_layers: 2,
                output_size: 3,
                dilations,
                ..ModelConfig::default()
            };
            let model = Model::<f64>::new(config).unwrap();
            let params = model.initial_params(3);
            let mut stream = Stream::new(8, "x");
            let x: Vec<f64> = (0..T * I).map(|_| stream.uniform(-1.0, 1.0)).collect();
            let mut tracer = Tracer::new(&model, &params).unwrap();
            let mut trace = tracer.trace();
            for x in x.chunks(I) {
                tracer.step(x).unwrap();
                tracer.append(&mut trace);
            }
            let (mut tape, mut state) = (model.tape(T, 1), model.zero_state(1));
            model.forward(&params, &x, &mut state, &mut tape, None).unwrap();
            let mut gates = Vec::new();
            model.gates(&tape, &mut gates);
            let near = |got: &[f64], want: &[f64]| {
                assert_eq!(got.len(), want.len());
                // Sums of at most ten products in another order.
                assert!(got.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-14));
            };
            near(&trace.outputs, tape.output());
            let of_layer = gates.len() / 2;
            for (number, layer) in trace.layers.iter().enumerate() {
                for (states, name) in layer.states.iter().zip(cell.states) {
                    assert_eq!(states.len(), T * H);
                    near(&states[(T - 1) * H..], state.newest(name, number).unwrap());
                }
                let named = layer.gates.len();
                for t in 0..T {
                    let row = &gates[number * of_layer + t * named * H..][..named * H];
                    let got: Vec<f64> =
                        layer.gates.iter().flat_map(|gate| gate[t * H..][..H].to_vec()).collect();
                    near(&got, row);
                }
            }
        }
    }
}
