//! Builds the initial directory of a scenario from its tables of people and groups.

use std::collections::{BTreeMap, BTreeSet};

use super::generate::{DEPARTMENTS, Generator, employee_id};
use super::{AssignedShare, PeopleSettings};
use crate::base::diagnostic::nearest;
use crate::base::{Node, Problems, Seed, Span};
use crate::entra::tenant::{
    self, Attribute, GroupKey, HandleRef, NewGroup, NewUser, Role, Tenant, UserKey,
};

/// The people and groups a scenario begins with.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Population {
    /// The generated people.
    pub settings: PeopleSettings,
    /// The named people, in the order written.
    pub users: Vec<NewUser>,
    /// The named groups, in the order written.
    pub groups: Vec<NewGroup>,
}

impl Population {
    /// Reports conflicts between the parts: sign-in names used twice, references to unknown names.
    /// `upn_at` tells where the sign-in name of a user is written.
    pub fn check(
        &self,
        seed: Seed,
        upn_at: &dyn Fn(&str) -> Option<Span>,
        problems: &mut Problems,
    ) {
        self.check_upns(upn_at, problems);
        let groups: Vec<&str> = self.groups.iter().map(|group| group.handle.as_str()).collect();
        let groups_of_departments =
            self.departments_with_groups().map(|(_, handle)| handle).collect::<Vec<_>>();
        let groups: Vec<&str> =
            groups.into_iter().chain(groups_of_departments.iter().map(String::as_str)).collect();
        let users: Vec<&str> = self.users.iter().map(|user| user.handle.as_str()).collect();
        let unknown_user = |reference: &&HandleRef| {
            !users.contains(&reference.handle.as_str())
                && !self.is_generated(&reference.handle, seed)
        };
        let unknown_group = |reference: &&HandleRef| !groups.contains(&reference.handle.as_str());

        let managers = self.users.iter().filter_map(|user| user.manager.as_ref());
        let members = self.groups.iter().flat_map(|group| &group.members);
        for reference in managers.chain(members).filter(unknown_user) {
            if groups.contains(&reference.handle.as_str()) {
                let message =
                    format!("`{}` is a group, where a user should stand", reference.handle);
                problems
                    .error(reference.span, message)
                    .help(format!("a group stands in groups = [\"{}\"]", reference.handle));
                continue;
            }
            say_unknown("user", reference, &users, problems);
        }
        let joined = self.users.iter().flat_map(|user| &user.member_of);
        let nested = self.groups.iter().flat_map(|group| &group.nested);
        for reference in joined.chain(nested).filter(unknown_group) {
            if users.contains(&reference.handle.as_str()) {
                let message =
                    format!("`{}` is a user, where a group should stand", reference.handle);
                problems
                    .error(reference.span, message)
                    .help(format!("a user stands in members = [\"{}\"]", reference.handle));
                continue;
            }
            say_unknown("group", reference, &groups, problems);
        }
        self.check_dynamic(problems);
        self.check_circles(problems);
    }

    /// Warns of groups inside themselves, by a circle of any length: the directory lets them be
    /// made [field: MicrosoftDocs/azure-docs#43313].
    fn check_circles(&self, problems: &mut Problems) {
        let by_name: BTreeMap<&str, &NewGroup> =
            self.groups.iter().map(|group| (group.handle.as_str(), group)).collect();
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for group in &self.groups {
            for inner in &group.nested {
                let circle = way_back(&by_name, inner, &group.handle);
                let Some(circle) = circle.filter(|_| !told.contains(&*group.handle)) else {
                    continue;
                };
                told.extend(circle.iter().copied());
                let names: Vec<String> =
                    std::iter::once(&*group.handle).chain(circle).map(str::to_owned).collect();
                problems
                    .warning(inner.span, format!("group `{}` is inside itself", group.handle))
                    .label(names.join(" holds "))
                    .help("the directory allows it; nested groups count for nobody's assignment");
            }
        }
    }

    /// Reports people who are put by hand into a group with a rule.
    fn check_dynamic(&self, problems: &mut Problems) {
        let has_rule = |reference: &&HandleRef| {
            let same = |group: &&NewGroup| group.handle == reference.handle;
            self.groups.iter().find(same).is_some_and(|group| group.rule.is_some())
        };
        for joined in self.users.iter().flat_map(|user| &user.member_of).filter(has_rule) {
            problems
                .error(joined.span, format!("group `{}` is dynamic", joined.handle))
                .label("its rule decides who is in it");
        }
    }

    /// Fills a new directory. The set-up takes effect at once and emits no events.
    ///
    /// Named users come first, then named groups, the generated people and the groups of their
    /// departments.
    ///
    /// # Errors
    /// A sentence about a problem that [`Population::check`] would have reported.
    pub fn build(
        &self,
        mut settings: tenant::TenantSettings,
        seed: Seed,
    ) -> Result<Tenant, String> {
        settings.domain = self.settings.domain.as_str().into();
        settings.tag = self.settings.tag.as_str().into();
        // An id is a name too: servers are sent it as externalId.
        let ids = match self.settings.tag.as_str() {
            "" => seed,
            tag => Seed(seed.named("tag", tag, 0) as u64),
        };
        let mut tenant = Tenant::new(settings, ids);
        tenant.reserve(self.users.len() + self.settings.generate as usize);
        self.set_up_named_users(&mut tenant)?;
        let groups = self.set_up_groups(&mut tenant)?;
        self.generate(&mut tenant, seed)?;
        self.join(&mut tenant, groups)?;
        Ok(tenant)
    }

