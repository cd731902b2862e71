//! The three fields of one JSON object, read without a tree of the others.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Names of the fields.
#[derive(Debug, Clone)]
pub struct FieldNames {
    pub id: Vec<String>,
    pub ds: Option<String>,
    pub y: String,
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Field<'a> {
    Null,
    Number(f64),
    /// A whole number keeps all its digits.
    Integer(i64),
    Text(Cow<'a, str>),
    /// Of another kind, which is named.
    Other(&'static str),
}

/// The fields of one object.
#[derive(Debug, Default)]
pub struct Fields<'a> {
    /// One for each name of the id.
    pub id: Vec<Option<Field<'a>>>,
    pub ds: Option<Field<'a>>,
    pub y: Option<Field<'a>>,
}

impl FieldNames {
    /// Reads the fields of a line.
    ///
    /// # Errors
    /// Why the line is not an object in JSON.
    pub fn read<'a>(&self, line: &'a str) -> Result<Fields<'a>, String> {
        let mut json = serde_json::Deserializer::from_str(line);
        let fields = self.deserialize(&mut json).and_then(|fields| json.end().map(|()| fields));
        fields.map_err(|error| in_line(&error))
    }
}

/// The reason and the column of an error of a text of one line.
pub fn in_line(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let reason = said.split(" at line ").next().unwrap_or(&said);
    match error.column() {
        0 => reason.to_owned(),
        column => format!("{reason} at character {column}"),
    }
}

/// The line with `null` in the place of each `NaN`, which Python writes although JSON does not have it; `None` where there
/// is none.
pub fn without_nan(line: &str) -> Option<String> {
    let mut changed = String::with_capacity(line.len() + 8);
    let (mut rest, mut is_text, mut is_escaped, mut found) = (line, false, false, false);
    while let Some(c) = rest.chars().next() {
        if !is_text && rest.starts_with("NaN") {
            changed.push_str("null");
            rest = &rest[3..];
            found = true;
            continue;
        }
        is_text ^= c == '"' && !is_escaped;
        is_escaped = is_text && c == '\\' && !is_escaped;
        changed.push(c);
        rest = &rest[c.len_utf8()..];
    }
    found.then_some(changed)
}

impl<'de> DeserializeSeed<'de> for &FieldNames {
    type Value = Fields<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Fields<'de>, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &FieldNames {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Fields { id: vec![None; self.id.len()], ..Fields::default() };
        while let Some(Field::Text(name)) = map.next_key_seed(AnyField)? {
            let place = if name == self.y {
                &mut fields.y
            } else if self.ds.as_deref() == Some(&*name) {
                &mut fields.ds
            } else if let Some(at) = self.id.iter().position(|id| *id == name) {
                &mut fields.id[at]
            } else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            *place = Some(map.next_value_seed(AnyField)?);
        }
        Ok(fields)
    }
}

/// Reads a field of any kind.
struct AnyField;

impl<'de> DeserializeSeed<'de> for AnyField {
    type Value = Field<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Field<'de>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyField {
    type Value = Field<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Field<'de>, E> {
        Ok(Field::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Field<'de>, E> {
        Ok(Field::Other("true or false"))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Field<'de>, E> {
        Ok(Field::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Field<'de>, E> {
        Ok(i64::try_from(number).map_or(Field::Number(number as f64), Field::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Field<'de>, E> {
        Ok(Field::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Field<'de>, E> {
        Ok(Field::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Field<'de>, E> {
        Ok(Field::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Field<'de>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Field::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Field<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::Other("an object"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> FieldNames {
        FieldNames { id: vec!["unique_id".into()], ds: Some("ds".into()), y: "y".into() }
    }

    #[test]
    fn fields_are_read_in_any_order() {
        let line = r#"{"more":[1,{"y":2}],"y":3,"ds":"2024-01-01","unique_id":"a\"b"}"#;
        let fields = names().read(line).unwrap();
        assert_eq!(fields.id, [Some(Field::Text("a\"b".into()))]);
        assert_eq!(fields.ds, Some(Field::Text(Cow::Borrowed("2024-01-01"))));
        assert_eq!(fields.y, Some(Field::Integer(3)));
        let fields = names().read(r#"{"y":null,"ds":1704067200}"#).unwrap();
        assert_eq!(fields.y, Some(Field::Null));
        assert_eq!((fields.ds, fields.id), (Some(Field::Integer(1_704_067_200)), vec![None]));
        assert_eq!(names().read(r#"{"y":[1]}"#).unwrap().y, Some(Field::Other("a list")));
        assert_eq!(names().read("{}").unwrap().y, None);
    }

    #[test]
    fn a_line_that_is_not_one_object_is_refused_with_its_place() {
        for (line, reason) in [
            (r#"{"y":1"#, "EOF while parsing an object at character 6"),
            (r#"{"y":1} {"y":2}"#, "trailing characters at character 9"),
            ("[1]", "invalid type: sequence, expected an object"),
            (r#"{"y":1e999}"#, "number out of range at character 10"),
            ("3", "invalid type: integer `3`, expected an object at character 1"),
        ] {
            assert_eq!(names().read(line).unwrap_err(), reason, "{line}");
        }
    }

    #[test]
    fn nan_of_python_is_null_outside_texts() {
        assert_eq!(
            without_nan(r#"{"y": NaN, "id": "a\"NaN"}"#).unwrap(),
            r#"{"y": null, "id": "a\"NaN"}"#
        );
        assert_eq!(without_nan(r#"{"id": "NaN"}"#), None);
    }
}
