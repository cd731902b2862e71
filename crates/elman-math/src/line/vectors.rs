//! A line in an instruction set's vectors.

/// A line of several vectors of `$lanes` values. `$set` is a module that names the set's
/// operations on one vector: `splat`, `load`, `store`, `add`, `sub`, `mul`, `div`, `mul_add`
/// (a · b + c), `max` and `min` (the second operand if one is NaN), `prefetch`, and `load_first` and
/// `store_first` of some values, at most a vector.
macro_rules! line {
    ($name:ident, $type:ty, $vector:ty, $lanes:literal, $most:literal, $set:ident) => {
        #[doc = concat!("A line in vectors of ", $lanes, ".")]
        #[derive(Clone, Copy)]
        pub(crate) struct $name([$vector; LINE / $lanes]);

        line!(@operator $name, $set, Add, add);
        line!(@operator $name, $set, Sub, sub);
        line!(@operator $name, $set, Mul, mul);
        line!(@operator $name, $set, Div, div);

        impl $crate::line::sealed::Sealed for $name {}

        impl SimdVector<$type> for $name {
            const MOST: usize = $most;

            #[inline(always)]
            fn splat(x: $type) -> Self {
                // SAFETY: (here and below) the instructions are there, see `line`.
                Self([unsafe { $set::splat(x) }; LINE / $lanes])
            }

            #[inline(always)]
            fn load(from: &[$type; LINE]) -> Self {
                let chunks = from.as_chunks::<$lanes>().0;
                // SAFETY: each chunk has as many values as a vector; the load needs no alignment.
                Self(std::array::from_fn(|v| unsafe { $set::load(chunks[v].as_ptr()) }))
            }

            #[inline(always)]
            fn load_part(from: &[$type]) -> Self {
                Self(std::array::from_fn(|v| {
                    let from = &from[(v * $lanes).min(from.len())..];
                    // SAFETY: `from` has at least as many values as are loaded.
                    unsafe { $set::load_first(from.as_ptr(), from.len().min($lanes)) }
                }))
            }

            #[inline(always)]
            fn prefetch(from: *const $type) {
                // SAFETY: a prefetch of any address has no effect but on the caches.
                unsafe { $set::prefetch(from.cast()) };
            }

            #[inline(always)]
            fn mul_add(mut self, b: Self, c: Self) -> Self {
                for v in 0..LINE / $lanes {
                    // SAFETY: see `splat`.
                    self.0[v] = unsafe { $set::mul_add(self.0[v], b.0[v], c.0[v]) };
                }
                self
            }

            #[inline(always)]
            fn at_least(mut self, limit: Self) -> Self {
                for v in 0..LINE / $lanes {
                    // SAFETY: see `splat`.
                    self.0[v] = unsafe { $set::max(limit.0[v], self.0[v]) };
                }
                self
            }

            #[inline(always)]
            fn at_most(mut self, limit: Self) -> Self {
                for v in 0..LINE / $lanes {
                    // SAFETY: see `splat`.
                    self.0[v] = unsafe { $set::min(limit.0[v], self.0[v]) };
                }
                self
            }

            #[inline(always)]
            fn store(self, to: &mut [$type; LINE]) {
                for (to, vector) in to.as_chunks_mut::<$lanes>().0.iter_mut().zip(self.0) {
                    // SAFETY: `to` has as many values as a vector; the store needs no alignment.
                    unsafe { $set::store(to.as_mut_ptr(), vector) };
                }
            }

            #[inline(always)]
            fn store_part(self, to: &mut [$type]) {
                for v in 0..LINE / $lanes {
                    let first = (v * $lanes).min(to.len());
                    let to = &mut to[first..];
                    // SAFETY: `to` has at least as many values as are stored.
                    unsafe { $set::store_first(to.as_mut_ptr(), to.len().min($lanes), self.0[v]) };
                }
            }
        }
    };
    (@operator $name:ident, $set:ident, $trait:ident, $op:ident) => {
        impl std::ops::$trait for $name {
            type Output = Self;

            #[inline(always)]
            fn $op(mut self, other: Self) -> Self {
                for (x, y) in self.0.iter_mut().zip(other.0) {
                    // SAFETY: the instructions are there, see `line`.
                    *x = unsafe { $set::$op(*x, y) };
                }
                self
            }
        }
    };
}
pub(super) use line;
