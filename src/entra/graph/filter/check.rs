//! Whether a filter compares what can be compared: of each property with a value of its type, and
//! in the directory with the operators that it has [graph-filter].

use super::lexer::invalid;
use super::{Filter, Literal, Operand, Operator, TextTest};
use crate::base::Time;
use crate::entra::graph::error::GraphError;
use crate::entra::graph::property_type::PropertyType;

/// Of which type a property is; `None` when that is not known.
pub type TypeOf<'t> = &'t dyn Fn(&str) -> Option<PropertyType>;

impl Filter {
    /// Refuses comparisons with values of another type.
    ///
    /// # Errors
    /// The refusal.
    pub fn check(&self, type_of: TypeOf<'_>) -> Result<(), GraphError> {
        let mut checked = Ok(());
        self.each(&mut |filter| {
            if checked.is_ok() {
                checked = match filter {
                    Filter::Compare(left, _, right) | Filter::Text(_, left, right) => {
                        pair(left, right, type_of)
                    }
                    Filter::In(operand, values) => {
                        values.iter().try_for_each(|value| fits(operand, value, type_of))
                    }
                    _ => Ok(()),
                };
            }
        });
        checked
    }

    /// Whether it asks for the order of texts, which logs do not answer [graph-filter].
    pub fn orders_texts(&self, type_of: TypeOf<'_>) -> bool {
        let mut found = false;
        self.each(&mut |filter| {
            if let Filter::Compare(left, operator, _) = filter {
                found |= !matches!(operator, Operator::Eq | Operator::Ne)
                    && left.path().and_then(type_of) == Some(PropertyType::Text);
            }
        });
        found
    }

    /// Whether it asks what the directory does not answer at all: parts of texts, and their order.
    pub fn is_unsupported(&self, type_of: TypeOf<'_>) -> bool {
        let mut unsupported = false;
        self.each(&mut |filter| {
            unsupported |= match filter {
                Filter::Text(test, ..) => *test == TextTest::Contains,
                Filter::Compare(left, operator, _) => {
                    !matches!(operator, Operator::Eq | Operator::Ne)
                        && left.path().and_then(type_of) == Some(PropertyType::Text)
                }
                _ => false,
            };
        });
        unsupported
    }
}

fn pair(left: &Operand, right: &Operand, type_of: TypeOf<'_>) -> Result<(), GraphError> {
    match (left, right) {
        (Operand::Literal(_), Operand::Literal(_)) => Err(invalid("no property is compared.")),
        (operand, Operand::Literal(value)) | (Operand::Literal(value), operand) => {
            fits(operand, value, type_of)
        }
        _ => Ok(()),
    }
}

fn fits(operand: &Operand, value: &Literal, type_of: TypeOf<'_>) -> Result<(), GraphError> {
    let Some(path) = operand.path() else {
        return Err(invalid("no property is compared."));
    };
    let instant = |text: &str| match text.len() {
        10 => Time::parse(&format!("{text}T00:00:00Z")).is_some(),
        _ => Time::parse(text).is_some(),
    };
    let fits = match (type_of(path), value) {
        (None, _) | (_, Literal::Null) => true,
        (Some(PropertyType::Text), value) => matches!(value, Literal::Text(_)),
        (Some(PropertyType::Instant), Literal::Text(text)) => instant(text),
        (Some(PropertyType::Bool), value) => matches!(value, Literal::Bool(_)),
        (Some(PropertyType::Number), value) => matches!(value, Literal::Number(_)),
        _ => false,
    };
    match fits {
        true => Ok(()),
        false => Err(invalid(&format!("'{path}' is compared with a value of another type."))),
    }
}
