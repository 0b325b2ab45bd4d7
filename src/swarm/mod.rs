//! Random lives of a directory: people join, move, leave and come back, groups change, the line
//! breaks, then calm; after a few cycles the target must hold what Entra intends.
//!
//! Start reading at [`Life`]: it is made from a seed, and is written as a scenario, so a failure is
//! a file that replays it. A life without some of its changes is a life too, which is what makes it
//! possible to [`shrink()`] one. Who plays lives, where and how many at once, is decided above.

mod change;
mod checks;
mod directory;
mod finding;
mod generate;
mod history;
pub mod invariants;
mod kept;
mod life;
pub mod results;
mod shrink;

pub use change::{GroupChange, LeftOut, LifeChange};
pub use checks::LifeCheck;
pub use directory::{Directory, GroupNow, PersonNow};
pub use finding::Finding;
pub use kept::KeptSeeds;
pub use life::{
    Against, FaultStart, GroupStart, Life, LifeMoment, Mapped, NameSpace, OUTSIDER, Step,
};
pub use shrink::{Shrunk, shrink};
