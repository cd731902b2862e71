//! The matrix unit of x86-64: Intel's AMX, eight tiles of sixteen cache lines each.
//!
//! Its product of bf16 in `f32` sums (`tdpbf16ps`) does 16·16·32 multiply-adds in sixteen cycles, where
//! AVX-512 does 512. Three bf16 hold an `f32` exactly, and six products of such parts give the
//! product of two `f32` to its last bits: see [`bf16_split`](crate::gemm). The compiler knows neither the tiles
//! nor the instructions on a stable release, so that they stand here in assembly; it never uses the
//! tiles itself.
//!
//! Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 18.

use std::arch::asm;
use std::arch::x86_64::__cpuid_count;
use std::marker::PhantomData;
use std::sync::OnceLock;

use crate::dispatch::Isa;

/// Rows of a tile, and `f32` of a row of sums.
pub(crate) const SIDE: usize = 16;

/// K of one product of tiles: a row of a tile holds as many bf16.
pub(crate) const STEP: usize = 32;

/// Parts of a value.
pub(crate) const PARTS: usize = 3;

/// `f32` that have the size of a tile of bf16, in all its parts.
pub(crate) const TILE: usize = PARTS * SIDE * STEP / 2;

/// Whether this machine, which has AVX-512, has the unit and lets this process use it.
pub(crate) fn is_there() -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    *THERE.get_or_init(|| {
        let bits = __cpuid_count(7, 0).edx;
        let (bf16, tiles) = (bits >> 22 & 1 == 1, bits >> 24 & 1 == 1);
        bf16 && tiles && permitted()
    })
}

/// Asks the system for the state of the tiles, 8 KiB a thread, which it keeps for those who ask.
#[cfg(all(target_os = "linux", not(miri)))]
fn permitted() -> bool {
    const ARCH_PRCTL: usize = 158;
    const ARCH_REQ_XCOMP_PERM: usize = 0x1023;
    const XTILEDATA: usize = 18;
    let outcome: isize;
    // SAFETY: a call of the system that touches no memory of ours; an older one refuses it. By the
    // system's convention `rcx` and `r11` are lost.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") ARCH_PRCTL => outcome,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XTILEDATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack, nomem),
        );
    }
    outcome == 0
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn permitted() -> bool {
    false
}

/// The unit, set up on this thread for whole tiles until it is dropped.
pub(crate) struct Unit(PhantomData<*const ()>);

/// What `ldtilecfg` reads: palette 1; at 16 the bytes of each tile's rows; at 48 its rows.
#[repr(C, align(64))]
struct Setting([u8; 64]);

const WHOLE_TILES: Setting = {
    let mut setting = [0; 64];
    setting[0] = 1;
    let mut tile = 0;
    while tile < 8 {
        setting[16 + 2 * tile] = 64;
        setting[48 + tile] = SIDE as u8;
        tile += 1;
    }
    Setting(setting)
};

/// Tile `$tile` from the sixteen rows at an address.
macro_rules! load {
    ($tile:literal, $from:literal) => {
        concat!("tileloadd tmm", $tile, ", ", $from)
    };
}

/// Tiles 0 and 1 += tile `$a` · tiles 6 and 7.
macro_rules! two_products {
    ($a:literal) => {
        concat!("tdpbf16ps tmm0, tmm", $a, ", tmm6\n", "tdpbf16ps tmm1, tmm", $a, ", tmm7")
    };
}

/// Tiles 0 to 3 += tiles 4 and 5 · tiles 6 and 7.
macro_rules! four_products {
    () => {
        "tdpbf16ps tmm0, tmm4, tmm6
         tdpbf16ps tmm1, tmm4, tmm7
         tdpbf16ps tmm2, tmm5, tmm6
         tdpbf16ps tmm3, tmm5, tmm7"
    };
}

/// Asks for eight lines of each strip on the right, for the next step.
macro_rules! ask {
    ($from:literal) => {
        concat!(
            ".irp line, 0, 64, 128, 192, 256, 320, 384, 448\n",
            "prefetcht0 [{b0} + 3072 + ",
            $from,
            " + \\line]\n",
            "prefetcht0 [{b1} + 3072 + ",
            $from,
            " + \\line]\n",
            ".endr"
        )
    };
}

impl Unit {
    /// Sets it up, which takes 70 ns, if the instruction set is the one that has it.
    #[inline]
    pub(crate) fn new(isa: Isa) -> Self {
        assert!(isa.has_tiles(), "{isa:?} has no tiles");
        // SAFETY: an instruction set with tiles is only to be had on a machine that has them.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &WHOLE_TILES, options(nostack, readonly)) };
        Self(PhantomData)
    }

