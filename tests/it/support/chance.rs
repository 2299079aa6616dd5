//! Chance that is the same on every machine and on every day.

use proptest::test_runner::{Config, RngSeed};

/// So many cases, always the same ones; `PROPTEST_RNG_SEED=7` tries others.
pub(crate) fn chance(cases: u32) -> Config {
    let mut config = Config::with_cases(cases);
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(9112);
    }
    // A failure comes again by itself.
    config.failure_persistence = None;
    config
}
