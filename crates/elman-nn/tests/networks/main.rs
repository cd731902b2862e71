//! Tests of networks and training, in one program: as programs of their own, the files would each link all kernels.

mod adaptive;
mod allocations;
mod distributions;
mod gates;
mod golden;
mod gradient;
mod gradients;
mod learns;
mod live;
mod optimizer;
mod output;
mod resume;
mod single;
mod stacks;
mod threads;
mod trace;
mod unlike;
mod windows;