    /// The sign-in name a named user will have; `None` for an unknown handle.
    pub fn user_principal_name(&self, handle: &str) -> Option<String> {
        self.users.iter().find(|user| user.handle == handle).map(|user| self.upn_of(user))
    }

    /// How many users the directory will hold.
    pub fn count(&self) -> u64 {
        self.users.len() as u64 + self.settings.generate
    }

    fn set_up_named_users(&self, tenant: &mut Tenant) -> Result<(), String> {
        let usual = match self.settings.assigned {
            AssignedShare::Nobody => tenant::NewAssignment::No,
            AssignedShare::All | AssignedShare::First(_) => tenant::NewAssignment::As(Role::User),
        };
        for user in &self.users {
            // A manager or group may stand later in the file than the user it concerns.
            let alone = NewUser { manager: None, member_of: Vec::new(), ..user.clone() };
            let assigned = user.assigned.clone().or_else(|| Some(usual.clone()));
            tenant.set_up_user(NewUser { assigned, ..alone })?;
        }
        Ok(())
    }

    fn set_up_groups(&self, tenant: &mut Tenant) -> Result<Vec<GroupKey>, String> {
        let departments = self.departments_with_groups().map(|(department, handle)| NewGroup {
            department: Some(department.to_owned()),
            ..NewGroup::new(&handle, format!("{department} {}", self.settings.tag).trim_end())
        });
        self.groups
            .iter()
            .cloned()
            .chain(departments)
            .map(|group| tenant.set_up_group(group))
            .collect()
    }

    fn generate(&self, tenant: &mut Tenant, seed: Seed) -> Result<(), String> {
        if self.settings.generate == 0 {
            return Ok(());
        }
        let generator = Generator::new(seed, &self.settings);
        let mut keys = Vec::with_capacity(self.settings.generate as usize);
        for nth in 0..self.settings.generate {
            let mut person = generator.person(nth);
            if self.collides(&person, tenant) {
                let nickname = format!("{}.{}", person.handle, employee_id(nth).to_lowercase());
                person = generator.person_as(nth, Some(&nickname));
            }
            person.assigned = self
                .settings
                .assigned
                .includes(nth)
                .then_some(tenant::NewAssignment::As(Role::User));
            let key = tenant.set_up_user(person)?;
            tenant
                .set_up_manager(key, generator.manager(nth).map(|manager| keys[manager as usize]));
            keys.push(key);
        }
        Ok(())
    }

    /// Sets up memberships, and the managers of named users.
    fn join(&self, tenant: &mut Tenant, groups: Vec<GroupKey>) -> Result<(), String> {
        for user in &self.users {
            let key = tenant.user_named(&user.handle)?;
            if let Some(manager) = &user.manager {
                let manager = tenant.user_named(&manager.handle)?;
                tenant.set_up_manager(key, Some(manager));
            }
            for group in &user.member_of {
                let group = tenant.group_named(&group.handle)?;
                tenant.set_up_member(group, key);
            }
        }
        for (new, group) in self.groups.iter().zip(&groups) {
            for member in &new.members {
                let member = tenant.user_named(&member.handle)?;
                tenant.set_up_member(*group, member);
            }
            for inner in &new.nested {
                let inner = tenant.group_named(&inner.handle)?;
                tenant.set_up_nested(*group, inner);
            }
        }
        self.join_departments(tenant, &groups);
        tenant.set_up_dynamic_members();
        Ok(())
    }

    /// Adds the members of groups that are defined by department or contain all users.
    fn join_departments(&self, tenant: &mut Tenant, groups: &[GroupKey]) {
        let mut by_department: BTreeMap<String, Vec<GroupKey>> = BTreeMap::new();
        for (new, group) in self.groups.iter().zip(groups) {
            if let Some(department) = &new.department {
                by_department.entry(department.clone()).or_default().push(*group);
            }
        }
        for ((department, _), group) in
            self.departments_with_groups().zip(&groups[self.groups.len()..])
        {
            by_department.entry(department.to_owned()).or_default().push(*group);
        }
        let everyone: Vec<GroupKey> = self
            .groups
            .iter()
            .zip(groups)
            .filter(|(new, _)| new.everyone)
            .map(|(_, group)| *group)
            .collect();
        for user in (0..tenant.user_count() as u32).map(UserKey) {
            let department = tenant.user(user).get(Attribute::Department);
            let of_department = department.and_then(|department| by_department.get(department));
            for group in of_department.into_iter().flatten().chain(&everyone) {
                tenant.set_up_member(*group, user);
            }
        }
    }

