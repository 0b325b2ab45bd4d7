//! The population generator: it draws the nth person of a seed without drawing the others.
//!
//! Each person has a random number generator of its own, ChaCha8 seeded from the scenario's seed
//! and the person's number, so populations of 18 and of 19 have the same first 18. Names are picked
//! from `fake`'s lists by 32-bit indices: the crate's own sampling draws a `usize`, so it would
//! give other people on a 32-bit machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use fake::locales::{Data, EN};

use super::PeopleSettings;
use super::culture::{CULTURES, Surname, surnames, tidy};
use crate::base::Seed;
use crate::entra::tenant::new_user::{plain, tagged};
use crate::entra::tenant::{Attribute, Attributes, NewUser};

/// The departments of generated people.
pub const DEPARTMENTS: [&str; 8] =
    ["Sales", "Engineering", "Marketing", "Finance", "Design", "Support", "Legal", "Operations"];

/// Generates the people of one seed.
pub struct Generator<'a> {
    seed: Seed,
    settings: &'a PeopleSettings,
    surnames: Vec<Surname>,
    /// The department of each person to be generated, kept so that finding a manager is quick.
    departments: Vec<Option<u8>>,
}

impl<'a> Generator<'a> {
    /// Creates a generator for these settings.
    pub fn new(seed: Seed, settings: &'a PeopleSettings) -> Generator<'a> {
        let departments =
            (0..settings.generate).map(|nth| department(seed, nth, settings)).collect();
        Generator { seed, settings, surnames: surnames(seed), departments }
    }

    /// The nth person, from 0.
    pub fn person(&self, nth: u64) -> NewUser {
        self.person_as(nth, None)
    }

    /// The nth person with another mailNickname, for when a named user already has the first one.
    pub fn person_as(&self, nth: u64, nickname: Option<&str>) -> NewUser {
        let mut chance = Chance::new(self.seed, nth);
        let surname = self.surname(nth);
        let culture = &CULTURES[surname.culture];
        let given = tidy(chance.pick(culture.given));
        let office = chance.pick(culture.offices);
        let seniority = chance.pick(EN::JOB_SENIORITY);
        let field = chance.pick(EN::JOB_FIELD);
        let position = chance.pick(EN::JOB_POSITION);
        let has_mail = chance.unit() >= self.settings.without_mail;

        let department =
            self.department(nth).map_or("", |department| DEPARTMENTS[usize::from(department)]);
        let nickname = nickname.map_or_else(|| self.nickname(nth, given), str::to_owned);
        let called = tagged(&nickname, &self.settings.tag);
        let upn = format!("{called}@{}", self.settings.domain);
        let field = if department.is_empty() { field } else { department };
        let attributes = Attributes::pack([
            &upn,
            if has_mail { &upn } else { "" },
            &called,
            given,
            surname.name,
            &format!("{given} {}", surname.name),
            department,
            &format!("{seniority} {field} {position}"),
            &employee_id(nth),
            office,
            culture.country,
        ]);
        let without = if has_mail { vec![] } else { vec![Attribute::Mail] };
        NewUser { attributes, without, ..NewUser::new(&nickname) }
    }

    /// The number of a person's manager: an earlier person of the same department. The first person
    /// of a department has none. About six people report to one manager.
    pub fn manager(&self, nth: u64) -> Option<u64> {
        let department = self.department(nth)?;
        let same = |other: &u64| self.department(*other) == Some(department);
        let middle = nth / 6;
        (0..middle).rev().find(same).or_else(|| (middle..nth).find(same))
    }

    /// The index of a person's department in [`DEPARTMENTS`].
    pub fn department(&self, nth: u64) -> Option<u8> {
        match usize::try_from(nth).ok().and_then(|nth| self.departments.get(nth)) {
            Some(department) => *department,
            None => department(self.seed, nth, self.settings),
        }
    }

    /// The mailNickname of the nth person. Family names are used in turn; from the second round on
    /// the number of the round is appended, so nicknames are unique.
    fn nickname(&self, nth: u64, given: &str) -> String {
        let surname = &self.surname(nth).plain;
        match nth / self.surnames.len() as u64 {
            0 => format!("{}.{surname}", plain(given)),
            round => format!("{}.{surname}{}", plain(given), round + 1),
        }
    }

    fn surname(&self, nth: u64) -> &Surname {
        let place = nth % self.surnames.len() as u64;
        &self.surnames[place as usize]
    }
}

/// The employee number of the nth person: unique, and of one length up to 900,000 people.
pub fn employee_id(nth: u64) -> String {
    format!("E{}", 100_001 + nth)
}

fn department(seed: Seed, nth: u64, settings: &PeopleSettings) -> Option<u8> {
    let raw = seed.named("department", "", nth);
    let unit = (raw >> 75) as u64 as f64 / (1u64 << 53) as f64;
    let place = (raw as u64 % DEPARTMENTS.len() as u64) as u8;
    (unit >= settings.without_department).then_some(place)
}

/// The random generator of one person. Every person makes the same draws in the same order,
/// whatever the settings.
struct Chance(ChaCha8Rng);

impl Chance {
    fn new(seed: Seed, nth: u64) -> Chance {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&seed.named("person", "", nth).to_le_bytes());
        Chance(ChaCha8Rng::from_seed(bytes))
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        let place = (u64::from(self.0.next_u32()) * from.len() as u64) >> 32;
        from[place as usize]
    }

    fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / (1u64 << 32) as f64
    }
}
