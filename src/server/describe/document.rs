//! The document at `/openapi.json` in the form of `OpenAPI` 3.1, put together from the descriptions of the routes.

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::Described;
use super::events::events_of;
use super::operation::{Content, Operation, Parameter, Reply, Shape};
use crate::model::catalog::Catalog;

/// Where schemas are that several places use.
const SCHEMAS: &str = "#/components/schemas/";

const ABOUT: &str = "Telemetry that can be verified. Errors of all routes carry a fixed code and a sentence about what to do, and \
     nothing of what was sent. A path that is not here answers 404, another method 405; a request whose head cannot be read or is too \
     large is answered 400, 414 or 431 without a body. Bodies may be gzip, which their first bytes tell. Routes that take events, and \
     public statistics, answer browsers from anywhere (CORS, without credentials).";

/// What JSON is made with: schemas of answers are shared, those of bodies stand where they are used.
struct Generators {
    answers: SchemaGenerator,
    bodies: SchemaGenerator,
}

/// The document about these operations, in which events are those of `catalogs`.
pub(super) fn of<'a>(
    described: &[Described],
    catalogs: impl Iterator<Item = &'a Arc<Catalog>>,
) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        SCHEMAS
            .trim_start_matches('#')
            .clone_into(settings.definitions_path.to_mut());
        settings.meta_schema = None;
    });
    let mut generators = Generators {
        answers: settings.clone().for_serialize().into_generator(),
        bodies: settings
            .for_deserialize()
            .with(|settings| settings.inline_subschemas = true)
            .into_generator(),
    };
    let mut paths = Map::new();
    for one in described {
        let path = paths.entry(&one.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            let operation = operation(one, &mut generators);
            path.insert(one.operation.method().to_owned(), operation);
        }
    }
    let mut schemas = generators.answers.take_definitions(true);
    schemas.extend(of_catalogs(catalogs));
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "decantr",
            "description": ABOUT,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer", "description": "An API key. Which scopes it needs, operations say." },
                "snapshotToken": { "type": "apiKey", "in": "header", "name": "X-Telemetry-Snapshot-Token" },
            },
        },
    });
    plain(&mut document);
    document
}

/// The schemas that follow from the catalogs.
fn of_catalogs<'a>(catalogs: impl Iterator<Item = &'a Arc<Catalog>>) -> Map<String, Value> {
    let (mut schemas, mut names, mut ids) = (Map::new(), Vec::new(), Vec::new());
    let mut versions = BTreeSet::new();
    for catalog in catalogs {
        let name = format!("Event-{}", catalog.id);
        schemas.insert(name.clone(), events_of(catalog));
        names.push(json!({ "$ref": format!("{SCHEMAS}{name}") }));
        ids.push(catalog.id.to_string());
        versions.extend(catalog.accepts.iter().cloned());
    }
    schemas.insert("Event".to_owned(), json!({ "anyOf": names }));
    schemas.insert("CatalogId".to_owned(), json!({ "enum": ids }));
    schemas.insert("SchemaVersion".to_owned(), json!({ "enum": versions }));
    schemas
}

fn operation(one: &Described, generators: &mut Generators) -> Value {
    let Described {
        path,
        below,
        operation,
    } = one;
    let mut parameters: Vec<Value> = in_path(path).collect();
    parameters.extend(operation.parameters.iter().map(parameter));
    let mut said = json!({
        "operationId": id(operation, path),
        "summary": operation.summary,
        "tags": [operation.group],
        "parameters": parameters,
        "responses": responses(operation, generators),
    });
    let mut say = |name: &str, value: Value| {
        if let Some(said) = said.as_object_mut() {
            said.insert(name.to_owned(), value);
        }
    };
    if let Some(about) = operation.about {
        say("description", json!(about));
    }
    if !operation.security.is_empty() {
        say("security", json!(operation.security));
    }
    if !operation.body.is_empty() {
        let content = contents(&operation.body, &mut generators.bodies);
        say(
            "requestBody",
            json!({ "required": true, "content": content }),
        );
    }
    if below.iter().any(|prefix| !prefix.is_empty()) {
        let servers = below.iter().map(|prefix| match prefix.as_str() {
            "" => json!({ "url": "/" }),
            prefix => json!({ "url": prefix, "description": "The same, bound to this catalog." }),
        });
        say("servers", servers.collect());
    }
    said
}