    /// C = start + left · right, for two strips of [`SIDE`] rows and two of as many columns, over
    /// `steps` steps of [`STEP`] of K. A strip is tile after tile, each [`TILE`] values in its
    /// parts: 1024 bytes from part to part, 3072 from tile to tile.
    /// Rows of C are `stride` values apart, those of the start `start_stride`, which may be 0.
    ///
    /// # Safety
    /// The strips must have the steps, and C and the start 32 rows of 32 values.
    #[inline]
    pub(crate) unsafe fn two_strips(
        &self,
        left: [*const f32; 2],
        right: [*const f32; 2],
        steps: usize,
        (start, start_stride): (*const f32, usize),
        (c, stride): (*mut f32, usize),
    ) {
        // SAFETY: by the contract.
        unsafe {
            asm!(
                load!(0, "[{start0} + {start_stride}]"),
                load!(1, "[{start0} + {start_stride} + 64]"),
                load!(2, "[{start1} + {start_stride}]"),
                load!(3, "[{start1} + {start_stride} + 64]"),
                "2:",
                // a₁·b₃, a₁·b₂, a₂·b₂, a₂·b₁, a₁·b₁, a₃·b₁: each needs one operand anew.
                load!(4, "[{a0} + {row}]"),
                load!(5, "[{a1} + {row}]"),
                load!(6, "[{b0} + {row} + 2048]"),
                load!(7, "[{b1} + {row} + 2048]"),
                four_products!(),
                ask!("0"),
                load!(6, "[{b0} + {row} + 1024]"),
                load!(7, "[{b1} + {row} + 1024]"),
                four_products!(),
                ask!("512"),
                load!(4, "[{a0} + {row} + 1024]"),
                load!(5, "[{a1} + {row} + 1024]"),
                four_products!(),
                ask!("1024"),
                load!(6, "[{b0} + {row}]"),
                load!(7, "[{b1} + {row}]"),
                four_products!(),
                ask!("1536"),
                load!(4, "[{a0} + {row}]"),
                load!(5, "[{a1} + {row}]"),
                four_products!(),
                ask!("2048"),
                load!(4, "[{a0} + {row} + 2048]"),
                load!(5, "[{a1} + {row} + 2048]"),
                four_products!(),
                ask!("2560"),
                "add {a0}, 3072",
                "add {a1}, 3072",
                "add {b0}, 3072",
                "add {b1}, 3072",
                "dec {steps}",
                "jnz 2b",
                "tilestored [{c0} + {stride}], tmm0",
                "tilestored [{c0} + {stride} + 64], tmm1",
                "tilestored [{c1} + {stride}], tmm2",
                "tilestored [{c1} + {stride} + 64], tmm3",
                a0 = inout(reg) left[0] => _,
                a1 = inout(reg) left[1] => _,
                b0 = inout(reg) right[0] => _,
                b1 = inout(reg) right[1] => _,
                steps = inout(reg) steps => _,
                row = in(reg) 64_usize,
                start0 = in(reg) start,
                start1 = in(reg) start.add(SIDE * start_stride),
                start_stride = in(reg) 4 * start_stride,
                c0 = in(reg) c,
                c1 = in(reg) c.add(SIDE * stride),
                stride = in(reg) 4 * stride,
                options(nostack),
            );
        }
    }

    /// The same for one strip of rows.
    ///
    /// # Safety
    /// As above, with 16 rows.
    #[inline]
    pub(crate) unsafe fn one_strip(
        &self,
        left: *const f32,
        right: [*const f32; 2],
        steps: usize,
        (start, start_stride): (*const f32, usize),
        (c, stride): (*mut f32, usize),
    ) {
        // SAFETY: by the contract.
        unsafe {
            asm!(
                load!(0, "[{start} + {start_stride}]"),
                load!(1, "[{start} + {start_stride} + 64]"),
                "2:",
                load!(4, "[{a0} + {row}]"),
                load!(6, "[{b0} + {row} + 2048]"),
                load!(7, "[{b1} + {row} + 2048]"),
                two_products!(4),
                ask!("0"),
                load!(6, "[{b0} + {row} + 1024]"),
                load!(7, "[{b1} + {row} + 1024]"),
                two_products!(4),
                ask!("512"),
                load!(5, "[{a0} + {row} + 1024]"),
                two_products!(5),
                ask!("1024"),
                load!(6, "[{b0} + {row}]"),
                load!(7, "[{b1} + {row}]"),
                two_products!(5),
                ask!("1536"),
                two_products!(4),
                ask!("2048"),
                load!(5, "[{a0} + {row} + 2048]"),
                two_products!(5),
                ask!("2560"),
                "add {a0}, 3072",
                "add {b0}, 3072",
                "add {b1}, 3072",
                "dec {steps}",
                "jnz 2b",
                "tilestored [{c} + {stride}], tmm0",
                "tilestored [{c} + {stride} + 64], tmm1",
                a0 = inout(reg) left => _,
                b0 = inout(reg) right[0] => _,
                b1 = inout(reg) right[1] => _,
                steps = inout(reg) steps => _,
                row = in(reg) 64_usize,
                start = in(reg) start,
                start_stride = in(reg) 4 * start_stride,
                c = in(reg) c,
                stride = in(reg) 4 * stride,
                options(nostack),
            );
        }
    }
}

impl Drop for Unit {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the unit was set up on this thread, which it cannot leave.
        unsafe { asm!("tilerelease", options(nostack, nomem)) };
    }
}
