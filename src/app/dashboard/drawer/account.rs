//! The drawer of an account at GoLinks that belongs to no user.

use super::Drawer;
use super::parts::Section;
use crate::app::dashboard::panels::Scene;
use crate::app::dashboard::person::by_hand;

/// The drawer of the account with this userName.
pub fn of(scene: &Scene<'_>, user_name: &str) -> Option<Drawer> {
    let target = scene.app().target();
    let account = target.account(target.find_user_name(user_name)?)?;
    let state = if account.active { "active" } else { "inactive" };
    let says = format!(
        "An account at {}, {state}, that belongs to nobody in Entra. Provisioning leaves it \
         alone until a user with this name comes into scope.",
        target.called().amid()
    );
    let body = account.resource.to_bytes();
    let resource = Section {
        title: "The account as a GET returns it",
        code: Some(super::request::pretty(&String::from_utf8_lossy(&body))),
        ..Section::default()
    };
    Some(Drawer {
        kind: "account",
        title: account.user_name.clone(),
        handle: account.user_name,
        can: by_hand(target),
        sections: vec![Section::of("", says), resource],
        ..Drawer::default()
    })
}
