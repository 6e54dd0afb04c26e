//! As much of JSON Schema as the generated schema makes use of.

use serde_json::Value as Json;

/// Why `schema` refuses `value`, one line for each place.
pub(crate) fn refusals(schema: &Json, value: &Json, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut refuse = |holds: bool, why: &str| {
        if !holds {
            found.push(format!("{place}: {why}: {value}"));
        }
    };
    refuse(*schema != Json::Bool(false), "unknown");
    refuse(schema["type"].is_null() || is_of(&schema["type"], value), "type");
    refuse(schema["enum"].as_array().is_none_or(|words| words.contains(value)), "enum");
    refuse(schema["const"].is_null() || schema["const"] == *value, "const");
    if let Some(number) = value.as_f64() {
        refuse(schema["minimum"].as_f64().is_none_or(|least| least <= number), "minimum");
        refuse(schema["maximum"].as_f64().is_none_or(|most| number <= most), "maximum");
    }
    if let Some(shapes) = schema["anyOf"].as_array() {
        let fits = |shape: &Json| refusals(shape, value, place).is_empty();
        refuse(shapes.iter().any(fits), "anyOf");
    }
    if let Some(items) = value.as_array() {
        let count = items.len() as u64;
        refuse(schema["minItems"].as_u64().is_none_or(|least| least <= count), "minItems");
        refuse(schema["maxItems"].as_u64().is_none_or(|most| count <= most), "maxItems");
        for (at, item) in items.iter().enumerate() {
            let own = schema["prefixItems"].get(at).unwrap_or(&schema["items"]);
            found.extend(refusals(own, item, &format!("{place}[{at}]")));
        }
    } else if let Some(members) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            refuse(members.contains_key(name), &format!("{name} is required"));
        }
        for (name, member) in members {
            let own = member_schema(schema, name);
            found.extend(refusals(own, member, &format!("{place}.{name}")));
        }
    }
    found
}

fn is_of(types: &Json, value: &Json) -> bool {
    let one = std::slice::from_ref(types);
    let types = types.as_array().map_or(one, Vec::as_slice);
    types.iter().filter_map(Json::as_str).any(|name| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        // 30.0 is an integer to a schema.
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    })
}

/// What holds for the member of this name.
pub(crate) fn member_schema<'a>(schema: &'a Json, name: &str) -> &'a Json {
    if let Some(own) = schema["properties"].get(name) {
        return own;
    }
    let patterns = schema["patternProperties"].as_object().into_iter().flatten();
    // Each pattern is that of a family: a name, its ending and nothing else.
    let mut families = patterns.filter(|(pattern, _)| {
        let ending = pattern.rsplit_once(".+").and_then(|(_, ending)| ending.strip_suffix('$'));
        ending.is_some_and(|ending| name.len() > ending.len() && name.ends_with(ending))
    });
    families.next().map_or(&schema["additionalProperties"], |(_, own)| own)
}
