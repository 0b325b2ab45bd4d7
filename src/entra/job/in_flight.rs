//! The tasks under way. They belong to the job and not to a cycle, so that a single object can be
//! provisioned while no cycle runs.

use std::collections::VecDeque;

use super::subject::Subject;
use super::task::SyncTask;

/// The id of one run on demand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct OnDemandId(pub u64);

/// The run that a task belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For {
    /// The cycle under way.
    Cycle,
    /// A run on demand [on-demand].
    OnDemand(OnDemandId),
}

/// The tasks under way, each in a slot that a call in flight can name.
#[derive(Clone, Default)]
pub struct InFlight {
    slots: Vec<Option<Box<SyncTask>>>,
    /// Empty slots, which are reused first to keep the number of slots small.
    free: Vec<usize>,
    /// The slots of tasks that have a request to send, first in, first out.
    ready: VecDeque<usize>,
    /// The same for tasks on demand, which are sent first.
    urgent: VecDeque<usize>,
    /// How many tasks belong to runs on demand.
    on_demand: usize,
    /// How many tasks the cycle has, and (below) how many of them are about objects and not
    /// references. Both are read for every task admitted, so they are kept as counts.
    of_cycle: usize,
    objects_of_cycle: usize,
}

impl InFlight {
    /// Adds a task that has a request to send.
    pub fn admit(&mut self, task: Box<SyncTask>) {
        let slot = self.free.pop().unwrap_or(self.slots.len());
        match task.run {
            For::Cycle => {
                self.of_cycle += 1;
                self.objects_of_cycle += usize::from(!task.is_reference());
                self.ready.push_back(slot);
            }
            For::OnDemand(_) => {
                self.on_demand += 1;
                self.urgent.push_back(slot);
            }
        }
        if slot == self.slots.len() {
            self.slots.push(None);
        }
        self.slots[slot] = Some(task);
    }

    /// Takes a task out of its slot. A task that has more to send is admitted again.
    pub fn take(&mut self, slot: usize) -> Option<Box<SyncTask>> {
        let task = self.slots.get_mut(slot)?.take()?;
        self.free.push(slot);
        match task.run {
            For::Cycle => {
                self.of_cycle -= 1;
                self.objects_of_cycle -= usize::from(!task.is_reference());
            }
            For::OnDemand(_) => self.on_demand -= 1,
        }
        Some(task)
    }

    /// The task in a slot.
    pub fn get(&self, slot: usize) -> Option<&SyncTask> {
        self.slots.get(slot)?.as_deref()
    }

    /// The task in a slot, to change it.
    pub fn get_mut(&mut self, slot: usize) -> Option<&mut SyncTask> {
        self.slots.get_mut(slot)?.as_deref_mut()
    }

    /// The next slot whose task has a request to send.
    pub fn next_ready(&mut self) -> Option<usize> {
        self.ready.pop_front()
    }

    /// The next slot whose task on demand has a request to send.
    pub fn next_urgent(&mut self) -> Option<usize> {
        self.urgent.pop_front()
    }

    /// Whether a task on demand has a request to send.
    pub fn has_urgent(&self) -> bool {
        !self.urgent.is_empty()
    }

    /// Whether a task works on this object.
    pub fn works_on(&self, subject: Subject) -> bool {
        self.slots.iter().flatten().any(|task| task.subject == subject)
    }

    /// The objects that tasks of the cycle work on.
    pub fn of_run(&self) -> impl Iterator<Item = Subject> {
        let tasks = self.slots.iter().flatten().filter(|task| task.run == For::Cycle);
        tasks.map(|task| task.subject)
    }

    /// Whether a task on demand works on this object. The cycle asks for every object, so the
    /// common answer costs nothing.
    pub fn works_on_demand(&self, subject: Subject) -> bool {
        let mut tasks = self.slots.iter().flatten();
        self.on_demand > 0 && tasks.any(|task| task.run != For::Cycle && task.subject == subject)
    }

    /// Whether a task has a request to send.
    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// How many tasks belong to the cycle.
    pub fn of_cycle(&self) -> usize {
        self.of_cycle
    }

    /// Whether the cycle has tasks that are about objects and not about references.
    pub fn has_objects_of_cycle(&self) -> bool {
        self.objects_of_cycle > 0
    }

    /// Drops the tasks of these runs, because they are broken off as a whole.
    pub fn drop_all(&mut self, is_dropped: impl Fn(For) -> bool) {
        for slot in 0..self.slots.len() {
            if self.get(slot).is_some_and(|task| is_dropped(task.run)) {
                self.take(slot);
            }
        }
        let slots = &self.slots;
        self.ready.retain(|slot| slots[*slot].is_some());
        self.urgent.retain(|slot| slots[*slot].is_some());
    }
}
