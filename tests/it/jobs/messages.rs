//! Messages of any text whatever stay inside every limit of the services, and nothing in them acts there.

use decantr::server::jobs::digest::Digest;
use decantr::server::jobs::message::{Form, Message, Note, Section, Tone};
use decantr::server::jobs::weekly::Weekly;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

/// When samples are made.
fn now() -> jiff::Timestamp {
    "2026-11-20T05:00:00Z".parse().unwrap()
}

/// Text as it should never be, in pieces that services could read as signs.
fn text() -> impl Strategy<Value = String> {
    let nasty = select(vec![
        "@everyone",
        "@here",
        "<!channel>",
        "<@U012>",
        "<@&1>",
        "<at>x</at>",
        "`",
        "```",
        "\\",
        "*",
        "_",
        "|",
        "]( https://x)",
        "&lt;",
        "\"",
        "</td><script>",
        "\u{202e}",
        "e\u{301}\u{302}",
        "👩‍👩‍👧‍👦",
        "𝒳",
        "\u{0}",
        "\u{1b}[31m",
        "\n",
        "\r\n",
        "\u{2028}",
        "\u{9b}",
        "name",
        " ",
        "#",
        "{}",
        "ß",
        "漢字",
    ])
    .prop_map(str::to_owned);
    vec(prop_oneof![4 => nasty, 1 => ".{0,12}"], 0..6).prop_map(|pieces| pieces.concat())
}

/// Mostly short, sometimes far too long.
fn long_text() -> impl Strategy<Value = String> {
    (text(), select(vec![1, 1, 1, 1, 1, 1, 1, 100])).prop_map(|(text, times)| text.repeat(times))
}

fn section() -> impl Strategy<Value = Section> {
    let cells = || vec(long_text(), 0..5);
    let rows = (vec(cells(), 0..4), select(vec![1, 1, 1, 30]));
    (
        long_text(),
        cells(),
        rows,
        proptest::option::of(long_text()),
    )
        .prop_map(|(title, columns, (rows, times), note)| Section {
            title,
            columns,
            rows: rows
                .iter()
                .cycle()
                .take(rows.len() * times)
                .cloned()
                .collect(),
            note,
        })
}

fn message() -> impl Strategy<Value = Message> {
    let tone = || select(vec![Tone::Good, Tone::Watch, Tone::Bad, Tone::Quiet]);
    let note = (tone(), long_text(), long_text());
    let note = note.prop_map(|(tone, level, text)| Note { tone, level, text });
    let notes = (vec(note, 0..4), select(vec![1, 20]));
    let sections = (vec(section(), 0..5), select(vec![1, 1, 1, 15]));
    let status = proptest::option::of((tone(), long_text()));
    (
        long_text(),
        status,
        any::<bool>(),
        long_text(),
        notes,
        sections,
    )
        .prop_map(
            |(title, status, is_sample, about, (alerts, a), (sections, s))| Message {
                kind: "ops.test",
                title,
                status,
                is_sample,
                about,
                alerts: alerts
                    .iter()
                    .cycle()
                    .take(alerts.len() * a)
                    .cloned()
                    .collect(),
                sections: sections
                    .iter()
                    .cycle()
                    .take(sections.len() * s)
                    .cloned()
                    .collect(),
            },
        )
}

/// The larger of characters and UTF-16 units.
fn length(value: &Value) -> usize {
    let text = value.as_str().unwrap();
    text.chars().count().max(text.encode_utf16().count())
}

/// Every text in a payload.
fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(members) => members.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

fn has_controls(value: &Value) -> bool {
    let mut found = Vec::new();
    texts(value, &mut found);
    found
        .iter()
        .any(|text| text.chars().any(|c| c.is_control() && c != '\n'))
}

fn check_discord(payload: &Value) {
    assert_eq!(
        payload["allowed_mentions"],
        serde_json::json!({ "parse": [] })
    );
    let embed = &payload["embeds"][0];
    let fields = embed["fields"].as_array().unwrap();
    let mut all = length(&embed["title"]) + length(&embed["description"]);
    assert!((1..=256).contains(&length(&embed["title"])));
    assert!((1..=4096).contains(&length(&embed["description"])));
    assert!(fields.len() <= 25);
    for field in fields {
        assert!((1..=256).contains(&length(&field["name"])), "{field}");
        assert!((1..=1024).contains(&length(&field["value"])), "{field}");
        assert!(!field["name"].as_str().unwrap().trim().is_empty());
        all += length(&field["name"]) + length(&field["value"]);
        let value = field["value"].as_str().unwrap();
        if field["name"] != "…" {
            // A block of code opens once and closes once, so nothing in it is read.
            let (block, note) = value
                .strip_prefix("```\n")
                .unwrap()
                .split_once("```")
                .unwrap();
            assert!(!block.contains('`') && !note.contains("```"), "{value}");
        }
    }
    assert!(all <= 6000, "{all} units in all");
}

