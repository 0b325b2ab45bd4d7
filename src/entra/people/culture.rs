//! The cultures of generated people: names and offices, with letters that some systems cannot take.
//!
//! Most names come from the lists of the crate `fake`. Its English list has no accents, so a few
//! lists of our own add names with diacritics and apostrophes, at which provisioning fails in
//! practice.

use std::collections::BTreeSet;

use fake::locales::{CY_GB, DE_DE, Data, EN, FR_FR, IT_IT, NL_NL, PT_PT, TR_TR};

use crate::base::Seed;
use crate::entra::tenant::new_user::plain;

/// One culture.
pub(super) struct Culture {
    pub(super) country: &'static str,
    pub(super) offices: &'static [&'static str],
    pub(super) given: &'static [&'static str],
    surnames: &'static [&'static str],
    /// How many of the surnames are used: the weight of the culture.
    share: usize,
}

/// All cultures. A change of their order changes the people of a seed.
#[rustfmt::skip]
pub(super) const CULTURES: [Culture; 12] = [
    from_fake::<EN>("United States", &["Seattle", "Austin", "Chicago", "San José"], 320),
    from_fake::<DE_DE>("Germany", &["Berlin", "München", "Köln"], 50),
    from_fake::<FR_FR>("France", &["Paris", "Lyon", "Besançon"], 50),
    from_fake::<IT_IT>("Italy", &["Milano", "Torino"], 40),
    from_fake::<NL_NL>("Netherlands", &["Utrecht", "Rotterdam"], 50),
    from_fake::<PT_PT>("Portugal", &["Lisboa", "Setúbal"], 50),
    from_fake::<TR_TR>("Türkiye", &["İstanbul", "İzmir"], 15),
    from_fake::<CY_GB>("United Kingdom", &["London", "Cardiff"], 50),
    Culture {
        country: "Ireland",
        offices: &["Dublin", "Cork"],
        given: &[
            "Aoife", "Seán", "Niamh", "Ciarán", "Siobhán", "Pádraig", "Róisín", "Eoin", "Órla", "Conor", "Gráinne",
            "Declan", "Sinéad", "Fionn",
        ],
        surnames: &[
            "O'Brien", "O'Neill", "O'Sullivan", "O'Donnell", "O'Malley", "O'Rourke", "O'Shea", "O'Dwyer", "O'Leary",
            "O'Grady", "O'Flaherty", "O'Dowd", "D'Arcy", "Ní Bhriain", "Ó Murchú", "Ó Ceallaigh",
        ],
        share: 16,
    },
    Culture {
        country: "Sweden",
        offices: &["Malmö", "Göteborg"],
        given: &[
            "Åsa", "Björn", "Søren", "Göran", "Mårten", "Pär", "Zoë", "Jörgen", "Ingrid", "Sigrid", "Håkan", "Märta",
            "Elin", "Torbjörn",
        ],
        surnames: &[
            "Lindström", "Sjöberg", "Håkansson", "Öberg", "Åkesson", "Sørensen", "Jørgensen", "Björklund", "Nyström",
            "Sandström", "Hägg", "Bergström", "Sjögren", "Ångström", "Mårtensson", "Söderberg",
        ],
        share: 16,
    },
    Culture {
        country: "Poland",
        offices: &["Łódź", "Kraków"],
        given: &[
            "Łukasz", "Małgorzata", "Paweł", "Michał", "Stanisław", "Grażyna", "Agnieszka", "Rafał", "Bożena", "Zofia",
            "Przemysław", "Żaneta",
        ],
        surnames: &[
            "Wójcik", "Woźniak", "Błaszczyk", "Kołodziej", "Dąbek", "Gąsior", "Kędzierz", "Śliwa", "Żak", "Gołąb",
            "Jóźwiak", "Wróbel", "Zając", "Ćwik", "Łapa", "Źrebiec",
        ],
        share: 16,
    },
    Culture {
        country: "Spain",
        offices: &["Málaga", "A Coruña"],
        given: &[
            "José", "María", "Ángel", "Núria", "Iñaki", "Begoña", "Óscar", "Mónica", "Raúl", "Sofía", "Martín", "Inés",
        ],
        surnames: &[
            "García", "Muñoz", "Núñez", "Fernández", "González", "Rodríguez", "Ibáñez", "Martínez", "Peña", "Sánchez",
            "Jiménez", "Vázquez", "Gutiérrez", "Domínguez", "Álvarez", "Ordóñez",
        ],
        share: 16,
    },
];

const fn from_fake<L: Data>(
    country: &'static str,
    offices: &'static [&'static str],
    share: usize,
) -> Culture {
    Culture { country, offices, given: L::NAME_FIRST_NAME, surnames: L::NAME_LAST_NAME, share }
}

/// A family name, its plain form (unique in the table), and the index of its culture.
pub(super) struct Surname {
    pub(super) name: &'static str,
    pub(super) plain: String,
    pub(super) culture: usize,
}

/// The family names of a population, in an order that depends on the seed.
pub(super) fn surnames(seed: Seed) -> Vec<Surname> {
    let mut taken = BTreeSet::new();
    let mut all = Vec::new();
    for (culture, source) in CULTURES.iter().enumerate() {
        let mut names: Vec<(u128, Surname)> = source
            .surnames
            .iter()
            .map(|name| tidy(name))
            .filter(|name| is_name(name) && taken.insert(plain(name)))
            .map(|name| {
                (seed.named("surname", name, 0), Surname { name, plain: plain(name), culture })
            })
            .collect();
        names.sort_by_key(|(place, _)| *place);
        names.truncate(source.share);
        all.append(&mut names);
    }
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, surname)| surname).collect()
}

/// A name without the stray tabs and commas of some lists.
pub(super) fn tidy(name: &'static str) -> &'static str {
    name.trim_matches(|c: char| !c.is_alphabetic())
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '\'' | '-'))
}
