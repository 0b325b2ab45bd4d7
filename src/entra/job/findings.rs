//! What the scoping filters found in an object, clause by clause, as a row of the log keeps it.
//!
//! Kept are the filters as they were and a truth value a clause; the words are made when a row is
//! shown.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::entra::field::ObjectKind;
use crate::entra::filter::{Clause, Filter, OperandKind};
use crate::entra::mapping::Schema;

/// The findings for one object.
#[derive(Clone, PartialEq, Debug)]
pub struct Findings {
    /// The schema whose filters were asked.
    schema: Arc<Schema>,
    /// Whether each clause held, in the order of the filters.
    held: Box<[bool]>,
}

impl Findings {
    /// The findings of the filters of a schema.
    pub fn new(schema: &Arc<Schema>, held: Box<[bool]>) -> Findings {
        Findings { schema: schema.clone(), held }
    }

    /// The value of `ScopeEvaluationResult`: JSON of each clause and whether it held
    /// [cross-tenant].
    pub fn json(&self, of: ObjectKind) -> String {
        let clauses = self.schema.filters.clauses(of).zip(&self.held);
        let entry =
            |((filter, clause), held): (_, &bool)| (named(filter, clause), Value::Bool(*held));
        Value::Object(clauses.map(entry).collect::<Map<String, Value>>()).to_string()
    }
}

/// A clause as the vendor's sample has it: `Marketing filter.department EQUALS 'Marketing'`.
fn named(filter: &Filter, clause: &Clause) -> String {
    let Filter { title, .. } = filter;
    let Clause { attribute, operator, value, .. } = clause;
    match operator.needs() {
        OperandKind::Nothing => format!("{title}.{attribute} {}", operator.name()),
        _ => format!("{title}.{attribute} {} '{value}'", operator.name()),
    }
}