/// A name of an operation that no other has.
fn id(operation: &Operation, path: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let words = path.split(|c| !is_word(c)).filter(|word| !word.is_empty());
    let mut id = words.fold(operation.method().to_owned(), |id, word| {
        format!("{id}_{word}")
    });
    if path.ends_with('/') {
        id.push('_');
    }
    id
}

/// The parameters in a path, in braces.
fn in_path(path: &str) -> impl Iterator<Item = Value> {
    let parts = path.split('/');
    let names = parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.about,
        "required": parameter.is_required,
        "schema": parameter.schema,
    })
}

fn responses(operation: &Operation, generators: &mut Generators) -> Value {
    let mut all = Map::new();
    for (status, Reply { about, content }) in &operation.replies {
        let mut reply = json!({ "description": about });
        if let Some(reply) = reply.as_object_mut().filter(|_| !content.is_empty()) {
            let content = contents(content, &mut generators.answers);
            reply.insert("content".to_owned(), content);
        }
        all.insert(status.to_string(), reply);
    }
    for (status, codes) in &operation.refusals {
        let refusal = refusal(codes, operation.is_posthog && *status != 500);
        let refusal = json!({ "application/json": { "schema": refusal } });
        let said = all.entry(status.to_string());
        let said = said.or_insert_with(|| json!({ "description": "Refused; nothing was kept." }));
        merge(said, refusal);
        if let (Some(said), Some(headers)) = (said.as_object_mut(), headers(*status)) {
            said.insert("headers".to_owned(), headers);
        }
    }
    Value::Object(all)
}

/// What a refusal with one of these codes says.
fn refusal(codes: &BTreeSet<&'static str>, is_posthog: bool) -> Value {
    let text = json!({ "type": "string" });
    if is_posthog {
        return json!({
            "type": "object",
            "required": ["error", "error_description", "error_uri"],
            "properties": {
                "error": { "enum": codes },
                "error_description": text,
                "error_uri": text,
            },
        });
    }
    json!({
        "type": "object",
        "required": ["accepted", "code", "detail"],
        "properties": {
            "accepted": { "const": false },
            "code": { "enum": codes },
            "detail": text,
        },
    })
}

/// Adds a refusal to what the status says already: its answer is one or the other.
fn merge(said: &mut Value, refusal: Value) {
    let Some(said) = said.as_object_mut() else {
        return;
    };
    let content = said.entry("content").or_insert_with(|| json!({}));
    let (Some(content), Value::Object(refusal)) = (content.as_object_mut(), refusal) else {
        return;
    };
    for (media, refused) in refusal {
        match content
            .get_mut(&media)
            .and_then(|known| known.get_mut("schema"))
        {
            Some(schema) => *schema = json!({ "anyOf": [schema.clone(), refused.get("schema")] }),
            None => drop(content.insert(media, refused)),
        }
    }
}

/// The headers of refusals.
fn headers(status: u16) -> Option<Value> {
    let seconds = json!({ "type": "integer", "minimum": 1 });
    match status {
        401 => Some(json!({ "WWW-Authenticate": { "schema": { "const": "Bearer" } } })),
        429 | 503 => {
            Some(json!({ "Retry-After": { "description": "Seconds.", "schema": seconds } }))
        }
        _ => None,
    }
}

fn contents(contents: &[Content], generator: &mut SchemaGenerator) -> Value {
    let contents = contents.iter().map(|content| {
        let schema = match &content.shape {
            Shape::Is(schema) => schema.clone(),
            Shape::Type(of) => of(generator).into(),
        };
        (content.media.to_owned(), json!({ "schema": schema }))
    });
    Value::Object(contents.collect())
}

/// Turns links to documentation of the source into plain words.
fn plain(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(plain),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => *text = unlinked(text),
                    member => plain(member),
                }
            }
        }
        _ => {}
    }
}

/// A text without the brackets of links to code: ``[`Name`]`` and ``[`Name`](path)`` are `` `Name` ``.
fn unlinked(text: &str) -> String {
    let mut parts = text.split("[`");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push('`');
        let Some((name, rest)) = part.split_once("`]") else {
            plain.push_str(part);
            continue;
        };
        plain.push_str(name);
        plain.push('`');
        let target = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        plain.push_str(target.map_or(rest, |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_code_become_its_name() {
        let linked = "limited as [`Link::from`](crate::x) and [`Y`].";
        assert_eq!(unlinked(linked), "limited as `Link::from` and `Y`.");
        assert_eq!(unlinked("an [id] `x`"), "an [id] `x`");
    }
}
