//! What a request may cost.

use super::error::Error;

/// How much a request may still cost, in values touched, of about ten nanoseconds each: no request
/// keeps others waiting for much longer than a tenth of a second.
#[derive(Debug)]
pub struct Work {
    left: u64,
}

/// What a comparison of two values costs, in values touched.
pub(super) const COMPARISON: usize = 8;

impl Default for Work {
    fn default() -> Work {
        Work { left: 10_000_000 }
    }
}

impl Work {
    /// Notes that so many values are touched, each so often.
    ///
    /// # Errors
    /// 413 when that is more than a request may cost.
    pub fn spend(&mut self, values: usize, each: usize) -> Result<(), Error> {
        match self.left.checked_sub((values as u64).saturating_mul(each as u64)) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Error::new(413, "the operations touch too many values")),
        }
    }
}
