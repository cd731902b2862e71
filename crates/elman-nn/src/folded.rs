//! The same network with its embedding folded into the weights of its first layer.
//!
//! ```text
//! W_x (E one-hot) = (W_x E) one-hot
//! ```
//!
//! W_x E `[G·H, V]` is looked up where W_x is multiplied: for a network that is run step by step, a product less in
//! each. It is no network to train: V columns would go their own ways.

use elman_math::gemm::{Lhs, Rhs, gemm, pack, packed_len};
use elman_math::{Real, zeros};

use crate::model::{Model, ModelConfig};
use crate::params::Params;

/// The most values of W_x E: beyond, the table would be slow to make and to read.
const MOST_FOLDED: usize = 1 << 24;

impl<T: Real> Model<T> {
    /// The same network, but for rounding, with one-hot tokens where they are embedded now; `None` where they are not,
    /// or where the table would be too large.
    pub fn folded(&self, params: &Params<T>) -> Option<(Self, Params<T>)> {
        let config = self.config();
        let ModelConfig { vocab_size, embedding_size, .. } = *config;
        let [embedding, weight] =
            ["embedding.weight", "rnn.weight_ih_l0"].map(|name| params.find(name));
        let (table, weight) = (params.get(embedding?), params.get(weight?));
        let rows = weight.len() / embedding_size;
        if rows * vocab_size > MOST_FOLDED {
            return None;
        }
        let looked_up = ModelConfig { embedding_size: 0, tied: false, ..config.clone() };
        let model = Self::new(looked_up).ok()?.with_isa(self.isa());
        let isa = model.isa();
        let mut packed = zeros(packed_len::<T>(isa, embedding_size, vocab_size));
        pack(isa, (embedding_size, vocab_size), Rhs::Columns(table, embedding_size), &mut packed);
        let mut folded = Params::zeros(model.layout());
        for variable in model.layout().variables() {
            let to = folded.find(&variable.name).expect("its own variable");
            let to = folded.get_mut(to);
            match (variable.name.as_str(), params.find(&variable.name)) {
                ("rnn.weight_ih_l0", _) => {
                    let size = (rows, vocab_size, embedding_size);
                    gemm(isa, size, Lhs::rows(weight, embedding_size), &packed, to);
                }
                (_, Some(same)) => to.copy_from_slice(params.get(same)),
                // A head that shares the embedding's table.
                (_, None) => to.copy_from_slice(table),
            }
        }
        Some((model, folded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_network_says_the_same() {
        for (tied, embedding_size) in [(false, 5), (true, 12)] {
            let config = ModelConfig {
                cell: "gru".to_owned(),
                vocab_size: 7,
                embedding_size,
                tied,
                hidden_size: 12,
                num_layers: 2,
                output_size: 7,
                ..ModelConfig::default()
            };
            let model = Model::<f64>::new(config.clone()).unwrap();
            let params = model.initial_params(4);
            let (folded, its_params) = model.folded(&params).unwrap();
            assert_eq!(folded.config().embedding_size, 0);
            let said = [(&model, &params), (&folded, &its_params)].map(|(model, params)| {
                let mut tape = model.tape(6, 1);
                let x = [0.0, 6.0, 3.0, 3.0, 1.0, 5.0];
                model.forward(params, &x, &mut model.zero_state(1), &mut tape, None).unwrap();
                tape.output().to_vec()
            });
            for (one, other) in said[0].iter().zip(&said[1]) {
                assert!((one - other).abs() < 1e-12, "{one} {other}");
            }
            let one_hot = ModelConfig { embedding_size: 0, tied: false, ..config };
            let one_hot = Model::<f64>::new(one_hot).unwrap();
            assert!(one_hot.folded(&one_hot.initial_params(4)).is_none());
        }
    }
}