fn check_slack(payload: &Value) {
    let body = Value::from(payload.to_string());
    assert!(length(&body) < 11_000, "{}", length(&body));
    assert!(length(&payload["text"]) >= 1);
    let blocks = payload["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    for block in blocks {
        let most = if block["type"] == "header" { 150 } else { 3000 };
        let text = &block["text"]["text"];
        assert!((1..=most).contains(&length(text)), "{block}");
        assert!(block["type"] == "header" || block["text"]["verbatim"] == true);
    }
    let mut found = Vec::new();
    texts(payload, &mut found);
    for text in found {
        // Without these signs nothing is a mention, a link or an entity, and no entity is cut in two.
        assert!(!text.contains(['<', '>']), "{text}");
        for rest in text.split('&').skip(1) {
            assert!(
                ["amp;", "lt;", "gt;"]
                    .iter()
                    .any(|entity| rest.starts_with(entity)),
                "{text}"
            );
        }
        assert_eq!(text.matches("```").count() % 2, 0, "{text}");
    }
}

fn check_teams(payload: &Value) {
    let bytes = payload.to_string().len();
    assert!(bytes <= 28_000, "{bytes} bytes");
    let card = &payload["attachments"][0]["content"];
    assert!(card["msteams"].get("entities").is_none());
    for block in card["body"].as_array().unwrap() {
        assert_eq!(
            block["type"], "RichTextBlock",
            "a text block would read Markdown"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_message_stays_inside_every_limit_and_is_the_same_twice(message in message()) {
        let payload = |form| message.payload(form);
        check_discord(&payload(Form::Discord));
        check_slack(&payload(Form::Slack));
        check_teams(&payload(Form::Teams));
        for form in [Form::Discord, Form::Slack, Form::Teams, Form::Json] {
            prop_assert_eq!(payload(form).to_string(), message.payload(form).to_string());
            prop_assert!(form == Form::Json || !has_controls(&payload(form)), "{:?}", form);
        }
        let html = message.to_html();
        for sign in ["<script", "<at>", "<!channel>", "<@"] {
            prop_assert!(!html.contains(sign), "{sign} in HTML");
        }
        prop_assert!(!html.chars().any(|c| c.is_control() && c != '\n'));
        let rows: usize = message.sections.iter().map(|section| section.rows.len() + 1).sum();
        prop_assert_eq!(html.matches("<tr>").count(), rows);
        let markdown = message.to_markdown();
        let lines = markdown.lines().filter(|line| line.starts_with("| ")).count();
        prop_assert_eq!(lines, rows, "a cell has broken out of its row");
    }
}

fn big() -> Message {
    let rows = |count: usize| -> Vec<Vec<String>> {
        (0..count)
            .map(|at| {
                vec![
                    format!("some.event_{at}"),
                    "123456".to_owned(),
                    "+1.0 %".to_owned(),
                ]
            })
            .collect()
    };
    let columns = ["event", "7 days", "change"];
    Message {
        sections: vec![
            Section::new("Pulse", &columns, rows(5)),
            Section::new("Events", &columns, rows(4000)),
        ],
        ..Digest::sample(now()).message()
    }
}

#[test]
fn what_is_missing_is_counted_and_small_sections_stay_whole() {
    let message = big();
    for form in [Form::Discord, Form::Slack, Form::Teams] {
        let payload = message.payload(form);
        let mut found = Vec::new();
        texts(&payload, &mut found);
        let all = found.join("\n").replace('\u{a0}', " ");
        let shown = all.matches("some.event_").count();
        let note = format!("… {} more rows", 4005 - shown);
        assert!(
            shown > 15 && all.contains(&note),
            "{form:?}: {shown} shown\n{all}"
        );
        assert!(all.contains("made up"), "a sample says so in {form:?}");
    }
}

#[test]
fn the_sample_digest_reads_well_in_each_form() {
    let weekly = Weekly::sample(now()).message();
    let message = Digest::sample(now()).message();
    let discord = message.payload(Form::Discord);
    let pulse = discord["embeds"][0]["fields"][0]["value"]
        .as_str()
        .unwrap()
        .to_owned();
    insta::assert_snapshot!(pulse, @r"
    ```
                              7 days   change  30 days
    events                      8789  +10.2 %    37664
    customer events             3775  +10.2 %    16176
    customer CLI events         3045             13048
    active installs              112               480
    active projects              133               570
    active organisations           7                30
    failures                      52
    failure rate               0.6 %
    outside production         0.0 %
    classification coverage  100.0 %
    dropped events                12
    duplicate events              63
    stripped parts                41
    ```
    ");
    let description = discord["embeds"][0]["description"].as_str().unwrap();
    assert!(description.starts_with("**SAMPLE: these numbers are made up.**\nCatalog decantr"));
    assert!(description.contains("\n**warning**: Failures reported: 52 (0.6 % of events)."));
    let slack = message.payload(Form::Slack);
    let alerts = slack["blocks"][3]["text"]["text"].as_str().unwrap();
    assert!(
        alerts.starts_with("*warning*: Failures reported: 52"),
        "{alerts}"
    );
    let teams = message.payload(Form::Teams);
    let title = &teams["attachments"][0]["content"]["body"][0]["inlines"][0];
    assert_eq!(
        (title["text"].as_str(), title["color"].as_str()),
        (Some("Telemetry digest: watch"), Some("Warning"))
    );
    for form in [Form::Discord, Form::Slack, Form::Teams] {
        for message in [&message, &weekly] {
            let cut = message.payload(form).to_string().contains("more row");
            assert!(!cut, "{} is cut for {form:?}", message.kind);
        }
    }
    let html = message.to_html();
    for remote in ["http://", "https://", "src=", "url(", "<link", "@import"] {
        assert!(!html.contains(remote), "{remote} loads something");
    }
}
