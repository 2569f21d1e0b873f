//! The threads that parse: how many there are and how large a stack each gets.

use super::error::AnalyzeError;
use super::parse;

/// The most threads that parse; more gain little and reserve much.
const MAX_THREADS: usize = 8;

/// The parts of [`parse::STACK`] that a thread makes do with where memory is limited, one after the other.
const SMALL_SHARES: [usize; 2] = [4, 16];

/// Threads to parse on: as many as there are cores, up to a bound, for each reserves a large stack. Where so much cannot be
/// reserved, one thread, with a smaller stack and narrower bounds on what is parsed if need be.
pub(super) fn pool() -> Result<rayon::ThreadPool, AnalyzeError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let start = |threads: usize, share: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .stack_size(parse::STACK / share)
            .start_handler(move |_| parse::narrow_bounds(share))
            .build()
    };
    let [middling, small] = SMALL_SHARES;
    start(cores.min(MAX_THREADS), 1)
        .or_else(|_| start(1, 1))
        .or_else(|_| start(1, middling))
        .or_else(|_| start(1, small))
        .map_err(|error| AnalyzeError::Threads {
            source: std::io::Error::other(error.to_string()),
        })
}
