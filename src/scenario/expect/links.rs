//! `link.<name>`: the account or group that a user or a group is connected with.

use crate::entra::job::Subject;
use crate::world::AppView;

use super::ObservedValue;

/// The id of the account; absent without a connection.
pub fn see(world: AppView<'_>, name: &str) -> ObservedValue {
    let (tenant, links) = (world.entra().tenant(), world.entra().job().links());
    let user = tenant.find_user(name).map(Subject::User);
    let subject = user.or_else(|| tenant.find_group(name).map(Subject::Group));
    let link = subject.and_then(|subject| links.get(subject));
    ObservedValue::text(link.map(|link| &*link.target))
}
