//! The writes that were answered with success and changed nothing, told apart by the run that sent
//! them: a cycle, or a run on demand beside it.

use crate::entra::job::log::Run;
use crate::world::record::RecordedAnswer;

/// The idle writes of an application since its last lines.
///
/// An answer does not say which run it is for; the row of the log that follows it does.
#[derive(Default)]
pub struct IdleWrites {
    /// Those after which no row has come yet.
    open: u64,
    of_cycle: u64,
    on_demand: u64,
    /// How many runs on demand are under way.
    running: u64,
}

impl IdleWrites {
    /// A cycle began.
    pub fn begin_cycle(&mut self) {
        self.of_cycle = 0;
    }

    /// A run on demand began.
    pub fn begin_on_demand(&mut self) {
        self.running += 1;
    }

    /// An answer came; one to a client that is not the engine belongs to no run.
    pub fn answer(&mut self, answer: &RecordedAnswer<'_>) {
        self.open += u64::from(answer.idle && answer.call.is_some());
    }

    /// A row of the log was written.
    pub fn row(&mut self, run: Run) {
        let idle = std::mem::take(&mut self.open);
        match run {
            Run::Cycle(_) => self.of_cycle += idle,
            Run::OnDemand(_) => self.on_demand += idle,
        }
    }

    /// The idle writes of the cycle that ended. One that was broken off leaves writes without a
    /// row.
    pub fn end_cycle(&mut self) -> u64 {
        if self.running == 0 {
            self.of_cycle += std::mem::take(&mut self.open);
        }
        std::mem::take(&mut self.of_cycle)
    }

    /// The idle writes of the run on demand that ended.
    pub fn end_on_demand(&mut self) -> u64 {
        self.running = self.running.saturating_sub(1);
        std::mem::take(&mut self.on_demand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::job::OnDemandId;

    #[test]
    fn what_a_run_on_demand_wrote_is_not_the_cycles() {
        let mut idle = IdleWrites::default();
        idle.begin_cycle();
        idle.begin_on_demand();
        idle.open = 1;
        idle.row(Run::OnDemand(OnDemandId(1)));
        idle.open = 2;
        idle.row(Run::Cycle(1));
        assert_eq!((idle.end_cycle(), idle.end_on_demand()), (2, 1));
        // A write that a cycle sent before it was broken off.
        idle.open = 1;
        assert_eq!((idle.end_cycle(), idle.end_on_demand()), (1, 0));
    }
}