    /// The departments that get a group, with the group's handle. A group that the author wrote
    /// under that handle replaces it.
    fn departments_with_groups(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        let wanted = self.settings.groups && self.settings.generate > 0;
        let departments = DEPARTMENTS.into_iter().filter(move |_| wanted);
        let handles = departments.map(|department| (department, department.to_lowercase()));
        handles.filter(|(_, handle)| !self.groups.iter().any(|group| group.handle == *handle))
    }

    /// Whether a named user has a generated person's handle or sign-in name.
    fn collides(&self, person: &NewUser, tenant: &Tenant) -> bool {
        let upn = person.attributes.get(Attribute::UserPrincipalName).unwrap_or_default();
        !self.users.is_empty()
            && (tenant.find_user(&person.handle).is_some() || tenant.find_upn(upn).is_some())
    }

    fn is_generated(&self, handle: &str, seed: Seed) -> bool {
        let generator = Generator::new(seed, &self.settings);
        (0..self.settings.generate).any(|nth| generator.person(nth).handle == handle)
    }

    fn upn_of(&self, user: &NewUser) -> String {
        let mut whole = user.clone();
        whole.complete(&self.settings.domain, &self.settings.tag);
        whole.attributes.get(Attribute::UserPrincipalName).unwrap_or_default().to_owned()
    }

    /// Reports an `assigned` in `table` that is more than all generated people.
    pub fn check_assigned(&self, table: &Node, problems: &mut Problems) {
        let PeopleSettings { generate, assigned, .. } = &self.settings;
        if let (AssignedShare::First(first), Some(at)) = (assigned, table.get("assigned"))
            && first > generate
        {
            problems
                .error(
                    at.span,
                    format!("of {generate} generated people {first} cannot be assigned"),
                )
                .label("the first so many of `generate` are meant")
                .help(
                    "true assigns all of them; named people are assigned unless they say otherwise",
                );
        }
    }

    fn check_upns(&self, upn_at: &dyn Fn(&str) -> Option<Span>, problems: &mut Problems) {
        let mut holders: BTreeMap<String, &NewUser> = BTreeMap::new();
        for user in &self.users {
            let upn = self.upn_of(user).to_lowercase();
            let Some(holder) = holders.get(&upn) else {
                holders.insert(upn, user);
                continue;
            };
            let (one, other) = (&user.handle, &holder.handle);
            let given = |it: &NewUser| it.attributes.get(Attribute::UserPrincipalName).is_some();
            let help = match (given(user), given(holder)) {
                (true, _) => format!("give `{one}` another `userPrincipalName`"),
                (false, true) => {
                    format!("give `{one}` a `userPrincipalName`, or `{other}` another")
                }
                (false, false) => "give one of them a `userPrincipalName`".to_owned(),
            };
            let what = format!("`{one}` and `{other}` have the same userPrincipalName, {upn}");
            problems.error(upn_at(one).unwrap_or(user.span), what).help(help);
        }
    }
}

impl AssignedShare {
    /// Whether the nth generated person is assigned.
    pub fn includes(self, nth: u64) -> bool {
        match self {
            AssignedShare::All => true,
            AssignedShare::Nobody => false,
            AssignedShare::First(count) => nth < count,
        }
    }
}

/// The groups from `inner` to the one called `end`, each inside the one before; `None` when none
/// leads there.
fn way_back<'g>(
    groups: &BTreeMap<&'g str, &'g NewGroup>,
    inner: &'g HandleRef,
    end: &str,
) -> Option<Vec<&'g str>> {
    let mut ways = vec![vec![inner.handle.as_str()]];
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let last = *way.last()?;
        if last == end {
            return Some(way);
        }
        if !seen.insert(last) {
            continue;
        }
        let deeper = groups.get(last).into_iter().flat_map(|group| &group.nested);
        ways.extend(deeper.map(|next| [way.as_slice(), &[next.handle.as_str()]].concat()));
    }
    None
}

/// Whether a name can stand in a header without quotes.
fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

/// The word that a header may have for someone of this name.
fn bare(name: &str) -> String {
    let first = name.split([' ', '@']).next().unwrap_or_default().to_lowercase();
    match is_bare(&first) {
        true => first,
        false => "ann".to_owned(),
    }
}

fn say_unknown(what: &str, reference: &HandleRef, known: &[&str], problems: &mut Problems) {
    let help = match nearest(&reference.handle, known.iter().copied()) {
        Some(other) => format!("did you mean `{other}`?"),
        None if what == "user"
            && ["everyone", "everybody", "all", "*"].contains(&&*reference.handle) =>
        {
            "a group of everybody has everyone = true in place of `members`".to_owned()
        }
        None if is_bare(&reference.handle) => {
            format!("write a table `[{what}.{}]`", reference.handle)
        }
        None => format!(
            "a {what} is named by the word in its header, such as `[{what}.{}]`",
            bare(&reference.handle)
        ),
    };
    problems.error(reference.span, format!("there is no {what} `{}`", reference.handle)).help(help);
}
