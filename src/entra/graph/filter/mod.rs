//! `$filter`: the part of OData's grammar that Graph takes [graph-filter].

mod check;
mod evaluate;
mod lexer;
mod parse;
#[cfg(test)]
mod tests;

pub use evaluate::Comparing;

/// A condition on an object.
#[derive(Clone, PartialEq, Debug)]
pub enum Filter {
    /// All hold.
    And(Vec<Filter>),
    /// One holds.
    Or(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// Two values are compared.
    Compare(Operand, Operator, Operand),
    /// A value is one of several.
    In(Operand, Vec<Literal>),
    /// A text begins with, ends with or contains another.
    Text(TextTest, Operand, Operand),
    /// An element of a collection meets a condition; without one, there is an element.
    Any {
        /// The collection.
        path: String,
        /// The name of the element in the condition.
        variable: String,
        /// The condition.
        filter: Option<Box<Filter>>,
    },
}

/// How two values are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
}

/// The functions that test a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextTest {
    /// `startswith`.
    StartsWith,
    /// `endswith`.
    EndsWith,
    /// `contains`.
    Contains,
}

/// One side of a comparison.
#[derive(Clone, PartialEq, Debug)]
pub enum Operand {
    /// A property, such as `sourceIdentity/id`.
    Path(String),
    /// A value.
    Literal(Literal),
    /// In small letters.
    Lower(Box<Operand>),
    /// In capital letters.
    Upper(Box<Operand>),
}

/// A value in a filter.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A text in quotes, or a GUID or an instant without.
    Text(String),
    /// A number.
    Number(f64),
}

/// Whether the directory looks up a property only with `ConsistencyLevel: eventual`
/// [g:user].
fn is_unindexed(path: &str) -> bool {
    const UNINDEXED: [&str; 9] = [
        "companyName",
        "employeeHireDate",
        "employeeType",
        "mobilePhone",
        "officeLocation",
        "onPremisesSamAccountName",
        "postalCode",
        "preferredLanguage",
        "streetAddress",
    ];
    UNINDEXED.contains(&path)
}

impl Filter {
    /// The properties that it reads.
    pub fn paths(&self) -> Vec<&str> {
        let mut paths = Vec::new();
        self.each(&mut |filter| match filter {
            Filter::Compare(left, _, right) | Filter::Text(_, left, right) => {
                paths.extend(left.path());
                paths.extend(right.path());
            }
            Filter::In(operand, _) => paths.extend(operand.path()),
            Filter::Any { path, .. } => paths.push(path),
            Filter::And(_) | Filter::Or(_) | Filter::Not(_) => {}
        });
        paths
    }

    /// Whether the directory answers it only with `ConsistencyLevel: eventual` and `$count=true`:
    /// negations, comparisons with null, ends of texts, and properties without an index.
    pub fn is_advanced(&self) -> bool {
        let mut advanced = false;
        self.each(&mut |filter| {
            advanced |= match filter {
                Filter::Not(_) | Filter::Compare(_, Operator::Ne, _) => true,
                Filter::Text(test, left, _) => {
                    *test == TextTest::EndsWith
                        || left.path().is_some_and(|it| it == "jobTitle" || is_unindexed(it))
                }
                Filter::Compare(left, _, right) => {
                    let paths = [left.path(), right.path()];
                    let unindexed = paths.into_iter().flatten().any(is_unindexed);
                    unindexed || left.is_null() || right.is_null()
                }
                Filter::In(operand, _) => operand.path().is_some_and(is_unindexed),
                _ => false,
            };
        });
        advanced
    }

    /// Calls `see` for this condition and all within, except within `any`, whose names are those of
    /// its elements.
    fn each<'f>(&'f self, see: &mut dyn FnMut(&'f Filter)) {
        see(self);
        match self {
            Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| part.each(see)),
            Filter::Not(part) => part.each(see),
            _ => {}
        }
    }

    /// The values of a property of which each object that meets the filter has one; `None` when the
    /// filter does not say.
    pub fn values_of(&self, path: &str) -> Option<Vec<&str>> {
        match self {
            Filter::Compare(
                Operand::Path(other),
                Operator::Eq,
                Operand::Literal(Literal::Text(value)),
            ) if other == path => Some(vec![value]),
            Filter::In(Operand::Path(other), values) if other == path => {
                let text = |value: &Literal| matches!(value, Literal::Text(_));
                values.iter().all(text).then(|| values.iter().filter_map(Literal::text).collect())
            }
            Filter::And(parts) => parts.iter().find_map(|part| part.values_of(path)),
            Filter::Or(parts) => {
                let each: Option<Vec<_>> = parts.iter().map(|part| part.values_of(path)).collect();
                each.map(|each| each.into_iter().flatten().collect())
            }
            _ => None,
        }
    }
}

impl Operand {
    fn path(&self) -> Option<&str> {
        match self {
            Operand::Path(path) => Some(path),
            Operand::Lower(inner) | Operand::Upper(inner) => inner.path(),
            Operand::Literal(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        *self == Operand::Literal(Literal::Null)
    }
}

impl Literal {
    fn text(&self) -> Option<&str> {
        match self {
            Literal::Text(text) => Some(text),
            _ => None,
        }
    }
}
