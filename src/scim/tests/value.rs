//! Values: what is written is what serde would write, and reads back.

use proptest::prelude::*;

use crate::scim::{Object, Value};

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_map(|n| serde_json::Number::from_f64(n).map_or(Value::Null, Value::Number)),
        any::<String>().prop_map(Value::from),
        "[ -~\n\t]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            prop::collection::vec((".{0,6}", inner), 0..5)
                .prop_map(|members| {
                    let mut object = Object::new();
                    members.into_iter().for_each(|(name, value)| drop(object.insert(name, value)));
                    object
                })
                .prop_map(Value::Object),
        ]
    })
}

proptest! {
    #[test]
    fn values_go_there_and_back(value in any_value()) {
        let text = value.to_string();
        prop_assert_eq!(&text, &serde_json::to_string(&value).unwrap());
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
