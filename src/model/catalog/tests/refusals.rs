//! What the loader refuses, and what it says.

use super::*;
use crate::base::error::chain;

/// Each change to the sample, with what the loader then says.
fn assert_refused(cases: &[(&str, &str, &str)]) {
    for (from, to, expected) in cases {
        let text = refusal(&changed(from, to));
        assert_eq!(text, format!("catalog sample: {expected}"));
    }
}

#[test]
fn the_loader_names_the_event_that_contradicts_itself() {
    let event = GOOD.split_at(GOOD.find("[[events]]").unwrap()).1;
    assert_eq!(
        refusal(&format!("{GOOD}{event}")),
        "catalog sample: thing.done: the event is declared twice"
    );
    assert_refused(&[
        (r#"["usage"]"#, r#"["use"]"#, "thing.done: no bucket use"),
        (
            "[\"cli\", \"web\"]\nbuckets",
            "[\"cli\", \"web\", \"tv\"]\nbuckets",
            "thing.done: no source tv",
        ),
        (
            r#"["kind"]"#,
            r#"["sort"]"#,
            "thing.done: dimension or sum sort is not a property",
        ),
        (
            r#"["size"]"#,
            r#"["kind"]"#,
            "thing.done: sum kind is not a number",
        ),
        (
            r#"accepts = ["1.0.0"]"#,
            r#"accepts = ["0.9.0"]"#,
            "accepts: must contain schema_version",
        ),
    ]);
}

#[test]
fn the_loader_names_the_property_that_contradicts_itself() {
    assert_refused(&[
        (
            r#"sources = ["web"]"#,
            r#"sources = ["tv"]"#,
            "thing.done.word: source tv may not send the event",
        ),
        (
            "max = 16",
            "max = 33",
            "thing.done.word: a token has at most 32 characters",
        ),
        (
            "text_to_token",
            "url_to_domain",
            "thing.done.word: reduce url_to_domain cannot give a token",
        ),
        (
            "text_to_token",
            "shorten",
            "thing.done.word: no reducer shorten",
        ),
        (
            r#"type = "token""#,
            r#"type = "text""#,
            "thing.done.word: no type text",
        ),
        (
            r#"name = "size""#,
            r#"name = "the size""#,
            "thing.done.the size: its name is a letter and at most 95 more letters, digits, `.`, `_` and `-`",
        ),
        (
            r#", purpose = "How large it was, to know sizes.""#,
            "",
            "thing.done.size: needs `purpose`",
        ),
        (
            "min = 0, max = 10",
            "min = 11, max = 10",
            "thing.done.size: its `min` is above its `max`",
        ),
        (
            "min = 0, max = 10",
            "max = 1.5",
            "thing.done.size: its `max` is no int",
        ),
        (
            "min = 0, max = 10",
            "min = 0",
            "thing.done.size: a number needs `max`",
        ),
        (
            r#"use = "kind""#,
            r#"use = "sort""#,
            "thing.done.sort: no definition sort",
        ),
        (
            r#"name = "word""#,
            r#"name = "size""#,
            "thing.done.size: declared twice",
        ),
    ]);
}

#[test]
fn the_loader_shows_the_line_of_a_wrong_shape() {
    let unknown = refusal(&changed("owner = \"cli\"", "owner = \"cli\"\ncolour = 1"));
    assert!(
        unknown.contains("unknown field `colour`") && unknown.contains("line 24"),
        "{unknown}"
    );
    let missing = refusal(&changed(
        "purpose = \"Counts things that were done.\"\n",
        "",
    ));
    assert!(missing.contains("missing field `purpose`"), "{missing}");
    let value = refusal(&changed(r#"["a", "b"]"#, r#"["a", { value = "b" }]"#));
    assert!(
        value.contains("missing field `since`") && value.contains("line 14"),
        "{value}"
    );
    let number = refusal(&changed(r#"["a", "b"]"#, r#"["a", 2]"#));
    assert!(number.contains("expected a string or {"), "{number}");
    let syntax = refusal("id = ");
    assert!(syntax.contains("line 1"), "{syntax}");
}

#[test]
fn ids_and_sources_can_name_folders() {
    let said = |id: &str| {
        format!("{id:?} is no id: a lower-case letter and at most 31 more of those, digits and `-`")
    };
    let long = "a".repeat(33);
    for id in [
        "", "../up", "Sample", "a_b", "1st", "a/b", "a.b", "ä", &long,
    ] {
        let text = changed("id = \"sample\"", &format!("id = {id:?}"));
        assert_eq!(refusal(&text), format!("catalog {id}: id: {}", said(id)));
        let text = changed("\"web\"]\nnever", &format!("\"web\", {id:?}]\nnever"));
        assert_eq!(
            refusal(&text),
            format!("catalog sample: sources: {}", said(id))
        );
    }
    let longest = format!("a{}", "9".repeat(31));
    Catalog::parse(&changed("id = \"sample\"", &format!("id = {longest:?}"))).unwrap();
}

#[test]
fn nothing_is_younger_than_what_holds_it() {
    assert_refused(&[
        (
            "required = true",
            "required = true, since = 2",
            "thing.done.kind: a required property is as old as its event, which older consents could never send; make it optional",
        ),
        (
            r#"["a", "b"]"#,
            r#"["a", { value = "b", since = 3 }]"#,
            "thing.done.kind: value b is younger than the catalog; raise `revision`",
        ),
        (
            r#"{ name = "word", type = "token", max = 16,"#,
            r#"{ name = "sort", type = "enum", values = ["a", { value = "b", since = 0 }],"#,
            "thing.done.sort: value b is older than its property",
        ),
        (
            r#"["a", "b"]"#,
            r#"[{ value = "a", since = 2 }, { value = "b", since = 2 }]"#,
            "thing.done.kind: needs a value that is as old as it",
        ),
    ]);
}

#[test]
fn what_is_listed_twice_is_refused() {
    assert_refused(&[
        (
            r#"["a", "b"]"#,
            r#"["a", "b", { value = "a", since = 2 }]"#,
            "thing.done.kind: value a is listed twice",
        ),
        (
            r#"["a", "b"]"#,
            r#"["a|b"]"#,
            "thing.done.kind: value \"a|b\" is empty, or has a control character or a `|`",
        ),
        (
            "[\"cli\", \"web\"]\nnever",
            "[\"cli\", \"web\", \"cli\"]\nnever",
            "sources: source cli is named twice",
        ),
        (
            r#"["usage"]"#,
            r#"["usage", "usage"]"#,
            "thing.done: bucket usage is named twice",
        ),
        (
            r#"sources = ["web"]"#,
            r#"sources = ["web", "web"]"#,
            "thing.done.word: source web is named twice",
        ),
    ]);
}

#[test]
fn a_line_that_nobody_could_read_is_not_shown() {
    let long = "x".repeat(100_000);
    for text in [
        format!("id = \"sample\"\na = {}", "[".repeat(100_000)),
        format!("id = \"sample\"\n{long} = 1"),
        format!("id = \"sample\"\nrevision = \"{long}\""),
    ] {
        let error = chain(&Catalog::parse(&text).unwrap_err());
        assert!(error.len() < 1000, "{} bytes", error.len());
        assert!(error.contains("(line 2)"), "{error}");
    }
}
