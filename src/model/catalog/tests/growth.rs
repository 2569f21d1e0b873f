//! What counts as growth, and which growth an older consent would not survive.

use super::*;

/// How the sample grows when what is new has this `since`.
type Grown<'a> = &'a dyn Fn(u32) -> Growth;

fn parsed(text: &str) -> Catalog {
    Catalog::parse(text).unwrap()
}

fn said(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .map(|change| format!("{} {}: {}", change.kind.as_str(), change.place, change.text))
        .collect()
}

fn rules(growth: &Growth) -> Vec<String> {
    growth
        .violations
        .iter()
        .map(|finding| format!("{} {}", finding.rule.as_str(), finding.place))
        .collect()
}

/// The sample with `narrow` and with `wide` at the same place; it has one of them itself.
fn pair(narrow: &str, wide: &str) -> (Catalog, Catalog) {
    if GOOD.contains(narrow) {
        (parsed(GOOD), parsed(&changed(narrow, wide)))
    } else {
        (parsed(&changed(wide, narrow)), parsed(GOOD))
    }
}

/// From `narrow` to `wide` is this growth, which breaks `rule` where one is named; backwards it is this loss.
fn assert_growth(narrow: &str, wide: &str, growth: &str, rule: Option<&str>, loss: &str) {
    let (narrow, wide) = pair(narrow, wide);
    let found = compare(&narrow, &wide);
    assert_eq!(said(&found.added), [growth]);
    assert_eq!(found.removed, [], "{growth}");
    let expected: Vec<&str> = ["revision revision"].into_iter().chain(rule).collect();
    assert_eq!(rules(&found), expected, "{growth}");
    let found = compare(&wide, &narrow);
    assert_eq!(said(&found.removed), [loss]);
    assert_eq!((found.added, found.violations), (vec![], vec![]), "{loss}");
}

