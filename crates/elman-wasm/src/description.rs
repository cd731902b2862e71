//! A network in words: a text of one item a line, whose fields are separated by tabs, for the panels of the page.

use std::fmt::Write as _;

use elman_nn::Model;
use elman_nn::cells::CellEntry;
use elman_nn::registry::Entry;

use crate::scale::Scale;
use crate::unit::GateOfUnit;

/// The series, the quantities of a unit, the equations of the cell and the parameters:
///
/// ```text
/// series     mean  deviation  variance            of the scale; of the inputs in the training set
/// quantity   letter  name  lowest  highest       a state has no bounds
/// equation   text
/// parameter  name  sizes, separated by commas
/// ```
pub(crate) fn of_network(model: &Model<f32>, scale: Scale, variance: f64) -> String {
    let cell = CellEntry::<f32>::find(&model.config().cell).expect("the cell of a model");
    let mut text = format!("series\t{}\t{}\t{variance}\n", scale.mean, scale.deviation);
    for state in cell.states {
        let name = if *state == "h" { "hidden state" } else { "cell state" };
        line(&mut text, format_args!("quantity\t{state}\t{name}\t\t"));
    }
    for gate in cell.named_gates {
        let [low, high] = gate.range;
        line(&mut text, format_args!("quantity\t{}\t{}\t{low}\t{high}", gate.letter, gate.name));
    }
    for equation in cell.equations {
        line(&mut text, format_args!("equation\t{equation}"));
    }
    for variable in model.layout().variables() {
        let sizes: Vec<String> = variable.shape.iter().map(usize::to_string).collect();
        line(&mut text, format_args!("parameter\t{}\t{}", variable.name, sizes.join(",")));
    }
    text
}

/// The gates of a unit: letter, x-part, h-part and value.
pub(crate) fn of_unit(gates: &[GateOfUnit]) -> String {
    let mut text = String::new();
    for GateOfUnit { letter, x_part, h_part, value } in gates {
        line(&mut text, format_args!("{letter}\t{x_part}\t{h_part}\t{value}"));
    }
    text
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a string takes all text");
    text.push('\n');
}
