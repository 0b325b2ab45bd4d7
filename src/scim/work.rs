//! The budget of a request.

use super::error::Error;

/// How much a request may still cost, counted in values touched, of about ten nanoseconds each. No
/// request keeps others waiting much longer than a tenth of a second.
#[derive(Debug)]
pub struct Work {
    left: u64,
}

/// The cost of comparing two values, in values touched.
pub(super) const COMPARISON: usize = 8;

impl Default for Work {
    fn default() -> Work {
        Work { left: 10_000_000 }
    }
}

impl Work {
    /// Spends the cost of touching `values` values, `each` times each.
    ///
    /// # Errors
    /// 413 when the budget is used up.
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