#[test]
fn a_catalog_has_not_grown_from_itself_nor_by_its_texts() {
    for (from, to) in [
        ("to compare kinds.", "to see which kind matters."),
        (r#"owner = "cli""#, r#"owner = "web""#),
        (r#"["a", "b"]"#, r#"["b", "a"]"#),
        (r#"sources = ["cli", "web"]"#, r#"sources = ["web", "cli"]"#),
        (r#"dimensions = ["kind"]"#, "dimensions = []"),
        ("revision = 2", "revision = 3"),
    ] {
        let (old, new) = (parsed(GOOD), parsed(&changed(from, to)));
        assert_eq!(compare(&old, &new), Growth::default(), "{to}");
        assert_eq!(old.wire_digest(), new.wire_digest(), "{to}");
    }
}

#[test]
fn growth_of_the_catalog_itself_needs_a_revision() {
    assert_growth(
        "retention_days = 30",
        "retention_days = 60",
        "retention_days retention_days: raw events are kept 60 days, no longer 30",
        None,
        "retention_days retention_days: raw events are kept 30 days, no longer 60",
    );
    assert_growth(
        "\"web\"]\nnever",
        "\"web\", \"tv\"]\nnever",
        "sources sources: tv may send",
        None,
        "sources sources: tv may no longer send",
    );
    let promise = "Source code, or any part of it.";
    assert_growth(
        "[\"Source code, or any part of it.\"]",
        "[]",
        &format!("never_collected never_collected: no longer promised: {promise}"),
        None,
        &format!("never_collected never_collected: now promised: {promise}"),
    );
    let (old, new) = pair(r#"accepts = ["1.0.0"]"#, r#"accepts = ["0.9.0", "1.0.0"]"#);
    let growth = compare(&new, &old);
    let gone = "accepts accepts: schema version 0.9.0 is no longer taken";
    assert_eq!(
        (said(&growth.removed), rules(&growth)),
        (vec![gone.to_owned()], vec![])
    );
    assert_eq!(compare(&old, &new), Growth::default());
}

#[test]
fn an_event_cannot_get_wider() {
    let widened = Some("widened thing.done");
    assert_growth(
        "[\"web\"]\nbuckets",
        "[\"cli\", \"web\"]\nbuckets",
        "sources thing.done: also sent by cli",
        widened,
        "sources thing.done: no longer sent by cli",
    );
    assert_growth(
        "buckets = []",
        r#"buckets = ["usage"]"#,
        "buckets thing.done: also sent where only bucket usage is agreed to",
        widened,
        "buckets thing.done: no longer counted in bucket usage",
    );
    assert_growth(
        "public_ingest = false",
        "public_ingest = true",
        "public_ingest thing.done: also taken without an API key",
        widened,
        "public_ingest thing.done: taken only with an API key",
    );
    assert_growth(
        r#"privacy = "aggregate""#,
        r#"privacy = "public_metadata""#,
        "privacy thing.done: privacy public_metadata, no longer aggregate",
        None,
        "privacy thing.done: privacy aggregate, no longer public_metadata",
    );
}

#[test]
fn a_property_cannot_get_wider() {
    let word = Some("widened thing.done.word");
    assert_growth(
        "max = 10,",
        "max = 11,",
        "type thing.done.size: a whole number from 0 to 11 (items), no longer a whole number from 0 to 10 (items)",
        Some("widened thing.done.size"),
        "type thing.done.size: a whole number from 0 to 10 (items), no longer a whole number from 0 to 11 (items)",
    );
    assert_growth(
        "min = 0,",
        "min = -1,",
        "type thing.done.size: a whole number from -1 to 10 (items), no longer a whole number from 0 to 10 (items)",
        Some("widened thing.done.size"),
        "type thing.done.size: a whole number from 0 to 10 (items), no longer a whole number from -1 to 10 (items)",
    );
    assert_growth(
        "max = 15",
        "max = 16",
        "type thing.done.word: a word of at most 16 of a-z, 0-9, _ and -, no longer a word of at most 15 of a-z, 0-9, _ and -",
        word,
        "type thing.done.word: a word of at most 15 of a-z, 0-9, _ and -, no longer a word of at most 16 of a-z, 0-9, _ and -",
    );
    assert_growth(
        r#"16, reduce = "text_to_token","#,
        "16,",
        "reduce thing.done.word: no longer narrowed by text_to_token",
        word,
        "reduce thing.done.word: narrowed by text_to_token",
    );
    assert_growth(
        "max = 16, public_only = true",
        "max = 16",
        "public_only thing.done.word: also sent where the content is not known to be public",
        word,
        "public_only thing.done.word: sent only where the content is public",
    );
    assert_growth(
        r#""text_to_token", sources = ["web"],"#,
        r#""text_to_token","#,
        "sources thing.done.word: also sent by cli",
        word,
        "sources thing.done.word: no longer sent by cli",
    );
}

#[test]
fn another_type_is_another_property() {
    for (from, to) in [
        ("\"int\", min = 0, max = 10, unit = \"items\"", "\"bool\""),
        ("unit = \"items\"", "unit = \"ms\""),
        ("\"int\"", "\"number\""),
    ] {
        let unsummed = |text: &str| parsed(&text.replace("sums = [\"size\"]", ""));
        let (old, new) = (unsummed(GOOD), unsummed(&changed(from, to)));
        for (old, new) in [(&old, &new), (&new, &old)] {
            let growth = compare(old, new);
            assert_eq!(
                rules(&growth),
                ["revision revision", "widened thing.done.size"],
                "{to}"
            );
            assert_eq!((growth.added.len(), growth.removed), (1, vec![]), "{to}");
        }
    }
}

#[test]
fn what_is_new_says_since_when() {
    let raised = GOOD.replace("revision = 2", "revision = 3");
    let old = parsed(GOOD);
    let with = |from: &str, to: &str| compare(&old, &parsed(&raised.replacen(from, to, 1)));
    let property = |since: u32| {
        let more = format!("since = {since}, purpose = \"Whether more came, to see that.\" }},\n]");
        with(
            "\n]",
            &format!("\n  {{ name = \"more\", type = \"bool\", {more}"),
        )
    };
    let value = |since: u32| {
        let values = format!(r#"["a", "b", {{ value = "c", since = {since} }}]"#);
        with(r#"["a", "b"]"#, &values)
    };
    let event = |since: u32| {
        let text = GOOD.split_at(GOOD.find("[[events]]").unwrap()).1;
        let text = text
            .replace("thing.done", "thing.more")
            .replace("since = 1", &format!("since = {since}"));
        compare(&old, &parsed(&format!("{raised}{text}")))
    };
    let cases: [(Grown<'_>, &str, &str); 3] = [
        (
            &property,
            "thing.done.more",
            "property thing.done.more: a new property, true or false: Whether more came, to see that.",
        ),
        (&value, "thing.done.kind", "value thing.done.kind: value c"),
        (
            &event,
            "thing.more",
            "event thing.more: a new event, from cli, web: Counts things that were done.",
        ),
    ];
    for (grown, place, text) in cases {
        assert_eq!(said(&grown(3).added), [text]);
        assert_eq!(
            (grown(3).removed, grown(3).violations),
            (vec![], vec![]),
            "{place}"
        );
        let growth = grown(2);
        assert_eq!(said(&growth.added), [text]);
        assert_eq!(rules(&growth), [format!("missing-since {place}")]);
        assert_eq!(growth.violations[0].remedy, "give it `since = 3`");
    }
}

#[test]
fn a_since_does_not_move() {
    let raised = changed("revision = 2", "revision = 3");
    let raised = raised.replacen(r#""b"]"#, r#"{ value = "b", since = 2 }]"#, 1);
    let old = parsed(&raised);
    for (from, to, place, what) in [
        (
            "since = 1\ndimensions",
            "since = 2\ndimensions",
            "thing.done",
            "the event",
        ),
        (
            "\"items\", since = 1",
            "\"items\", since = 3",
            "thing.done.size",
            "the property",
        ),
        (
            "\"b\", since = 2",
            "\"b\", since = 1",
            "thing.done.kind",
            "value b",
        ),
    ] {
        let growth = compare(&old, &parsed(&raised.replacen(from, to, 1)));
        assert_eq!(rules(&growth), [format!("moved-since {place}")]);
        let finding = &growth.violations[0];
        assert!(
            finding
                .problem
                .starts_with(&format!("the `since` of {what} moved from ")),
            "{finding}"
        );
    }
}

#[test]
fn a_value_stays_and_an_optional_property_stays_optional() {
    let (old, new) = pair(r#"["a"]"#, r#"["a", "b"]"#);
    let growth = compare(&new, &old);
    assert_eq!(
        said(&growth.removed),
        ["value thing.done.kind: value b is gone"]
    );
    assert_eq!(
        growth.violations[0].to_string(),
        "thing.done.kind: value b is gone, which older clients still send and stored counts go by"
    );
    let (optional, required) = pair(
        r#"{ use = "kind" }"#,
        r#"{ use = "kind", required = true }"#,
    );
    let growth = compare(&optional, &required);
    assert_eq!(rules(&growth), ["newly-required thing.done.kind"]);
    assert_eq!((growth.added.len(), growth.removed.len()), (0, 1));
    let growth = compare(&required, &optional);
    assert_eq!(
        said(&growth.added),
        ["required thing.done.kind: no longer required: the event is also sent without it"]
    );
    assert_eq!(rules(&growth), ["revision revision"]);
}

#[test]
fn what_is_gone_is_told_in_the_order_of_the_older_file() {
    let old = parsed(GOOD);
    let head = GOOD.split_at(GOOD.find("[[events]]").unwrap()).0;
    let growth = compare(&old, &parsed(head));
    assert_eq!(
        said(&growth.removed),
        ["event thing.done: the event is gone"]
    );
    let size = GOOD
        .lines()
        .find(|line| line.contains("\"size\", type"))
        .unwrap();
    let text = GOOD.replace(size, "").replace("sums = [\"size\"]", "");
    let growth = compare(&old, &parsed(&text));
    assert_eq!(
        said(&growth.removed),
        ["property thing.done.size: the property is gone"]
    );
    assert_eq!(growth.violations, []);
}

#[test]
fn a_lower_revision_and_another_catalog_are_refused() {
    let old = parsed(GOOD);
    let growth = compare(&old, &parsed(&changed("revision = 2", "revision = 1")));
    assert_eq!(
        growth.violations[0].to_string(),
        "revision: it is 1, lower than it was (2)"
    );
    let other = changed("id = \"sample\"", "id = \"other\"").replace("max = 10", "max = 11");
    let growth = compare(&old, &parsed(&other));
    assert_eq!(rules(&growth), ["other-catalog id"]);
    assert_eq!(growth.added.len(), 1);
}
